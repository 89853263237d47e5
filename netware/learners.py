"""Learners: whose weights a loss depends on, copies of them, and optimisers that write there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.sgd import sgd

from netware.population import Population
from netware.world import World


Populations = Mapping[str, Population]

FROZEN = "frozen."
CPU_BYTES = 1 << 25
GPU_BYTES = 1 << 32


@dataclass(frozen=True)
class Optimiser:
    """One of PyTorch's optimisers, its arguments as PyTorch means them.

    Args:
        kind: `adam` or `sgd`.
        rate: Learning rate.
        betas: Shares of the first and the second moment that stay, of adam. [1]
        eps: Added to the root of the second moment, of adam.
        momentum: Share of the last update that stays, of sgd. [1]
        weight_decay: Share of the value itself in the gradient. [1]
    """

    kind: Literal["adam", "sgd"]
    rate: float
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    momentum: float = 0.0
    weight_decay: float = 0.0

    def moments(self) -> tuple[str, ...]:
        """Names the moments that it keeps."""
        if self.kind == "adam":
            return ("first", "second")
        return ("first",) if self.momentum else ()

    def equipped(self, population: Population, rule: str, leaves: Iterable[str]) -> Population:
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

    def update(self, learner: "Learner", gradients: Mapping[str, Tensor]) -> None:
        """Moves the learner's own tensors once, against these gradients of its leaves.

        What is frozen is put back afterwards: momentum, and a price of weights, move a leaf even
        where its gradient is zero.
        """
        with torch.no_grad():
            self.move(learner, gradients)
            learner.restore()

    def move(self, learner: "Learner", gradients: Mapping[str, Tensor]) -> None:
        """Lets PyTorch move the leaves; its fused kernels want gradients that are dense."""
        names = list(gradients)
        leaves = [learner.leaves[name] for name in names]
        slopes = [gradients[name].contiguous() for name in names]
        moments: list[list] = [
            [learner.moments[kind][name] for name in names] for kind in self.moments()
        ]
        if self.kind == "adam":
            adam(
                leaves,
                slopes,
                exp_avgs=moments[0],
                exp_avg_sqs=moments[1],
                max_exp_avg_sqs=[],
                state_steps=[learner.updates[name] for name in names],
                fused=True,
                amsgrad=False,
                beta1=self.betas[0],
                beta2=self.betas[1],
                lr=self.rate,
                weight_decay=self.weight_decay,
                eps=self.eps,
                maximize=False,
            )
            return
        sgd(
            leaves,
            slopes,
            moments[0] if moments else [None] * len(names),
            fused=True,
            weight_decay=self.weight_decay,
            momentum=self.momentum,
            lr=self.rate,
            dampening=0.0,
            nesterov=False,
            maximize=False,
        )


@dataclass(frozen=True)
class Learner:
    """What one population learns: tensors of its own, agents first, that may be written into.

    Args:
        leaves: Weights and columns of state that are learnt, by name.
        moments: `first` and `second` moments of their gradients, by name, as far as kept.
        updates: Updates that each leaf has had, one number for all agents. [1]
        frozen: Where a leaf keeps its value, for leaves of which a part is frozen.
        held: The values that they keep.
    """

    leaves: dict[str, Tensor]
    moments: dict[str, dict[str, Tensor]]
    updates: dict[str, Float[Tensor, ""]]
    frozen: dict[str, Tensor] = field(default_factory=dict)
    held: dict[str, Tensor] = field(default_factory=dict)

    @classmethod
    def copied(
        cls, population: Population, rule: str, leaves: tuple[str, ...], moments: tuple[str, ...]
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


def generators(world: World, name: str) -> list[tuple[str, str]]:
    """Names the relations that generate weights of a population, each with its source."""
    return [
        (relation, one.ends()[0])
        for relation, one in world.relations.items()
        if one.flows() == "generate" and one.ends()[1] == name
    ]


def lineage(world: World, name: str, below: tuple[str, ...] = ()) -> list[str]:
    """Names a population, last, and before it all those that generate its weights."""
    sources = [source for _, source in generators(world, name) if source not in (*below, name)]
    above = [one for source in sources for one in lineage(world, source, (*below, name))]
    return [*dict.fromkeys(above), name]


def grown(world: World, line: Populations) -> dict[str, Population]:
    """Returns the populations of a lineage after weights have flowed down, differentiably."""
    found = dict(line)
    for name in found:
        for relation, source in generators(world, name):
            flow = world.relations[relation].flow
            found[name] = flow(world.edges[relation], found[source], found[name])
    return found


def generated(world: World, name: str) -> set[str]:
    """Names the weights of a population that another one generates."""
    found: set[str] = set()
    for relation, source in generators(world, name):
        if source != name:
            flow = world.relations[relation].flow
            made = flow(world.edges[relation], world[source], world[name]).weights
            found |= {weight for weight in made if made[weight] is not world[name].weights[weight]}
    return found
