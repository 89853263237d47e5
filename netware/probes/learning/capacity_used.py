"""Capacity used: how many hidden units a task needs, and how many are left to learn with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.axes import AGENT, LAYER
from netware.errors import Problem, ScenarioError
from netware.learning.units import Units, activity, frozen_units, must_show_units
from netware.needs.base import AbstractNeed, Surroundings, population_field, population_of
from netware.needs.models import ReadsTask
from netware.parameters import NonNegative, PopulationName, TaskName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class KnownUnits(AbstractNeed):
    """Agents all of whose weights lead into known units."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a model that has other weights."""
        population = population_of(member, world)
        if population is None or population.model is None:
            return []
        try:
            must_show_units(population, f"{where}.{population_field(type(member))}")
        except ScenarioError as error:
            return list(error.problems)
        return []

    def sentence(self) -> str:
        """Says which models qualify."""
        return "agents with a layered model with a hidden layer, or a URN"


@dataclass(frozen=True)
class CapacityUsed(AbstractProbe):
    """Counts the hidden units of each layer that a task makes use of, and those that are frozen.

    active_l = |{j in layer l: E|h_j| > threshold}|,   frozen_l = |{j in layer l: frozen}|,
    free_l = n_l - frozen_l

    A unit is frozen if every weight into it is, so that it has nothing left to learn. A URN has
    one layer: all neurons but those of input and output; a neuron's activity is that of the
    iteration at which it is largest.

    Args:
        on: Population to measure.
        task: Task whose test samples are shown.
        threshold: Mean activity above which a unit is in use. [1]

    Reads: weights; `frozen.<weight>`, which the rule `freeze` writes.
    Quantities: of each agent and hidden layer, 0 being the first, `active`, `frozen` and `free`
    [units].

    Source: Golkar, Kagan and Cho (2019), arXiv:1903.04476, section 3.
    Departs from it: nothing.
    """

    on: PopulationName
    task: TaskName
    threshold: NonNegative = 0.01

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "active": (AGENT, LAYER),
        "frozen": (AGENT, LAYER),
        "free": (AGENT, LAYER),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        ReadsTask(),
        KnownUnits(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the three counts of every agent and layer."""
        self.insist(world)
        population, examples = world[self.on], world.examples[self.task].test
        frozen = frozen_units(population, f"probes: CapacityUsed.{self.on}")
        if not population.agents:
            return self.nothing(population, {LAYER: len(frozen)})
        used = [mean > self.threshold for mean in activity(population, examples)]
        counts = {"active": used, "frozen": frozen, "free": [~units for units in frozen]}
        return {name: population.per_replica(counted(units)) for name, units in counts.items()}


def counted(units: Units) -> Float[Tensor, "agents layers"]:
    """Returns how many units of each layer are in a set."""
    return torch.stack([layer.sum(1).double() for layer in units], 1)
