"""Invariants of the rules themselves: all at once is not one by one, and nobody moves alone."""

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.edges import Edges
from netware.graphs.topologies.ring import Ring
from netware.population import Population
from netware.relations.association import Association
from netware.rules.base import Acting
from netware.rules.consensus.average_consensus import AverageConsensus
from netware.rules.flocking.vicsek import Vicsek
from netware.space.box import Space
from netware.world import World
from tests.relations.scenes import scene


def square(seed: int = 1) -> World:
    """Returns four agents in a ring, two up and two down."""
    x = torch.tensor([1.0, -1.0, 1.0, -1.0], dtype=torch.float64)
    people = Population("people", 4, state={"x": x}, dtype=torch.float64)
    draws = Draws.of(seed)
    setting = scene("talks", {"people": people}, None, draws)
    edges = Association(("people", "people"), Ring(2)).connect(*setting)
    return World(draws, {"people": people}, edges={"talks": edges})


AGREE = AverageConsensus("people", "talks", state="x", gain=0.5)


@pytest.mark.t0
def test_net_2_all_at_once_the_ring_of_four_flips_for_ever():
    world = square()
    start = world["people"]["x"]
    for step in range(1, 200):
        world = AGREE.apply(world, Acting("agree")).advanced()
        assert torch.equal(world["people"]["x"], start if step % 2 == 0 else -start)


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(5))
def test_net_2_one_by_one_in_random_order_it_agrees(seed):
    world = square(seed)
    for _ in range(200):
        order = world.stream(Purpose.ORDER, "agree", "people").order()
        for agent in order.split(1):
            world = AGREE.apply(world, Acting("agree", agent))
        world = world.advanced()
    x = world["people"]["x"]
    assert x.max() - x.min() < 1e-9


@pytest.mark.t0
def test_net_7_without_edges_nobody_changes_its_mind():
    world = square()
    none = torch.zeros(0, dtype=torch.int64)
    alone = world.with_edges("talks", Edges.from_pairs(none, none, 4, 4))
    for _ in range(50):
        alone = AGREE.apply(alone, Acting("agree")).advanced()
    assert torch.equal(alone["people"]["x"], world["people"]["x"])
    control = AGREE.apply(world, Acting("agree"))
    assert not torch.equal(control["people"]["x"], world["people"]["x"])


def two_birds(apart: float, dimensions: int) -> World:
    space = Space(dimensions, 1000.0)
    position = torch.full((2, dimensions), 500.0, dtype=torch.float64)
    position[1, 0] += apart
    heading = torch.nn.functional.normalize(
        torch.randn(
            2, dimensions, generator=torch.Generator().manual_seed(dimensions), dtype=torch.float64
        )
    )
    state = {"position": position, "heading": heading}
    birds = Population("birds", 2, state=state, dtype=torch.float64)
    return World(Draws.of(1), {"birds": birds}, space=space)


@pytest.mark.t0
@pytest.mark.parametrize("dimensions", [2, 3])
def test_net_7_a_bird_alone_and_without_noise_flies_straight(dimensions):
    rule = Vicsek("birds", radius=1.0, speed=0.03, noise=0.0)
    ways = {}
    for apart in (100.0, 0.5):
        world = two_birds(apart, dimensions)
        for _ in range(100):
            world = rule.apply(world, Acting("fly")).advanced()
        ways[apart] = world["birds"]
    start = two_birds(100.0, dimensions)["birds"]
    straight = start["position"] + 100 * 0.03 * start["heading"]
    assert (ways[100.0]["heading"] - start["heading"]).abs().max() < 1e-12
    assert (ways[100.0]["position"] - straight).abs().max() < 1e-9
    assert (ways[0.5]["heading"] - start["heading"]).abs().max() > 0.1
