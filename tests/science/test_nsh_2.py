"""Neurashed, theorems 1 and 2: learning one class moves the logit of its own class most.

Su (2024), arXiv:2112.09741.
"""

from fractions import Fraction
from math import expm1

import numpy as np
import pytest
import torch

from netware.models.neurashed.neurashed import Neurashed
from netware.scenario.yaml.load import parse
from netware.simulation.build import planned
from netware.simulation.model import NetwareModel


SCENARIO = """
netware: 1
name: theorem
seed: 1
steps: 1
precision: float64
tasks: {{classes: {{type: one_hot, labels: {labels}}}}}
populations:
  nets:
    agents: 1
    model:
      type: neurashed
      graph: pathways
      common: {b1}
      specific: {b2}
      classes: {k}
      depth: {depth}
      initial: constant
      amplification: 0.0
      eta: {start}
rules:
  grow:
    {{type: neurashed_growth, on: nets, task: classes, sampling: in_turn, gain: add, growth: {c}, decay: 1.0, eta: {eta}}}
"""  # noqa: E501


def own_logits(model: NetwareModel, k: int) -> np.ndarray:
    """Returns ln Z_j for an input of class j."""
    nets = model.world["nets"]
    net = nets.model
    assert isinstance(net, Neurashed)
    inputs = torch.eye(k, dtype=torch.float64)[None]
    return net.log_trace(nets.weights, inputs)["output"][0].diagonal().numpy().copy()


def measured(
    b1: int, b2: int, k: int, t: int, depth: int, c: float = 1.5, eta: str = "fixed"
) -> float:
    """Runs t updates of every class, then one of class 1; returns its increment over class 2's."""
    start = 1.0 if eta == "fixed" else 0.0
    names = {"b1": b1, "b2": b2, "k": k, "depth": depth, "c": c, "eta": eta, "start": start}
    text = SCENARIO.format(labels=list(range(k)), **names)
    model = NetwareModel(planned(parse(text, "theorem.yaml")), collect=0)
    for _ in range(k * t):
        model.step()
    before = own_logits(model, k)
    model.step()
    after = own_logits(model, k)
    # The ratio of (e^after - e^before), which is beyond the largest number for deep graphs.
    own, other = (expm1(after[j] - before[j]) for j in (0, 1))
    return own / other * float(np.exp(before[0] - before[1]))


def exact(b1: int, b2: int, k: int, t: int, depth: int) -> float:
    """Returns the same ratio in closed form, in whole numbers; it does not depend on c."""
    a = t * (b2 + k * b1)
    own, other = (a + b1 + b2) ** depth - a**depth, (a + b1) ** depth - a**depth
    return float(Fraction(own, other))


@pytest.mark.t0
@pytest.mark.parametrize(
    ("case", "printed"),
    [
        ((5, 5, 3, 1, 2), 2.2222),
        ((5, 5, 3, 10, 2), 2.02469),
        ((5, 5, 3, 10, 50), 4.2950),
    ],
)
def test_nsh_2_the_table(case: tuple[int, int, int, int, int], printed: float) -> None:
    assert exact(*case) == pytest.approx(printed, rel=3e-5)
    assert measured(*case) == pytest.approx(exact(*case), rel=1e-6)


@pytest.mark.t1
@pytest.mark.parametrize(
    ("case", "printed"), [((5, 5, 3, 1000, 2), 2.00025), ((3, 6, 4, 1000, 3), 3.0010)]
)
def test_nsh_2_the_table_after_long_training(
    case: tuple[int, int, int, int, int], printed: float
) -> None:
    assert exact(*case) == pytest.approx(printed, rel=3e-5)
    assert measured(*case) == pytest.approx(exact(*case), rel=1e-6)


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(6))
def test_nsh_2_any_graph_and_any_number_of_updates(seed: int) -> None:
    rng = np.random.default_rng(seed)
    b1, b2, k = int(rng.integers(1, 7)), int(rng.integers(1, 7)), int(rng.integers(2, 5))
    t, depth, c = int(rng.integers(1, 40)), int(rng.integers(1, 7)), float(rng.uniform(1.0, 5.0))
    assert measured(b1, b2, k, t, depth, c) == pytest.approx(exact(b1, b2, k, t, depth), rel=1e-6)


@pytest.mark.t0
def test_nsh_2_theorem_1_long_training_leaves_the_share_of_common_nodes() -> None:
    for b1, b2 in ((5, 5), (2, 6)):
        share = (b1 + b2) / b1
        early, late = (measured(b1, b2, 2, t, 2) for t in (2, 200))
        assert late == pytest.approx(share, rel=2e-3)
        assert abs(late - share) < abs(early - share) / 20


@pytest.mark.t0
def test_nsh_2_theorem_2_depth_makes_learning_local() -> None:
    found = [measured(5, 5, 3, 10, depth) for depth in (2, 20, 50, 200)]
    assert found == sorted(found)
    assert found[-1] == pytest.approx(124.79, rel=3e-5)


@pytest.mark.t1
def test_nsh_2_theorem_2_a_thousand_levels() -> None:
    assert exact(5, 5, 3, 10, 1000) == pytest.approx(2.92e10, rel=1e-2)
    assert measured(5, 5, 3, 10, 1000) == pytest.approx(exact(5, 5, 3, 10, 1000), rel=1e-6)


@pytest.mark.t0
def test_nsh_2_control_theorem_1_fails_where_eta_grows_as_well() -> None:
    b1, b2, k, depth = 5, 5, 3, 2
    found = measured(b1, b2, k, 200, depth, eta="grown")
    assert found == pytest.approx((b1 + b2) / b1 + (b2 + k * b1) / (depth * b1), rel=5e-3)
    assert abs(found - (b1 + b2) / b1) > 1


@pytest.mark.t0
def test_nsh_2_control_classes_that_share_nothing_and_classes_that_share_all() -> None:
    assert measured(4, 0, 3, 5, 3) == pytest.approx(1.0, rel=1e-9)
    with pytest.raises(ZeroDivisionError):
        measured(0, 4, 3, 5, 3)
