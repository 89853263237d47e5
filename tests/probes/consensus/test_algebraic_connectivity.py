import numpy as np
import pytest
import torch

from netware.edges import Edges
from netware.errors import ScenarioError
from netware.probes.consensus.algebraic_connectivity import AlgebraicConnectivity
from tests.rules.agreeing import edges_of, numbers, ring, world_of


def test_each_replica_has_both_ends_of_its_spectrum():
    world = world_of(numbers(1, 20), ring(10), replicas=2)
    found = AlgebraicConnectivity("talks").read(world)
    assert list(found) == list(AlgebraicConnectivity.quantities)
    second, last = 2 - 2 * np.cos(np.pi / 5), 4.0
    assert found["algebraic_connectivity"].tolist() == pytest.approx([second] * 2)
    assert found["largest"].tolist() == pytest.approx([last] * 2)
    assert found["ratio"].tolist() == pytest.approx([second / last] * 2)


def test_edges_that_change_are_measured_anew():
    world = world_of(numbers(1, 10), ring(10))
    probe = AlgebraicConnectivity("talks")
    before = probe.read(world)["algebraic_connectivity"]
    cut = ring(10)
    cut[0, 9] = cut[9, 0] = 0
    after = probe.read(world.with_edges("talks", edges_of(cut)))["algebraic_connectivity"]
    assert after.item() == pytest.approx(2 - 2 * np.cos(np.pi / 10))
    assert after < before
    none = probe.read(world.with_edges("talks", edges_of(np.zeros((10, 10)))))
    second, last, ratio = (value.item() for value in none.values())
    assert second == last == 0.0 and np.isnan(ratio)


def test_a_relation_between_two_populations_is_refused():
    some = torch.tensor([0, 1])
    talks = Edges.from_pairs(some, some, 3, 2, between=("people", "others"))
    world = world_of(numbers(1, 3)).with_edges("talks", talks)
    with pytest.raises(ScenarioError) as refused:
        AlgebraicConnectivity("talks").read(world)
    assert str(refused.value) == (
        "probes: AlgebraicConnectivity.over: 'talks', whose edges lead from 'people' to 'others'\n"
        "  expected: a relation between agents of one population\n"
        "  fix: name another relation, or another population"
    )
