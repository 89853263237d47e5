"""AdamW: against torch.optim.AdamW over six updates."""

import torch

from netware.learning.optimisers.adamw import Adamw
from tests.learning.optimisers.against_torch import assert_same


def test_it_is_pytorchs_adamw() -> None:
    assert_same(
        Adamw(0.02, 0.8, 0.99, 1e-6, 0.3),
        lambda own: torch.optim.AdamW(own, 0.02, (0.8, 0.99), 1e-6, 0.3),
    )


def test_its_defaults_are_pytorchs() -> None:
    assert_same(Adamw(), torch.optim.AdamW)
