import pytest
import torch

from netware.probes.numbers import at_least, at_most, real


@pytest.mark.parametrize("many", [1, 10, 100, 300, 12345, 10**6])
def test_hundredths_of_a_whole_are_whole_numbers(many: int) -> None:
    for hundredth in range(101):
        product, whole = hundredth / 100 * many, hundredth * many
        assert at_least(hundredth / 100, many) == -(-whole // 100), product
        assert at_most(hundredth / 100, many) == whole // 100, product
        assert at_least(hundredth * 0.1 / 10, many) == -(-whole // 100)


def test_a_little_more_is_more() -> None:
    assert at_least(0.0700001, 100) == 8 and at_most(0.0699999, 100) == 6


def test_columns_become_real_numbers_without_loss() -> None:
    large = torch.tensor([2**53 - 1, -3])
    assert real(large).tolist() == [2.0**53 - 1, -3.0] and real(large).dtype == torch.float64
    assert real(torch.tensor([True, False])).tolist() == [1.0, 0.0]
    single = torch.ones(2)
    assert real(single) is single
