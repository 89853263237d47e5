from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.errors import ScenarioError
from netware.probes.consensus.opinion_clusters import OpinionClusters
from tests.rules.agreeing import numbers, world_of


def test_numbers_by_hand():
    one = [0.1] * 60 + [0.5] * 39 + [0.9]
    other = [0.2] * 50 + [0.2005] * 50
    x = torch.tensor(one + other, dtype=torch.float64)[torch.arange(200)]
    world = world_of(x, replicas=2, column="opinion")
    found = OpinionClusters("people").read(world)
    assert list(found) == list(OpinionClusters.quantities)
    assert found["clusters"].tolist() == [3.0, 1.0]
    assert found["largest"].tolist() == [0.6, 1.0]
    assert found["second"].tolist() == [0.39, 0.0]
    few = OpinionClusters("people", share=0.02, tolerance=1e-4).read(world)
    assert few["clusters"].tolist() == [2.0, 2.0]
    assert few["all"].tolist() == [3.0, 2.0]


@given(st.integers(0, 2**31), st.integers(1, 20), st.floats(0.0, 0.5))
def test_it_counts_as_walking_along_the_sorted_opinions_does(seed, agents, tolerance):
    x = numbers(seed, 2 * agents)
    probe = OpinionClusters("people", tolerance=tolerance, share=0.2)
    found = probe.read(world_of(x, replicas=2, column="opinion"))
    for replica in range(2):
        own = sorted(x.view(2, agents)[replica].tolist())
        sizes = [1]
        for before, after in pairwise(own):
            sizes[-1:] = [sizes[-1] + 1] if after - before <= tolerance else [sizes[-1], 1]
        ranked = sorted([*sizes, 0], reverse=True)
        assert found["all"][replica].item() == len(sizes)
        assert found["clusters"][replica].item() == sum(one >= 0.2 * agents for one in sizes)
        assert found["largest"][replica].item() == pytest.approx(ranked[0] / agents)
        assert found["second"][replica].item() == pytest.approx(ranked[1] / agents)


def test_opinions_of_several_numbers_are_refused():
    with pytest.raises(ScenarioError) as refused:
        OpinionClusters("people").read(world_of(numbers(1, 3, 2), column="opinion"))
    assert str(refused.value) == (
        "probes: OpinionClusters.state: 'opinion' of shape (2,) for each agent\n"
        "  expected: one number for each agent\n"
        "  fix: name another column"
    )
