"""Representation score: how well a direction in a hidden layer tells a concept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from netware.axes import AGENT
from netware.errors import NetwareError, Problem
from netware.measures.representation import hidden, must_have_classes
from netware.models.wrappers.base import hidden_width
from netware.needs.base import AbstractNeed, Surroundings, population_of
from netware.needs.models import ReadsTask
from netware.needs.state import HasColumn
from netware.parameters import Column, Index, PopulationName, TaskName
from netware.population import Population
from netware.probes.base import AbstractProbe
from netware.tasks.base import Examples
from netware.world import World


@dataclass(frozen=True)
class TellsClasses(AbstractNeed):
    """A hidden layer, two classes of the task, and a direction as wide as the layer."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns layers, classes and directions that are not there."""
        population = population_of(member, world)
        if population is None or population.model is None or member.task not in world.examples:
            return []
        examples = world.examples[member.task].train
        try:
            width = hidden_width(population.model, member.layer, f"{where}.layer")
            labels = (member.positive, member.negative)
            must_have_classes(f"{where}.positive", examples, member.task, labels, 0)
        except NetwareError as error:
            return list(error.problems)
        held = population.state.get(member.state)
        if held is None or tuple(held.shape[1:]) == (width,):
            return []
        return [
            Problem(
                f"{where}.state",
                f"'{member.state}' of shape {tuple(held.shape[1:])}",
                f"({width},), one number for each unit of '{member.layer}'",
                "name the layer that the direction was read in",
            )
        ]

    def sentence(self) -> str:
        """Says what it reads."""
        return "two classes of 'task', and a direction in 'state' as wide as the hidden layer"


@dataclass(frozen=True)
class RepresentationScore(AbstractProbe):
    """Measures how well each agent's own direction v tells two classes by the score of a sample.

    score = h . v / |v|,   accuracy = share of samples on their class's side of the midpoint
    between the classes' mean scores on the training examples,   gap = mean score+ - mean score-

    Args:
        on: Population to measure.
        task: Task whose classes tell the concept.
        layer: Hidden layer, by its name in the trace, such as `hidden1`.
        positive: Class that has the concept, the first being 0. [1]
        negative: Class that has not; examples of other classes do not count. [1]
        state: Column of directions.
        split: `test` or `train` examples.

    Reads: examples of `task`; weights and state.
    Quantities: `accuracy` and `gap` of each agent; `mean` accuracy and `mean_gap` of a replica.

    Source: Zou et al. (2023), arXiv:2310.01405, section 3.1.
    Departs from it: the threshold is the midpoint of the training examples, not 0, since hidden
    layers need not be centred.
    """

    on: PopulationName
    task: TaskName
    layer: str = "hidden1"
    positive: Index = 1
    negative: Index = 0
    state: Column = "direction"
    split: Literal["test", "train"] = "test"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "accuracy": (AGENT,),
        "gap": (AGENT,),
        "mean": (),
        "mean_gap": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        ReadsTask(answers=False),
        TellsClasses(),
        HasColumn("state", floating=True),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns accuracy and gap of every agent, and their means."""
        self.insist(world)
        population, data = world[self.on], world.examples[self.task]
        if not population.agents:
            return self.nothing(population)
        learnt = self.scores(population, data.train)
        seen = data.test if self.split == "test" else data.train
        scores = self.scores(population, seen)
        high, low = (self.members(population, seen, one) for one in (self.positive, self.negative))
        means = [
            mean_of(learnt, self.members(population, data.train, one))
            for one in (self.positive, self.negative)
        ]
        above = (scores > (means[0] + means[1])[:, None] / 2).to(scores.dtype)
        right = (above * high + (1 - above) * low).sum(1) / (high + low).sum(1)
        gap = mean_of(scores, high) - mean_of(scores, low)
        accuracy, gap = population.per_replica(right), population.per_replica(gap)
        return {
            "accuracy": accuracy,
            "gap": gap,
            "mean": accuracy.mean(1),
            "mean_gap": gap.mean(1),
        }

    def scores(self, population: Population, examples: Examples) -> Float[Tensor, "agents samples"]:
        """Returns h . v / |v| of every example in every agent."""
        h = hidden(population, examples.of(population.replica).inputs, self.layer)
        unit = normalize(population[self.state], dim=1)
        return torch.bmm(h, unit[:, :, None])[..., 0]

    def members(
        self, population: Population, examples: Examples, label: int
    ) -> Float[Tensor, "agents samples"]:
        """Returns 1 for examples of a class, else 0."""
        return (examples.targets[..., label] > 0.5).to(population.dtype)[population.replica]


def mean_of(
    scores: Float[Tensor, "agents samples"], members: Float[Tensor, "agents samples"]
) -> Float[Tensor, " agents"]:
    """Returns the mean score of the members of a class."""
    return (scores * members).sum(1) / members.sum(1)
