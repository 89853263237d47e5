import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.population import Population
from netware.probes.games.shares import Shares
from netware.world import World


def test_each_replica_has_its_shares_of_pure_and_mixed_strategies():
    x = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, 1, 0], [0.5, 0, 0.5]])
    people = Population("people", 2, 2, state={"strategy": x})
    read = Shares("people").read(World(Draws.of(1, 2), {"people": people}))
    assert read["share"].tolist() == [[0.5, 0.5, 0.0], [0.25, 0.5, 0.25]]
    assert read["first"].tolist() == [0.5, 0.25] and read["last"].tolist() == [0.0, 0.25]


def test_a_column_of_single_numbers_is_refused():
    people = Population("people", 2, state={"x": torch.ones(2)})
    with pytest.raises(ScenarioError, match=r"Shares\.state: 'x' of shape \(\)") as caught:
        Shares("people", "x").read(World(Draws.of(1), {"people": people}))
    assert "fix: name the column of strategies that a game keeps" in str(caught.value)
