"""Numbers as print has them."""

import math

import pytest

from netware.analysis.report import numbers


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (0.98765, "0.988"),
        (12.3456, "12.3"),
        (1234.5, "1234"),
        (-0.5, "\N{MINUS SIGN}0.500"),
        (1.5e-7, "1.50 \N{MULTIPLICATION SIGN} 10⁻⁷"),
        (2e12, "2.00 \N{MULTIPLICATION SIGN} 10¹²"),
        (math.nan, "\N{EN DASH}"),
        (math.inf, "∞"),
    ],
)
def test_numbers_have_three_digits(value, written) -> None:
    assert numbers.number(value) == written


@pytest.mark.parametrize(
    ("mean", "deviation", "written"),
    [
        (0.98765, 0.0021, "0.9877 ± 0.0021"),
        (123.4, 5.67, "123.4 ± 5.7"),
        (-1.0, 0.25, "\N{MINUS SIGN}1.00 ± 0.25"),
        (3.2e-7, 4e-8, "(3.20 ± 0.40) \N{MULTIPLICATION SIGN} 10⁻⁷"),
        (0.5, math.nan, "0.500"),
        (0.5, 0.0, "0.500"),
    ],
)
def test_a_mean_has_the_digits_that_its_deviation_allows(mean, deviation, written) -> None:
    assert numbers.measured(mean, deviation) == written
