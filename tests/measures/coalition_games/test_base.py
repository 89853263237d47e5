"""The contract of a coalition game: the empty coalition is worth nothing, rows do not mix."""

from typing import Any

import pytest
import torch

from netware.measures.coalitions import subsets
from netware.scenario.members import catalog


GAMES = [catalog.find("coalition_games", name) for name in catalog.names("coalition_games")]


@pytest.mark.parametrize("cls", GAMES, ids=lambda cls: cls.__name__)
def test_each_game_values_each_coalition_by_itself(cls: Any) -> None:
    worth = torch.tensor([3.0, -1.0, 2.0, 5.0], dtype=torch.float64)
    members = subsets(4, worth)
    values = cls().value(members, worth)
    assert values.shape == (16,) and values[0] == 0 and values.dtype == worth.dtype
    for row, value in zip(members, values, strict=True):
        assert cls().value(row, worth) == value
    assert torch.equal(cls(scale=-1.0).value(members, worth), -values) and (values != 0).any()


def test_there_are_four() -> None:
    assert len(GAMES) == 4
