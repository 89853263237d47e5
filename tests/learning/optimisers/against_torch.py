"""An optimiser of netware's against one of PyTorch's, over the same gradients."""

from collections.abc import Callable

import torch
from torch import Tensor

from netware.learning.learner import Learner
from netware.learning.optimisers.base import AbstractOptimiser
from netware.models.multilayer import Multilayer
from tests.rules.learners import drawn


NET = Multilayer(3, 2)
AGENTS, UPDATES = 4, 6


def assert_same(
    method: AbstractOptimiser, plain: Callable[[list[Tensor]], torch.optim.Optimizer]
) -> None:
    """Moves every agent at once, two updates a step, and each alone with PyTorch's optimiser."""
    before = drawn(NET, AGENTS)
    names = tuple(before.weights)
    chance = torch.Generator().manual_seed(3)
    slopes = [
        {name: torch.randn(w.shape, generator=chance) for name, w in before.weights.items()}
        for _ in range(UPDATES)
    ]
    after = method.with_columns(before, "learn", names)
    for start in range(0, UPDATES, 2):
        learner = Learner.copied(after, "learn", names, method.moments())
        part = learner.part(0, AGENTS)
        for each in slopes[start : start + 2]:
            method.update(part, each)
        after = learner.within(after.with_state(learner.columns("learn", after, 2)))
    for agent in range(AGENTS):
        own = {name: w[agent].clone().requires_grad_() for name, w in before.weights.items()}
        optimiser = plain(list(own.values()))
        for each in slopes:
            for name, values in own.items():
                values.grad = each[name][agent]
            optimiser.step()
        for name, values in own.items():
            torch.testing.assert_close(
                after.weights[name][agent], values.detach(), rtol=1e-6, atol=1e-7
            )
            assert bool((values != before.weights[name][agent]).any()) == bool(method.rate)
