import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import Draws
from netware.edges import Edges
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.consensus.average_consensus import AverageConsensus
from netware.world import World


def talkers(seed: int, agents=8, replicas=1, size: tuple[int, ...] = (), weighted=True) -> World:
    chance = torch.Generator().manual_seed(seed)
    source, target = torch.randint(0, agents, (2, 4 * agents), generator=chance)
    weight = torch.rand(4 * agents, generator=chance, dtype=torch.float64) if weighted else None
    x = torch.rand(agents * replicas, *size, generator=chance, dtype=torch.float64)
    offset = torch.arange(replicas)[:, None] * agents
    edges = Edges.from_pairs(
        (source + offset).flatten(),
        (target + offset).flatten(),
        agents * replicas,
        agents * replicas,
        None if weight is None else weight.repeat(replicas),
    )
    people = Population("people", agents, replicas, state={"output": x}, dtype=torch.float64)
    return World(Draws.of(seed, replicas), {"people": people}, edges={"talks": edges})


def agreed(world: World, gain: float) -> torch.Tensor:
    rule = AverageConsensus("people", "talks", gain=gain)
    return rule.apply(world, Acting("agree"))["people"]["output"]


@given(st.integers(0, 2**31), st.sampled_from([(), (1,), (3,), (2, 2)]), st.booleans())
def test_each_moves_towards_those_it_hears(seed, size, weighted):
    world = talkers(seed, size=size, weighted=weighted)
    x, edges = world["people"]["output"], world.edges["talks"]
    expected = x.clone()
    weights = edges.weights(torch.float64)
    for s, t, w in zip(edges.source.tolist(), edges.target.tolist(), weights, strict=True):
        expected[t] += 0.05 * w * (x[s] - x[t])
    assert (agreed(world, 0.05) - expected).abs().max() < 1e-12


def test_one_by_one_each_sees_what_those_before_have_done():
    world = talkers(5)
    rule = AverageConsensus("people", "talks", gain=0.05)
    x, edges = world["people"]["output"].clone(), world.edges["talks"]
    for agent in (3, 0, 6):
        world = rule.apply(world, Acting("agree", torch.tensor([agent])))
        own = edges.target == agent
        weight = edges.weights(torch.float64)[own]
        x[agent] += 0.05 * (weight * (x[edges.source[own].long()] - x[agent])).sum()
        assert (world["people"]["output"] - x).abs().max() < 1e-12


@pytest.mark.parametrize("active", [None, torch.tensor([0, 11, 14])])
def test_replicas_do_not_hear_each_other(active):
    world = talkers(6, replicas=2)
    rule = AverageConsensus("people", "talks", gain=0.05)
    lifted = world["people"]["output"].clone()
    lifted[8:] += 100
    other = world.with_state("people", output=lifted)
    one = rule.apply(world, Acting("agree", active))["people"]["output"]
    two = rule.apply(other, Acting("agree", active))["people"]["output"]
    assert torch.equal(one[:8], two[:8])


def test_agents_that_agree_stay_where_they_are():
    world = talkers(7)
    world = world.with_state("people", output=torch.full((8,), 0.3, dtype=torch.float64))
    assert (agreed(world, 0.1) - 0.3).abs().max() < 1e-15


def test_relabelling_agents_relabels_the_result():
    world, chance = talkers(8, size=(2,)), torch.Generator().manual_seed(9)
    order = torch.randperm(8, generator=chance)
    place = torch.empty_like(order).scatter_(0, order, torch.arange(8))
    edges = world.edges["talks"]
    renamed = Edges.from_pairs(
        place[edges.source.long()], place[edges.target.long()], 8, 8, edges.weight
    )
    other = world.with_edges("talks", renamed).with_state(
        "people", output=world["people"]["output"][order]
    )
    assert (agreed(other, 0.05) - agreed(world, 0.05)[order]).abs().max() < 1e-12


def test_the_world_that_was_given_stays_as_it_was():
    world = talkers(10)
    before = world["people"]["output"].clone()
    agreed(world, 0.05)
    assert torch.equal(world["people"]["output"], before)
