"""A lesion of agents, or of their state, hits a fraction of those who are there."""

from pathlib import Path

import pytest
import torch

from netware import NetwareModel


CASE = Path(__file__).parent / "cases/05-lesion-counts-empty-places/scenario.yaml"


@pytest.mark.parametrize("seed", range(4))
def test_half_of_ten_are_five(seed):
    model = NetwareModel(CASE, seed=seed)
    model.step()
    assert model.reading("mean", "mean") == 0.5
    full = NetwareModel(CASE, ["populations.p.capacity=10"], seed=seed)
    full.step()
    assert torch.equal(model.world["p"]["x"][:10], full.world["p"]["x"])


def test_it_counts_those_who_are_left():
    changes = ["rules={die: {type: death, on: p, rate: 0.5, at: [0]}}", "steps=4", "replicas=3"]
    event = "events=[{at: 2, rule: state_lesion, on: p, state: x, fraction: 0.5}]"
    model = NetwareModel(CASE, [*changes, event])
    for _ in range(3):
        model.step()
    people = model.world["p"]
    assert people.alive is not None
    left, hit = people.present_count, people.per_replica(people.alive & (people["x"] == 0)).sum(1)
    assert (left < 10).any()
    assert hit.tolist() == [round(0.5 * many) for many in left.tolist()]
