"""Wasserstein distance: how far what agents hold is from a task's examples, as distributions."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from netware.errors import Problem
from netware.needs.base import AbstractNeed, Surroundings, population_of
from netware.needs.state import HasColumn
from netware.parameters import Column, PopulationName, TaskName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


@dataclass(frozen=True)
class HoldsSamples(AbstractNeed):
    """A column of as many numbers as one sample of the task has, or as several have."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a column that no whole number of samples fills."""
        population = population_of(member, world)
        if population is None or member.state not in population.state:
            return []
        if member.task not in world.examples:
            return []
        size = world.examples[member.task].test.inputs.shape[2]
        held = prod(population.state[member.state].shape[1:])
        if held % size == 0:
            return []
        return [
            Problem(
                f"{where}.state",
                f"'{member.state}' of {held} numbers, for examples of {size}",
                f"{size} numbers, or a multiple of them for several samples an agent",
                "name the column that holds samples of this task under 'state'",
            )
        ]

    def sentence(self) -> str:
        """Says what must fit."""
        return "the column that 'state' names holds whole samples of 'task'"


@dataclass(frozen=True)
class Wasserstein(AbstractProbe):
    """Measures how far the samples that the agents of a replica hold are from a task's examples.

    W = 1/d sum_k integral_0^1 |F_k^-1(u) - G_k^-1(u)| du,   F_k and G_k the distributions of
    number k of the samples and of the examples

    What all agents of a replica hold is one set of samples. The integral is a sum over as many
    quantiles as the smaller of the two sets has members; it is 0 for equal distributions but for
    chance, about sd / sqrt(members).

    Args:
        on: Population whose samples are measured.
        task: Task whose examples they are compared with.
        state: Column of samples, one or several an agent, one after the other.
        split: `test` or `train` examples.

    Reads: state.
    Quantities: `wasserstein`, in the unit of the samples; their `mean` and `deviation`, averaged
    over the numbers of a sample.

    Source: Vallender (1974), Theory Probab. Appl. 18, 784, doi:10.1137/1118101.
    Departs from it: for d > 1 each number by itself, averaged.
    """

    on: PopulationName
    task: TaskName
    state: Column = "x"
    split: Literal["test", "train"] = "test"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "wasserstein": (),
        "mean": (),
        "deviation": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state"),
        HoldsSamples(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the distance, and the samples' moments."""
        self.insist(world)
        population, data = world[self.on], world.examples[self.task]
        examples = (data.test if self.split == "test" else data.train).inputs
        held, size = population[self.state], examples.shape[2]
        if not population.agents:
            return self.nothing(population)
        x = real(held).reshape(world.replicas, -1, size)
        return {
            "wasserstein": distance(x, examples.to(x.dtype)).mean(1),
            "mean": x.mean((1, 2)),
            "deviation": x.std(1, correction=0).mean(1),
        }


def distance(
    x: Float[Tensor, "replicas samples features"], y: Float[Tensor, "replicas examples features"]
) -> Float[Tensor, "replicas features"]:
    """Returns the mean distance between the quantiles of two sets, number by number."""
    many = min(x.shape[1], y.shape[1])
    middle = torch.arange(many, dtype=torch.float64, device=x.device).add_(0.5).div_(many)
    ranked = [one.sort(1).values for one in (x, y)]
    a, b = (one[:, (middle * one.shape[1]).long()] for one in ranked)
    return (a - b).abs().mean(1)
