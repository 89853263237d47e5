import pytest
import torch

from netware.models.layers.matrices import (
    as_laid,
    at_receivers,
    at_senders,
    compact,
    for_all_senders,
    into_receivers,
    matrix_of,
    out_of_senders,
)
from netware.models.layers.synapses import Synapses
from tests.models.joined import MODELS, weights_of


CASES = [(name, at) for name in MODELS for at in range(len(MODELS[name].synapses()))]


@pytest.fixture(params=CASES, ids=str)
def case(request) -> tuple[Synapses, torch.Tensor]:
    name, at = request.param
    one = MODELS[name].synapses()[at]
    return one, compact(one, weights_of(MODELS[name]))


def test_sums_are_those_of_the_matrix(case) -> None:
    one, values = case
    matrix = matrix_of(one, values)
    assert matrix.shape == (3, *one.sizes())
    torch.testing.assert_close(into_receivers(one, values), matrix.sum(1))
    torch.testing.assert_close(out_of_senders(one, values), matrix.sum(2))


def test_marks_of_units_reach_the_numbers_of_their_synapses(case) -> None:
    one, values = case
    if one.copies > 1:
        pytest.skip("a weight that several units share")
    senders, receivers = one.sizes()
    for unit in (0, senders - 1):
        only = (torch.arange(senders) == unit).expand(3, -1)
        left = values.masked_fill(as_laid(one, at_senders(one, only), values), 0)
        wanted = matrix_of(one, values).clone()
        wanted[:, unit] = 0
        assert torch.equal(matrix_of(one, left), wanted)
    for unit in (0, receivers - 1):
        only = (torch.arange(receivers) == unit).expand(3, -1)
        marks = as_laid(one, at_receivers(one, only), values)
        wanted = matrix_of(one, values).clone()
        wanted[:, :, unit] = 0
        assert torch.equal(matrix_of(one, values.masked_fill(marks, 0)), wanted)
        joined = (matrix_of(one, values) != 0).any(1)
        assert torch.equal(for_all_senders(one, marks), only | ~joined)


def test_a_product_is_added_and_copies_stand_along_the_diagonal() -> None:
    weights = weights_of(MODELS["low_rank"])
    first = MODELS["low_rank"].synapses()[0]
    wanted = weights["w1"] + 2.0 * weights["w1.down"] @ weights["w1.up"]
    torch.testing.assert_close(compact(first, weights), wanted)
    last = MODELS["static"].synapses()[1]
    w = weights_of(MODELS["static"])["w_out"]
    wanted = torch.stack([torch.block_diag(one, one) for one in w])
    assert torch.equal(matrix_of(last, w), wanted)
