"""Learners: what a population learns, as tensors of its own that may be written into."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.population import Population


FROZEN = "frozen."
CPU_BYTES = 1 << 25
GPU_BYTES = 1 << 32


@dataclass(frozen=True)
class Learner:
    """What one population learns: tensors of its own, agents first, that may be written into.

    Args:
        leaves: Weights and columns of state that are learnt, by name.
        moments: `first` and `second` moments of their gradients, by name, as far as kept.
        updates: Updates that each leaf has had, one number for all agents. [1]
        frozen: Where a leaf keeps its value, for leaves of which a part is frozen.
        held: The values that they keep.
        rate: Learning rate at this step, or that of each agent; None for the optimiser's own.
    """

    leaves: dict[str, Tensor]
    moments: dict[str, dict[str, Tensor]]
    updates: dict[str, Float[Tensor, ""]]
    frozen: dict[str, Tensor] = field(default_factory=dict)
    held: dict[str, Tensor] = field(default_factory=dict)
    rate: float | Float[Tensor, " agents"] | None = None

    @classmethod
    def copied(
        cls,
        population: Population,
        rule: str,
        leaves: tuple[str, ...],
        moments: tuple[str, ...],
        rate: float | Float[Tensor, " agents"] | None = None,
    ) -> "Learner":
        """Copies what a population learns by a rule, and how far it has come.

        A leaf stays as it is where the population's column `frozen.<leaf>` is true.
        """
        values, state = {**population.state, **population.weights}, population.state
        frozen = {leaf: state[FROZEN + leaf] for leaf in leaves if FROZEN + leaf in state}
        count = state[f"{rule}.updates"][0] if moments else torch.zeros(())
        return cls(
            {leaf: dense(values[leaf]) for leaf in leaves},
            {
                kind: {leaf: dense(state[f"{rule}.{kind}.{leaf}"]) for leaf in leaves}
                for kind in moments
            },
            {leaf: count.clone() for leaf in leaves},
            frozen,
            {leaf: values[leaf] for leaf in frozen},
            rate,
        )

    def part(self, start: int, size: int) -> "Learner":
        """Returns some of the agents: views of their tensors, to differentiate by; own counters."""
        those = slice(start, start + size)
        return Learner(
            {leaf: values[those].detach().requires_grad_() for leaf, values in self.leaves.items()},
            {
                kind: {leaf: values[those] for leaf, values in columns.items()}
                for kind, columns in self.moments.items()
            },
            {leaf: count.clone() for leaf, count in self.updates.items()},
            {leaf: values[those] for leaf, values in self.frozen.items()},
            {leaf: values[those] for leaf, values in self.held.items()},
            self.rate[those] if isinstance(self.rate, Tensor) else self.rate,
        )

    def restore(self) -> None:
        """Writes the held values back where leaves are frozen, bit by bit."""
        for leaf, frozen in self.frozen.items():
            values = self.leaves[leaf]
            values.copy_(torch.where(frozen, self.held[leaf], values))

    def matrices(self, population: Population) -> set[str]:
        """Names the leaves that are weights but no biases: two axes or more besides the agents'."""
        return {
            name for name, w in population.weights.items() if w.dim() > 2 and name in self.leaves
        }

    def within(self, population: Population) -> Population:
        """Returns the population with the leaves in place of its weights and columns."""
        weights, state = population.weights, population.state
        return replace(
            population,
            weights={name: self.leaves.get(name, values) for name, values in weights.items()},
            state={
                name: values if name in weights else self.leaves.get(name, values)
                for name, values in state.items()
            },
        )

    def columns(self, rule: str, before: Population, updates: int) -> dict[str, Tensor]:
        """Returns the columns of state to keep for the next step, `updates` later."""
        found = {
            f"{rule}.{kind}.{leaf}": values
            for kind, columns in self.moments.items()
            for leaf, values in columns.items()
        }
        if found:
            found[f"{rule}.updates"] = before[f"{rule}.updates"] + updates
        return found


def dense(values: Tensor) -> Tensor:
    """Returns a copy without gaps."""
    return values.detach().clone(memory_format=torch.contiguous_format)


def kept(population: Population, columns: Iterable[str]) -> dict[str, Tensor]:
    """Returns those of the columns that the population has."""
    return {name: population.state[name] for name in columns if name in population.state}


@dataclass(frozen=True)
class Group:
    """Agents that learn together.

    Args:
        populations: The agents, and those that generate their weights, by name.
        learners: What they learn.
        owner: Whose examples each of them is shown.
    """

    populations: dict[str, Population]
    learners: dict[str, Learner]
    owner: Int[Tensor, " agents"]


def group_size(population: Population, samples: int) -> int:
    """Returns how many agents learn at once: what fits in cache or memory, in groups of a size."""
    if population.chunk:
        return population.chunk
    room = CPU_BYTES if population.device.type == "cpu" else GPU_BYTES
    kept = 2 * samples * population.wrapped().units() * population.dtype.itemsize
    most = max(1, room // max(1, kept))
    groups = -(-population.total // most)
    return -(-population.total // groups)
