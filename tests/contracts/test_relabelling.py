"""NET-4: relabelling agents relabels what a synchronous rule without chance does."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import NetwareError
from netware.population import Population
from netware.scenario.members import catalog
from netware.simulation.schedule import Schedule
from netware.world import World
from tests.contracts.testbeds import AGENTS, bed_of, model


def relabelled(world: World, places: torch.Tensor) -> World:
    """Returns the world in which the agent at place i stands at places[i]."""
    them = world["them"]
    whose = places.argsort()
    moved: Population = them.with_state({name: v[whose] for name, v in them.state.items()})
    moved = moved.with_weights({name: v[whose] for name, v in them.weights.items()})
    world = world.with_population(moved)
    for name, edges in world.edges.items():
        source, target = places[edges.source.long()], places[edges.target.long()]
        again = Edges.from_pairs(source, target, edges.sources, edges.targets, edges.weight)
        world = world.with_edges(name, again)
    return world


def by_chance(plain: dict[str, Any]) -> bool:
    """Tells whether a step draws numbers: another key changes the outcome of the same world."""
    made = model(plain)
    other = replace(made.world, draws=Draws.of(77, 2))
    first, second = (Schedule(made.plan).step(world, lambda w: w) for world in (made.world, other))
    them, others = first["them"], second["them"]
    return any(not torch.equal(them[name], others[name]) for name in them.state) or any(
        not torch.equal(them.weights[name], others.weights[name]) for name in them.weights
    )


@pytest.mark.parametrize("rule", catalog.names("rules"))
def test_net_4_relabelling(rule: str) -> None:
    plain = bed_of("rules", rule)
    if by_chance(plain):
        pytest.skip("draws numbers, which follow the agents' ids")
    made = model(plain)
    world = made.world
    places = torch.cat([torch.tensor([3, 0, 5, 1, 4, 2]), 6 + torch.tensor([1, 2, 0, 5, 3, 4])])
    straight, turned = world, relabelled(world, places)
    for _ in range(3):
        straight = Schedule(made.plan).step(straight, lambda w: w)
        turned = Schedule(made.plan).step(turned, lambda w: w)
    expected = relabelled(straight, places)["them"]
    for name, values in turned["them"].state.items():
        torch.testing.assert_close(values, expected[name], rtol=1e-5, atol=1e-6, msg=name)
    for name, values in turned["them"].weights.items():
        torch.testing.assert_close(values, expected.weights[name], rtol=1e-5, atol=1e-6, msg=name)


NUMBERED = {
    "gossip": "who is called is counted along the row of those that are heard, which is by place",
    "deffuant": "likewise",
    "birth": "children stand in the first free slots",
    "random_rewiring": "links are drawn and met in the order of places",
    "preferential_rewiring": "likewise",
    "homophily": "likewise",
    "best_response": "one of a replica revises, counted by place",
    "log_linear_learning": "likewise",
    "ising": "sublattices act one after the other, coloured in the order of places",
}


@pytest.mark.parametrize("rule", catalog.names("rules"))
def test_what_is_drawn_for_an_agent_follows_its_identity(rule: str) -> None:
    plain = bed_of("rules", rule)
    them = {**plain["populations"]["them"], "capacity": AGENTS}
    plain = {**plain, "populations": {**plain["populations"], "them": them}}
    try:
        made = model(plain)
    except NetwareError:
        pytest.skip("does not fit agents that may die, who alone have an identity of their own")
    if rule in NUMBERED or not by_chance(plain):
        pytest.skip(NUMBERED.get(rule, "draws nothing"))
    world = made.world
    places = torch.cat([torch.tensor([3, 0, 5, 1, 4, 2]), 6 + torch.tensor([1, 2, 0, 5, 3, 4])])
    straight, turned = world, relabelled(world, places)
    for _ in range(3):
        straight = Schedule(made.plan).step(straight, lambda w: w)
        turned = Schedule(made.plan).step(turned, lambda w: w)
    expected = relabelled(straight, places)["them"]
    for name, values in {**turned["them"].state, **turned["them"].weights}.items():
        wanted = {**expected.state, **expected.weights}[name]
        torch.testing.assert_close(values, wanted, rtol=1e-5, atol=1e-6, msg=name)
