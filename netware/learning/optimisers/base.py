"""The contract of an optimiser, whose moments are columns with agents first."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from netware.learning.learner import Learner, kept
from netware.population import Population


class AbstractOptimiser(ABC):
    """Moves what agents learn against its gradient, all agents at once.

    An optimiser is a frozen dataclass whose fields are its YAML parameters. What it remembers
    stands in the population, `<rule>.<moment>.<weight>` with agents first, so that it is stored,
    inherited and removed as every other column is.
    """

    rate: float
    """Learning rate, the eta of the literature."""

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
        names = list(gradients)
        with torch.no_grad():
            self.move(
                [learner.leaves[name] for name in names],
                [gradients[name].contiguous() for name in names],
                {kind: [learner.moments[kind][name] for name in names] for kind in self.moments()},
                [learner.updates[name] for name in names],
            )
            learner.restore()
