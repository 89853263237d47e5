"""Adam: against torch.optim.Adam over six updates."""

import pytest
import torch

from netware.learning.optimisers.adam import Adam
from tests.learning.optimisers.against_torch import assert_rates_of_each, assert_same


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_it_is_pytorchs_adam(decay) -> None:
    assert_same(
        Adam(0.02, 0.8, 0.99, 1e-6, decay),
        lambda own: torch.optim.Adam(own, 0.02, (0.8, 0.99), 1e-6, decay),
    )


def test_its_defaults_are_those_of_the_paper() -> None:
    assert_same(Adam(), torch.optim.Adam)


def test_a_rate_of_zero_moves_nothing() -> None:
    assert_same(Adam(0.0), lambda own: torch.optim.Adam(own, 0.0))


def test_rates_of_each_agent_are_pytorchs_with_a_scheduler() -> None:
    assert_rates_of_each(
        Adam(0.1, 0.8, 0.99, 1e-6, 0.1),
        lambda own, rate: torch.optim.Adam(own, rate, (0.8, 0.99), 1e-6, 0.1),
    )
