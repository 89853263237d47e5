"""The contract of an optimiser, whose moments are columns with agents first."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from netware.learning.learner import Learner, kept
from netware.population import Population
from netware.varying.base import AbstractVarying


class AbstractOptimiser(ABC):
    """Moves what agents learn against its gradient, all agents at once.

    An optimiser is a frozen dataclass whose fields are its YAML parameters. What it remembers
    stands in the population, `<rule>.<moment>.<weight>` with agents first, so that it is stored,
    inherited and removed as every other column is.
    """

    rate: Any
    """Learning rate, the eta of the literature; a number wherever `move` reads it."""
    weight_decay: float
    """Share of each weight that decays."""

    @abstractmethod
    def moments(self) -> tuple[str, ...]:
        """Names the moments that it keeps of each leaf, shaped as the leaf is."""

    @abstractmethod
    def move(
        self,
        leaves: list[Tensor],
        slopes: list[Tensor],
        moments: Mapping[str, list[Tensor]],
        updates: list[Tensor],
    ) -> None:
        """Writes into leaves and moments, once.

        Args:
            leaves: What is learnt.
            slopes: Gradient of each, dense, as the fused kernels of PyTorch want them.
            moments: What is kept of each, by the name of the moment.
            updates: Updates that each has had; a method that counts adds one.
        """

    @abstractmethod
    def decayed(
        self, leaves: list[Tensor], slopes: list[Tensor], rates: list[Tensor]
    ) -> list[Tensor]:
        """Lets weights decay at rates that broadcast over the leaves; returns slopes without decay.

        What is then left of `move` starts from 0 and grows in proportion to the rate.
        """

    def with_columns(self, population: Population, rule: str, leaves: Iterable[str]) -> Population:
        """Returns the population with the columns of state that learning keeps, zeros if new."""
        values = {**population.state, **population.weights}
        columns = {
            f"{rule}.{moment}.{leaf}": values[leaf].new_zeros(values[leaf].shape)
            for moment in self.moments()
            for leaf in leaves
        }
        if columns:
            zeros = torch.zeros(population.total, dtype=torch.float32, device=population.device)
            columns[f"{rule}.updates"] = zeros
        return population.with_state({**columns, **kept(population, columns)})

    def update(self, learner: Learner, gradients: Mapping[str, Tensor]) -> None:
        """Moves the learner's own tensors once, against these gradients of its leaves.

        What is frozen is put back afterwards: momentum, and a price of weights, move a leaf even
        where its gradient is zero.
        """
        names, rate = list(gradients), learner.rate
        leaves = [learner.leaves[name] for name in names]
        slopes = [gradients[name].contiguous() for name in names]
        moments = {kind: [learner.moments[kind][name] for name in names] for kind in self.moments()}
        updates = [learner.updates[name] for name in names]
        with torch.no_grad():
            if isinstance(rate, Tensor):
                self.move_each(leaves, slopes, moments, updates, rate)
            elif rate is None:
                self.move(leaves, slopes, moments, updates)
            else:
                self.with_numbers(rate, self.weight_decay).move(leaves, slopes, moments, updates)
            learner.restore()

    def number(self) -> float:
        """Returns the rate where it is one number, as it is for every `move`."""
        assert not isinstance(self.rate, AbstractVarying), "rates that vary belong to the learner"
        return self.rate

    def with_numbers(self, rate: float, weight_decay: float) -> "AbstractOptimiser":
        """Returns the optimiser with another rate and decay."""
        held: Any = self
        return replace(held, rate=rate, weight_decay=weight_decay)

    def move_each(
        self,
        leaves: list[Tensor],
        slopes: list[Tensor],
        moments: Mapping[str, list[Tensor]],
        updates: list[Tensor],
        rate: Float[Tensor, " agents"],
    ) -> None:
        """Moves all leaves in one fused kernel, each agent at its own rate.

        The kernels take one rate alone: they move zeros at a rate of 1, and what they have moved
        by is added times the rate of each.
        """
        rates = [rate.to(leaf.dtype).view(-1, *[1] * (leaf.dim() - 1)) for leaf in leaves]
        slopes = self.decayed(leaves, slopes, rates)
        moved = [torch.zeros_like(slope) for slope in slopes]
        self.with_numbers(1.0, 0.0).move(moved, slopes, moments, updates)
        for leaf, by, each in zip(leaves, moved, rates, strict=True):
            leaf.addcmul_(by, each)
