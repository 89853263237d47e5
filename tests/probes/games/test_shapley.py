import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.measures.coalition_games.airport import Airport
from netware.measures.coalition_games.size_power import SizePower
from netware.measures.coalition_games.weighted_voting import WeightedVoting
from netware.population import Population
from netware.probes.games.shapley import Shapley
from netware.world import World


def world_of(worth: list[list[float]]) -> World:
    column = torch.tensor(worth, dtype=torch.float64).flatten()
    people = Population("people", len(worth[0]), len(worth), state={"worth": column})
    return World(Draws.of(1, len(worth)), {"people": people})


def test_each_replica_has_its_own_game():
    world = world_of([[1.0, 2.0, 3.0], [5.0, 0.0, 0.0]])
    read = Shapley("people", Airport()).read(world)
    assert read["shapley"][0].tolist() == pytest.approx([1 / 3, 5 / 6, 11 / 6])
    assert read["shapley"][1].tolist() == pytest.approx([5.0, 0.0, 0.0])
    assert read["most"].tolist() == pytest.approx([11 / 6, 5.0])
    assert (read["standard_error"] == 0).all()


def test_sampled_values_are_near_the_exact_ones_and_the_same_when_read_again():
    world = world_of([[4.0, 3.0, 2.0, 1.0]])
    exact = Shapley("people", WeightedVoting(quota=6.0)).read(world)["shapley"]
    probe = Shapley("people", WeightedVoting(quota=6.0), method="sampled", orders=4000)
    read = probe.read(world)
    assert ((read["shapley"] - exact).abs() <= 4 * read["standard_error"]).all()
    assert torch.equal(read["shapley"], probe.read(world)["shapley"])


def test_many_agents_are_sampled_only():
    world = world_of([[1.0] * 40])
    with pytest.raises(ScenarioError, match=r"'exact' for 40 agents, and so 2\^40 coalitions"):
        Shapley("people").read(world)
    read = Shapley("people", SizePower(power=1.0), method="sampled", orders=50).read(world)
    assert read["shapley"].tolist() == [pytest.approx([1.0] * 40)]
