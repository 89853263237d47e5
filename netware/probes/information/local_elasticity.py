"""Local elasticity: how far learning from one sample changes the answer to another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from netware.axes import AGENT
from netware.errors import Problem
from netware.learning.losses import Loss, losses, resolved
from netware.needs.base import AbstractNeed, Surroundings, population_field, population_of
from netware.needs.models import HasModel, ReadsTask
from netware.parameters import Count, PopulationName, Positive, TaskName
from netware.population import Population
from netware.probes.base import AbstractProbe
from netware.tasks.base import Examples
from netware.world import World


@dataclass(frozen=True)
class Teachable(AbstractNeed):
    """Agents whose answers are differentiable in their weights."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a model that no gradient can teach, asked of one agent and one sample."""
        population = population_of(member, world)
        if population is None or population.model is None or not population.agents:
            return []
        if HasModel().unmet(member, world, where):
            return []
        one = population.part(0, 1)
        leaves = {name: w.detach().clone().requires_grad_() for name, w in one.weights.items()}
        sample = torch.zeros(
            (1, 1, population.model.input_size()), dtype=one.dtype, device=one.device
        )
        with torch.enable_grad():
            if one.forward(sample, leaves).requires_grad:
                return []
        return [
            Problem(
                f"{where}.{population_field(type(member))}",
                f"agents of '{one.name}', whose answers are not differentiable in the weights",
                "a model that a gradient can teach",
                "measure another population",
            )
        ]

    def sentence(self) -> str:
        """Says what answers must be."""
        return "a model whose answers are differentiable in its weights"


@dataclass(frozen=True)
class LocalElasticity(AbstractProbe):
    """Measures how much a step of learning from one sample moves the answers to others.

    LE(x, x') = |z(x', w+) - z(x', w)| / |z(x, w+) - z(x, w)|,   w+ = w - rate dE(x)/dw

    The step of plain gradient descent is each agent's own, and is not kept. A network is locally
    elastic if a sample of the same class is moved more than one of another. A linear classifier
    with biases has |x . x' + 1| / (x . x + 1) whatever it has learnt, so that long x' are moved
    most.

    Args:
        on: Population to measure, of any model whose answers are differentiable in its weights.
        task: Task whose examples are shown, one that has classes.
        split: `test` or `train` examples.
        samples: Examples to compare, the first ones; each is once the base x. [1]
        rate: Size of the step. [1]
        loss: E: `mse`, `cross_entropy`, or `auto` for cross_entropy.

    Reads: weights, and the columns of state that the model reads.
    Quantities: LE averaged over pairs of two samples of one class (`within`) and of two classes
    (`between`), means over the agents; `within_each` and `between_each` of each agent. Pairs whose
    base does not move its own answer are left out; nan where no pairs are left. [1]

    Source: He and Su (2020), arXiv:1910.06943; Su (2024), arXiv:2112.09741, equation 3.1.
    Departs from it: nothing.
    """

    on: PopulationName
    task: TaskName
    split: Literal["test", "train"] = "test"
    samples: Count = 16
    rate: Positive = 0.01
    loss: Loss = "auto"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "within": (),
        "between": (),
        "within_each": (AGENT,),
        "between_each": (AGENT,),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        ReadsTask(classes=True),
        Teachable(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both averages of every agent, and their means."""
        self.insist(world)
        population, data = world[self.on], world.examples[self.task]
        given = data.test if self.split == "test" else data.train
        if not population.agents:
            return self.nothing(population)
        first = torch.arange(min(self.samples, given.inputs.shape[1]), device=population.device)
        examples = given.rows(first).of(population.replica)
        found = elasticities(population, examples, resolved(self.loss, given.goal), self.rate)
        label = examples.targets.argmax(2)
        alike = label[:, :, None] == label[:, None]
        other = ~torch.eye(len(first), dtype=torch.bool, device=population.device)
        within = population.per_replica(averaged(found, alike & other))
        between = population.per_replica(averaged(found, ~alike))
        return {
            "within": within.nanmean(1),
            "between": between.nanmean(1),
            "within_each": within,
            "between_each": between,
        }


def elasticities(
    population: Population, examples: Examples, loss: Loss, rate: float
) -> Float[Tensor, "agents samples samples"]:
    """Returns LE of each agent, bases in rows, the samples that they move in columns.

    Args:
        population: The agents.
        examples: Each agent's own examples.
        loss: `mse` or `cross_entropy`.
        rate: Size of the step.
    """
    x, found = examples.inputs, []
    before = examples.asked(population.forward(x)).detach()
    for base in range(x.shape[1]):
        here = slice(base, base + 1)
        one = replace(examples, inputs=x[:, here], targets=examples.targets[:, here])
        after = examples.asked(population.forward(x, moved(population, one, loss, rate)))
        change = torch.linalg.vector_norm(after.detach() - before, dim=2)
        found.append(change / change[:, here])
    return torch.stack(found, 1)


def moved(population: Population, examples: Examples, loss: Loss, rate: float) -> dict[str, Tensor]:
    """Returns the weights of all agents after a step down the gradient, from these examples."""
    leaves = {name: w.detach().clone().requires_grad_() for name, w in population.weights.items()}
    with torch.enable_grad():
        answers = examples.asked(population.forward(examples.inputs, leaves))
        total = losses(answers, examples.targets, loss).sum()
        slopes = torch.autograd.grad(total, list(leaves.values()), allow_unused=True)
    return {
        name: w if slope is None else w - rate * slope
        for (name, w), slope in zip(population.weights.items(), slopes, strict=True)
    }


def averaged(
    values: Float[Tensor, "agents samples samples"], pairs: Bool[Tensor, "agents samples samples"]
) -> Float[Tensor, " agents"]:
    """Returns the mean over those of some pairs that have a value, nan where there are none."""
    chosen = pairs & values.isfinite()
    return values.masked_fill(~chosen, 0.0).sum((1, 2)) / chosen.sum((1, 2))
