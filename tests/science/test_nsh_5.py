"""Neurashed, figures 3 and 4: small batches leave sparse pathways, large ones dense ones.

Su (2024), arXiv:2112.09741.
"""

import numpy as np
import pytest
import torch

from netware.scenario.yaml.load import parse
from netware.simulation.build import planned
from netware.simulation.model import NetwareModel


SCENARIO = """
netware: 1
name: batches
seed: {seed}
steps: 400
replicas: 4
precision: float64
tasks: {{kinds: {{type: one_hot, labels: [0, 0]}}}}
populations:
  nets:
    agents: 5
    model:
      type: neurashed
      graph: pathways
      classes: 1
      patterns: 2
      common: {common}
      specific: {specific}
      depth: 3
      initial: constant
      amplification: {start}
rules:
  grow: {{type: neurashed_growth, on: nets, task: kinds, batch: {batch}, growth: 1.05, decay: 0.95}}
"""


def effective(batch: int, seed: int, common: int = 1, specific: int = 2, start=1.0) -> np.ndarray:
    """Returns N_eff of 20 agents after 400 iterations, from their weights."""
    names = {"common": common, "specific": specific, "start": start}
    text = SCENARIO.format(batch=batch, seed=seed, **names)
    model = NetwareModel(planned(parse(text, "batches.yaml")), collect=0)
    for _ in range(400):
        model.step()
    weights = model.world["nets"].weights
    logs = torch.cat([weights[f"log_lambda{level}"] for level in (1, 2, 3)], 1).numpy()
    lam = np.exp(logs - logs.max(1, keepdims=True))
    return lam.sum(1) ** 2 / (lam**2).sum(1)


@pytest.mark.t0
@pytest.mark.parametrize("seed", [1, 2])
def test_nsh_5_single_samples_leave_the_three_nodes_in_the_middle(seed: int) -> None:
    found = effective(batch=1, seed=seed)
    assert len(found) == 20 and found.min() >= 2.9 and found.max() <= 3.3


@pytest.mark.t0
@pytest.mark.parametrize("start", [1.0, 0.01])
def test_nsh_5_full_batches_leave_all_nodes_as_they_began(start: float) -> None:
    found = effective(batch=0, seed=1, start=start)
    assert np.abs(found - 15).max() <= 1e-9


@pytest.mark.t1
def test_nsh_5_batches_in_between_are_in_between() -> None:
    means = [effective(batch=batch, seed=3).mean() for batch in (1, 4, 5, 12)]
    assert means == sorted(means)
    assert means[0] < 3.3 and means[-1] > 14.9


@pytest.mark.t0
def test_nsh_5_control_pathways_that_share_nothing_are_not_thinned_to_three() -> None:
    found = effective(batch=1, seed=1, common=0, specific=3)
    assert found.min() >= 9 - 1e-9 and found.max() <= 18 + 1e-9
