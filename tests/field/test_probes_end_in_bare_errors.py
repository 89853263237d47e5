"""A probe gives a number, or says which of its fields asks for what is not there."""

from pathlib import Path

import pytest
import torch

from netware import NetwareModel
from netware.errors import ScenarioError


CASE = Path(__file__).parent / "cases/20-probes-end-in-bare-errors/scenario.yaml"
VECTORS = "populations.p.state={two: {uniform: [0, 1], size: 2}, three: {uniform: [0, 1], size: 3}}"
TASK = "tasks.t={type: gaussian_mixture, train: 8, test: 8}"
DENOISER = "populations.p.model={type: denoiser, widths: [4], levels: 20, beta_last: 0.3}"


def test_whole_numbers_are_numbers() -> None:
    model = NetwareModel(CASE)
    history = model.world["p"]["history"].double()
    assert not model.world["p"]["history"].is_floating_point()
    read = model.blueprint.members.probes["d"].member.read(model.world)
    assert read["mean"].dtype == torch.float64 and float(read["mean"]) == float(history.mean())
    deviation = float(history.std(correction=0))
    assert float(read["disagreement"]) == pytest.approx(deviation)


@pytest.mark.parametrize(
    ("probe", "found"),
    [
        ("{type: coalition_sizes, on: p, state: two}", r"shape \(2,\)"),
        ("{type: payoff, on: p, state: two}", r"shape \(2,\)"),
        ("{type: overlap, on: p, state: two, target: three}", r"'three' of shape \(3,\)"),
        ("{type: overlap, on: p, state: two, target: nothing}", "no column 'nothing'"),
        ("{type: order_parameter, on: p, state: history}", r"shape \(\)"),
        ("{type: explained_variance, on: p, task: t}", "for a first layer that reads"),
        ("{type: energy, on: p, state: two}", "with a Denoiser"),
        ("{type: correctness, on: p, of: two, targets: three}", r"'three' of shape \(3,\)"),
    ],
)
def test_what_does_not_fit_is_refused(probe: str, found: str) -> None:
    with pytest.raises(ScenarioError, match=found):
        NetwareModel(CASE, [VECTORS, TASK, DENOISER, f"probes.d={probe}"])
