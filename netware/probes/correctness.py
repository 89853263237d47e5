"""Correctness: the share of agents that answer right what they are shown now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.errors import ShapeError
from netware.losses import right
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.tasks.base import Goal
from netware.world import World


@dataclass(frozen=True)
class Correctness(AbstractProbe):
    """Measures the share of agents whose answer of now is right.

    share = 1/N sum_i [y_i is right]

    The answers are a column of state: so what agents have made of them by talking counts, and
    nothing is computed anew, which tells this from `accuracy`.

    Args:
        on: Population to measure.
        of: Column that holds the answers.
        targets: Column that holds what they should be.
        goal: `classes`, right if the largest number is the target's class; `numbers`, if all round
            to the target; `patterns`, if all have its sign.

    Reads: the columns `of` and `targets`.
    Quantities: `share` of a replica.

    Source: own definition.
    Departs from it: nothing.
    """

    on: PopulationName
    of: Column = "output"
    targets: Column = "target"
    goal: Goal = "classes"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"share": ()}

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the share that is right."""
        population = world[self.on]
        y, t = (population[column] for column in (self.of, self.targets))
        if y.shape != t.shape or y.dim() != 2:
            raise ShapeError(
                f"probes: correctness of '{self.on}'",
                found=f"{self.of} of shape {tuple(y.shape[1:])}, "
                f"{self.targets} of {tuple(t.shape[1:])}",
                expected="as many answers as targets for each agent",
                fix=f"give populations.{self.on} 'inputs', or name other columns",
            )
        each = right(y[:, None], t[:, None], self.goal)[:, 0].to(y.dtype)
        return {"share": population.per_replica(each).mean(1)}
