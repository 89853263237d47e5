"""Stochastic gradient descent: against torch.optim.SGD over six updates."""

import pytest
import torch

from netware.learning.optimisers.sgd import Sgd
from tests.learning.optimisers.against_torch import assert_rates_of_each, assert_same


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_it_is_pytorchs_sgd(momentum, decay) -> None:
    assert_same(
        Sgd(0.1, momentum, decay),
        lambda own: torch.optim.SGD(own, 0.1, momentum=momentum, weight_decay=decay),
    )


def test_it_keeps_a_moment_only_where_there_is_momentum() -> None:
    assert Sgd().moments() == ()
    assert Sgd(momentum=0.5).moments() == ("first",)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_rates_of_each_agent_are_pytorchs_with_a_scheduler(momentum) -> None:
    assert_rates_of_each(
        Sgd(0.1, momentum, 0.1),
        lambda own, rate: torch.optim.SGD(own, rate, momentum=momentum, weight_decay=0.1),
    )
