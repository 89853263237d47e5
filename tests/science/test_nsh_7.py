"""Neurashed: firing rules are thresholds, AND where all must fire, OR where one is enough.

Su (2024), arXiv:2112.09741, section 2 and figure 5.
"""

from collections.abc import Callable
from itertools import product

import pytest
import torch
from torch import Tensor

from netware.models.neurashed.feature_graph import Node, Threshold
from netware.models.neurashed.neurashed import Neurashed
from netware.scenario.yaml.load import parse
from netware.simulation.build import planned


TRUTH = [
    *[[1, 1, 0, 0, 0, 0]] * 2,
    *[[0, 1, 1, 0, 0, 0]] * 2,
    *[[0, 0, 0, 1, 1, 0]] * 2,
    *[[0, 0, 0, 0, 1, 1]] * 2,
]
OWN = """
netware: 1
name: fires
seed: 1
steps: 1
populations:
  nets:
    agents: 1
    model:
      type: neurashed
      graph: explicit
      firing:
        - [1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
        - [0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
        - [0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]
        - [0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
        - [0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1]
        - [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1]
        - [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1]
        - [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]
      levels:
        - - {from: [1, 2, 3]}
          - {from: [1, 2, 3, 4, 5, 6, 7], threshold: 2}
          - {from: [4, 5, 6]}
          - {from: [8, 9, 10]}
          - {from: [8, 9, 10, 11, 12, 13, 14], threshold: 2}
          - {from: [11, 12, 13]}
      readout: [[1, 2, 3], [4, 5, 6]]
"""


def neurashed(text: str) -> Neurashed:
    model = planned(parse(text, "fires.yaml")).members.models["nets"]
    assert isinstance(model, Neurashed)
    return model


def scores(model: Neurashed) -> Tensor:
    """Returns S of level 2 for every input, all lambda 1."""
    shapes = model.weight_shapes().items()
    weights = {name: torch.zeros(1, *shape) for name, shape in shapes}
    return model.trace(weights, torch.eye(model.input_size())[None], {})["level2"][0]


@pytest.mark.t0
@pytest.mark.parametrize("model", [Neurashed(), neurashed(OWN)], ids=["figure_5", "written out"])
def test_nsh_7_the_truth_table_of_figure_5(model: Neurashed) -> None:
    assert (scores(model) > 0).int().tolist() == TRUTH
    # Dominant nodes hear three features that fire; of nodes 1 to 3 (4 to 6) two fire.
    assert scores(model)[0].tolist() == pytest.approx([2, 3, 0, 0, 0, 0])


@pytest.mark.t0
def test_nsh_7_a_dominant_node_fires_up_to_the_number_of_features_that_do() -> None:
    for threshold in ("1", "2", "3", "4", "all"):
        model = neurashed(OWN.replace("threshold: 2", f"threshold: {threshold}"))
        fires = (scores(model) > 0).int()
        # Three features of its own class fire for every input, none of the other's.
        found = fires[:, [1, 4]].tolist()
        on = int(threshold in ("1", "2", "3"))
        assert found == [[on, 0]] * 4 + [[0, on]] * 4
        # The control: from 4 on the table is another one.
        assert (fires.tolist() == TRUTH) == bool(on)


@pytest.mark.t0
def test_nsh_7_control_nodes_that_hear_all_must_be_told_when_to_fire() -> None:
    fires = scores(neurashed(OWN.replace("{from: [1, 2, 3]}", "{from: [1, 2, 3], threshold: all}")))
    assert not fires[:, 0].any()


@pytest.mark.t0
def test_nsh_7_a_panda_head_needs_all_its_features_and_a_cat_one() -> None:
    patterns = list(product((0, 1), repeat=3))
    features = torch.tensor(patterns, dtype=torch.float64)[None]
    rules: list[tuple[Threshold, Callable]] = [
        ("all", all),
        (1, any),
        (2, lambda bits: sum(bits) >= 2),
    ]
    for threshold, rule in rules:
        head: Node = {"from": (1, 2, 3), "threshold": threshold}
        model = Neurashed(
            graph="explicit", firing=((1, 1, 1),), levels=((head,),), readout=((1,),),
            reads="features",
        )  # fmt: skip
        found = model.fired(features)[1][0, :, 0].tolist()
        assert found == [bool(rule(bits)) for bits in patterns]
