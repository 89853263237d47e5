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


def assert_rates_of_each(
    method: AbstractOptimiser,
    plain: Callable[[list[Tensor], float], torch.optim.Optimizer],
    dtype: torch.dtype = torch.float64,
) -> None:
    """Moves agents at rates of their own that fall, and each alone with PyTorch's scheduler."""
    population = drawn(NET, AGENTS)
    before = {name: w.to(dtype) for name, w in population.weights.items()}
    population = population.with_weights(before)
    names, rates = tuple(before), torch.tensor([0.0, 0.01, 0.05, 0.2], dtype=dtype)
    chance = torch.Generator().manual_seed(3)
    slopes = [
        {name: torch.randn(w.shape, generator=chance, dtype=dtype) for name, w in before.items()}
        for _ in range(UPDATES)
    ]
    after = method.with_columns(population, "learn", names)
    for update, each in enumerate(slopes):
        now = rates * 0.5**update
        learner = Learner.copied(after, "learn", names, method.moments(), now)
        for start in (0, 2):
            part = learner.part(start, 2)
            method.update(part, {name: g[start : start + 2] for name, g in each.items()})
        after = learner.within(after.with_state(learner.columns("learn", after, 1)))
    for agent in range(AGENTS):
        own = {name: w[agent].clone().requires_grad_() for name, w in before.items()}
        optimiser = plain(list(own.values()), float(rates[agent]))
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimiser, 0.5)
        for each in slopes:
            for name, values in own.items():
                values.grad = each[name][agent]
            optimiser.step()
            scheduler.step()
        for name, values in own.items():
            found = after.weights[name][agent]
            torch.testing.assert_close(found, values.detach(), rtol=1e-12, atol=1e-12)
            assert bool((found != before[name][agent]).any()) == bool(rates[agent])
