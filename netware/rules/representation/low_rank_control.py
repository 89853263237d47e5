"""Low-rank control: agents learn, in a low-rank difference, to be as in another context."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from netware.errors import ScenarioError
from netware.learning.learner import Group, Learner, group_size
from netware.learning.minibatches import minibatches
from netware.learning.optimisers.adam import Adam
from netware.learning.optimisers.base import AbstractOptimiser
from netware.measures.representation import must_read
from netware.models.base import Weights
from netware.models.wrappers.base import AbstractAdapted, in_context
from netware.parameters import Count, Index, Member, PopulationName, Real, TaskName
from netware.population import Population
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads
from netware.world import World


ADAM = Adam(rate=3e-3)


@dataclass(frozen=True)
class LowRankControl(AbstractRule):
    """Moves the low-rank difference of each agent so that its hidden layers are where they should.

    E_i = mean over samples and layers of ||h_i - target_i||,
    target_i = h_i^0(x) + alpha (h_i^0(x+) - h_i^0(x-)),   h^0 the layers without the difference

    x+, x- and x are one sample, with the number `context` set to `positive`, `negative` and
    `neutral`. What a context would have done becomes part of the weights, without the context.

    Args:
        on: Population of agents whose model is `low_rank`.
        task: Task whose examples are shown; its targets are not used.
        layers: Hidden layers that should move, by their names in the trace.
        context: Number of a sample that says in which context it is seen, the first being 0. [1]
        positive: Value of that number for h+. [1]
        negative: Value of that number for h-. [1]
        neutral: Value of that number while the agents learn, and after. [1]
        alpha: How far to move, in units of h+ - h-. [1]
        optimiser: How the gradient moves the weights: `{type: adam, rate: 0.01}`, adamw, sgd.
        batch: Samples in a minibatch; 0, or more than there are, for all. [1]
        batches: Minibatches in a step. [1]

    Reads: examples of `task`; weights.
    Writes: the weights `.down` and `.up` alone; `<rule>.first.<weight>`,
    `<rule>.second.<weight>`, `<rule>.updates`.

    Source: Zou et al. (2023), arXiv:2310.01405, algorithm 1 (LoRRA).
    Departs from it: contexts are a number of the sample, not words before it; no reading vector is
    added to the target.
    """

    on: PopulationName
    task: TaskName
    layers: Annotated[tuple[str, ...], Field(min_length=1)] = ("hidden1",)
    context: Index = 0
    positive: Real = 1.0
    negative: Real = -1.0
    neutral: Real = 0.0
    alpha: Real = 1.0
    optimiser: Annotated[AbstractOptimiser, Member("optimisers")] = ADAM
    batch: Index = 0
    batches: Count = 1

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "learn"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses what cannot learn; makes the optimiser's columns, zeros before the first step."""
        where, population = f"rules.{acting.rule}", world[self.on]
        model = adapted(population, where)
        for layer in self.layers:
            must_read(where, population, layer, world.examples[self.task].train, self.task)
        if self.context >= model.input_size():
            raise ScenarioError(
                f"{where}.context",
                found=f"number {self.context} of samples of {model.input_size()}",
                expected=f"0 to {model.input_size() - 1}",
                fix=f"write 'context: {model.input_size() - 1}'",
            )
        with_columns = self.optimiser.with_columns(population, acting.rule, model.adapters())
        return world.with_population(with_columns)

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the minibatches of one step."""
        population, method = world[self.on], self.optimiser
        model, examples = (
            adapted(population, f"rules.{acting.rule}"),
            world.examples[self.task].train,
        )
        rate, leaves = acting.value(world, self, "optimiser.rate"), tuple(model.adapters())
        learner = Learner.copied(population, acting.rule, leaves, method.moments(), rate)
        samples = examples.inputs.shape[1]
        size = group_size(population, 4 * min(self.batch or samples, samples))
        groups = [
            Group(
                {self.on: population.part(start, size)},
                {self.on: learner.part(start, size)},
                population.replica[start : start + size],
            )
            for start in range(0, population.total, size)
        ]
        for batch in minibatches(
            examples, world.draws, acting.rule, world.step, self.batch, 1, self.batches
        ):
            for group in groups:
                self.descend(model, group, batch.of(group.owner).inputs)
        columns = learner.columns(acting.rule, population, self.batches)
        return world.with_population(learner.within(population.with_state(columns)))

    def descend(self, model: AbstractAdapted, group: Group, inputs: Tensor) -> None:
        """Takes one step down the gradient, in the group's own tensors."""
        learner, population = group.learners[self.on], group.populations[self.on]
        targets = self.targets(model, population, inputs)
        with torch.enable_grad():
            now = learner.within(population)
            total = self.errors(model, now.weights, inputs, now.state, targets).sum()
            slopes = torch.autograd.grad(total, list(learner.leaves.values()), allow_unused=True)
        moved = zip(learner.leaves, slopes, strict=True)
        self.optimiser.update(learner, {name: slope for name, slope in moved if slope is not None})

    def targets(
        self, model: AbstractAdapted, population: Population, inputs: Tensor
    ) -> dict[str, Float[Tensor, "agents samples units"]]:
        """Returns where each layer should be, from what the base answers in the contexts."""
        plain, high, low = (
            model.base.trace(
                population.weights, in_context(inputs, self.context, value), population.state
            )
            for value in (self.neutral, self.positive, self.negative)
        )
        return {name: plain[name] + self.alpha * (high[name] - low[name]) for name in self.layers}

    def errors(
        self,
        model: AbstractAdapted,
        weights: Weights,
        inputs: Tensor,
        state: Mapping[str, Tensor],
        targets: Mapping[str, Tensor],
    ) -> Float[Tensor, " agents"]:
        """Returns E of each agent."""
        traced = model.trace(weights, in_context(inputs, self.context, self.neutral), state)
        apart = [
            torch.linalg.vector_norm(traced[name] - targets[name], dim=2).mean(1)
            for name in self.layers
        ]
        return torch.stack(apart).mean(0)


def adapted(population: Population, where: str) -> AbstractAdapted:
    """Returns the model of a population, or refuses one without a low-rank difference."""
    model = population.wrapped()
    if not isinstance(model, AbstractAdapted):
        raise ScenarioError(
            f"{where}.on",
            found=f"agents of '{population.name}' without a low-rank difference: "
            f"{type(model).__name__}",
            expected="agents whose model is 'low_rank'",
            fix="write 'model: {type: low_rank, base: ...}' under the population",
        )
    return model
