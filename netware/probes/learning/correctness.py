"""Correctness: the share of agents that answer right what they are shown now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.learning.losses import right
from netware.needs.base import AbstractNeed
from netware.needs.state import VECTOR, HasColumn, SameShape
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.tasks.base import Goal
from netware.world import World


@dataclass(frozen=True)
class Correctness(AbstractProbe):
    """Measures the share of agents whose answer of now is right.

    share = 1/N sum_i [y_i is right]

    The answers are a column of state: so what agents have made of them by talking counts, and
    nothing is computed again, which tells this from `accuracy`.

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
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("of", VECTOR),
        HasColumn("targets", VECTOR),
        SameShape("of", "targets"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the share that is right."""
        self.insist(world)
        population = world[self.on]
        y, t = (real(population[column]) for column in (self.of, self.targets))
        each = right(y[:, None], t[:, None], self.goal)[:, 0].to(y.dtype)
        return {"share": population.per_replica(each).mean(1)}
