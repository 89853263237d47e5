"""Agents of the same number are together, whatever the number."""

from pathlib import Path

import pytest

from netware import NetwareModel
from netware.errors import ScenarioError


CASE = Path(__file__).parent / "cases/13-coalition-sizes-merges-labels/scenario.yaml"


@pytest.mark.parametrize(
    "camps", ["[10, 20, 30, 30]", "[-7, 0, 3, 3]", "[0, 1, 2, 2]", "[0.25, 0.5, 0.75, 0.75]"]
)
@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_labels_are_told_apart(camps: str, precision: str) -> None:
    state, precise = f"populations.p.state.camp={camps}", f"precision={precision}"
    model = NetwareModel(CASE, [state, precise])
    assert model.reading("c", "number") == 3 and model.reading("c", "largest") == 2
    assert model.reading("c", "mean_size") == pytest.approx(4 / 3)


def test_a_column_of_vectors_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"(?s)shape \(2,\).*one number for each agent"):
        NetwareModel(CASE, ["populations.p.state.camp={uniform: [0, 1], size: 2}"])
