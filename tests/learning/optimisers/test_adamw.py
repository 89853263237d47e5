"""AdamW: against torch.optim.AdamW over six updates."""

import torch

from netware.learning.optimisers.adamw import Adamw
from tests.learning.optimisers.against_torch import assert_rates_of_each, assert_same


def test_it_is_pytorchs_adamw() -> None:
    assert_same(
        Adamw(0.02, 0.8, 0.99, 1e-6, 0.3),
        lambda own: torch.optim.AdamW(own, 0.02, (0.8, 0.99), 1e-6, 0.3),
    )


def test_its_defaults_are_pytorchs() -> None:
    assert_same(Adamw(), torch.optim.AdamW)


def test_rates_of_each_agent_are_pytorchs_with_a_scheduler() -> None:
    assert_rates_of_each(
        Adamw(0.1, 0.8, 0.99, 1e-6, 0.3),
        lambda own, rate: torch.optim.AdamW(own, rate, (0.8, 0.99), 1e-6, 0.3),
    )
