import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.random_geometric import RandomGeometric
from netware.graphs.topology import Ends, Links
from netware.space.box import Space


def made(topology: RandomGeometric, agents: int, position=None, space=None) -> Links:
    return topology.links(Ends("net", agents, agents, True, Draws.of(1), position, space))


def test_those_near_are_joined_where_they_stand():
    stand = torch.tensor([[0.1, 0.5], [0.9, 0.5], [0.5, 0.5]])
    links = made(RandomGeometric(radius=0.25), 3, stand, Space(2, 1.0))
    assert sorted(zip(links.source.tolist(), links.target.tolist(), strict=True)) == [
        (0, 1),
        (1, 0),
    ]
    assert len(made(RandomGeometric(radius=0.25), 3, stand, Space(2, 1.0, False)).source) == 0
    assert len(made(RandomGeometric(radius=0.45), 3, stand, Space(2, 1.0, False)).source) == 4


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_mean_degree_is_the_one_asked_for(dimensions):
    space = Space(dimensions, 7.0)
    links = made(RandomGeometric(mean_degree=8.0), 20_000, None, space)
    assert len(links.source) / 20_000 == pytest.approx(8, rel=0.03)
    reach = RandomGeometric(mean_degree=8.0).reach(20_000, space)
    by_radius = RandomGeometric(radius=reach)
    assert torch.equal(made(by_radius, 20_000, None, space).source, links.source)
    assert by_radius.expected(20_000, 20_000, True, space) == pytest.approx(160_000, rel=1e-3)
    assert RandomGeometric(mean_degree=8.0).expected(20_000, 20_000, True, None) == 160_000


def test_without_a_space_agents_stand_in_the_open_unit_square():
    links = made(RandomGeometric(radius=0.05), 3000)
    inside = 3000 * 2999 * 3.14159 * 0.05**2
    assert 0.9 * inside < len(links.source) < inside


def test_one_of_radius_and_mean_degree_must_be_given():
    for topology, both in ((RandomGeometric(), "neither"), (RandomGeometric(0.1, 2.0), "both")):
        with pytest.raises(ScenarioError, match=f"S-GRAPH {both} of radius and mean_degree"):
            made(topology, 10)
