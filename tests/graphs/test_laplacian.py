from dataclasses import replace

import numpy as np
import pytest
import torch

from netware.errors import ScenarioError
from netware.graphs.laplacian import diffused, diffused_at
from netware.rules.consensus.average_consensus import AverageConsensus
from tests.rules.agreeing import ACTING, edges_of, laplacian, numbers, ring, world_of


@pytest.mark.parametrize("size", [(), (1,), (3,), (2, 2)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_it_is_x_minus_gain_laplacian_y(size, dtype):
    matrix = numbers(1, 7, 7).numpy() * (numbers(2, 7, 7).numpy() < 0.5)
    x, y = numbers(3, 7, *size).to(dtype), numbers(4, 7, *size).to(dtype)
    edges = edges_of(matrix)
    for heard in (None, y):
        found = diffused(edges, x, 0.3, heard)
        flat = (x if heard is None else y).double().reshape(7, -1)
        expected = x.double().reshape(7, -1) - 0.3 * torch.from_numpy(laplacian(matrix)) @ flat
        assert found.dtype == dtype and found.shape == x.shape
        assert (found.reshape(7, -1) - expected).abs().max() < 1e-5


@pytest.mark.parametrize("size", [(), (1,), (3,), (2, 2)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_rows_of_those_who_act_alone_are_rows_of_the_whole(size, dtype):
    matrix = numbers(1, 40, 40).numpy() * (numbers(2, 40, 40).numpy() < 0.5)
    x, edges, acting = numbers(3, 40, *size).to(dtype), edges_of(matrix), torch.tensor([31, 4, 17])
    found = diffused_at(edges, x, 0.3, acting)
    assert found.dtype == dtype and found.shape == (3, *size)
    assert (found - diffused(edges, x, 0.3)[acting]).abs().max() < 1e-4
    assert torch.equal(found[1:2], diffused_at(edges, x, 0.3, acting[1:2]))


def test_a_relation_with_others_is_refused_with_what_to_write():
    world = world_of(numbers(1, 4), ring(4))
    talks = replace(world.edges["talks"], between=("people", "others"))
    world = world.with_edges("talks", talks)
    with pytest.raises(ScenarioError) as refused:
        AverageConsensus("people", "talks").prepare(world, ACTING)
    assert str(refused.value) == (
        "rules.agree.over: 'talks', which leads from people to others\n"
        "  expected: a relation between agents of 'people'\n"
        "  fix: write 'between: [people, people]' under relations.talks, or name another"
    )


def test_what_is_summed_is_kept_for_the_next_step():
    edges = edges_of(np.array([[0.0, 2.0], [0.5, 0.0]]))
    assert edges.strength(torch.float64) is edges.strength(torch.float64)
    assert edges.strength(torch.float32).tolist() == [2.0, 0.5]
    assert edges.strength(torch.float64).dtype == torch.float64
