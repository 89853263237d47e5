"""Neurashed, appendix: logits after N1, N2, N3 updates of three classes that share features.

Su (2024), arXiv:2112.09741.
"""

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.models.neurashed.neurashed import Neurashed
from netware.rules.learning.neurashed_growth import NeurashedGrowth
from netware.tasks.base import Examples


ORDERS = 4


def logits_of(n: np.ndarray, k: int, a: float) -> np.ndarray:
    """Returns f_1, f_2, f_3 in closed form."""
    one, two, three = (int(each) for each in n)
    return np.array(
        [
            a**2 * one * (7 * one + 5 * two + 2 * three),
            a**2 * two * (5 * one + 7 * two + 2 * three),
            2 * a**2 * three * (one + two + three) + a**2 * k * three**2,
        ]
    )


def grown(model: Neurashed, rule: NeurashedGrowth, sequences: np.ndarray) -> dict[str, Tensor]:
    """Returns the weights after each agent was shown its own sequence of classes."""
    agents = len(sequences)
    weights = model.init(Draws.of(1).stream(Purpose.WEIGHTS, "p", agents), torch.float64)
    identity = torch.eye(3, dtype=torch.float64)
    for shown in sequences.T:
        x = identity[torch.from_numpy(shown)][:, None]
        weights |= rule.learnt(model, weights, Examples(x, x, "classes"))
    return weights


def answers(model: Neurashed, weights: dict[str, Tensor]) -> np.ndarray:
    """Returns every logit for every class of input, `[agents, inputs, logits]`."""
    agents = len(weights["log_eta"])
    inputs = torch.eye(3, dtype=torch.float64).expand(agents, -1, -1)
    return model.forward(weights, inputs, {}).numpy()


def drawn_case(seed: int) -> tuple[np.ndarray, int, float, np.ndarray]:
    """Draws how often each class is shown, k and a, and some orders in which to show them."""
    rng = np.random.default_rng(seed)
    n, k, a = rng.integers(1, 51, 3), int(rng.integers(1, 8)), float(rng.uniform(0.2, 3.0))
    sequence = np.repeat(np.arange(3), n)
    return n, k, a, np.stack([rng.permutation(sequence) for _ in range(ORDERS)])


def graph(k: int) -> Neurashed:
    return Neurashed(graph="appendix", private=k, initial="constant", amplification=0.0)


def additive(a: float) -> NeurashedGrowth:
    return NeurashedGrowth("nets", "task", gain="add", growth=a, decay=1.0)


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(6))
def test_nsh_1_logits_and_increments_are_the_printed_formulas(seed: int) -> None:
    n, k, a, sequences = drawn_case(seed)
    model, rule = graph(k), additive(a)
    before = answers(model, grown(model, rule, sequences))
    once_more = np.pad(sequences, ((0, 0), (0, 1)))
    after = answers(model, grown(model, rule, once_more))
    f, (one, two, three) = logits_of(n, k, a), (int(each) for each in n)
    for order in range(ORDERS):
        assert before[order] == pytest.approx(np.diag(f), rel=1e-12, abs=0)
    increments = [a**2 * (14 * one + 5 * two + 2 * three + 7), 5 * a**2 * two, 2 * a**2 * three]
    assert logits_of(n + np.array([1, 0, 0]), k, a) - f == pytest.approx(increments, rel=1e-9)
    for order in range(ORDERS):
        found = np.diag(after[order] - before[order])
        # Differences of numbers that agree to 1e-12 of their size.
        assert found == pytest.approx(increments, rel=1e-12, abs=1e-12 * f.max())


@pytest.mark.t0
def test_nsh_1_the_example_in_whole_numbers() -> None:
    for k in (1, 4):
        model, rule = graph(k), additive(1.0)
        sequence = np.repeat(np.arange(3), (7, 5, 3))[None]
        found = np.diag(answers(model, grown(model, rule, sequence))[0])
        assert found == pytest.approx([560, 380, 90 + 9 * k], rel=1e-12)
        more = np.diag(answers(model, grown(model, rule, np.pad(sequence, ((0, 0), (0, 1)))))[0])
        assert more - found == pytest.approx([136, 25, 6], rel=1e-10)


@pytest.mark.t0
def test_nsh_1_control_growth_that_decays_depends_on_the_order() -> None:
    _, k, a, sequences = drawn_case(0)
    rule = NeurashedGrowth("nets", "task", gain="add", growth=a, decay=0.9)
    found = answers(graph(k), grown(graph(k), rule, sequences))
    spread = np.ptp(found, axis=0).diagonal() / found.mean(0).diagonal()
    assert spread.min() > 0.01
