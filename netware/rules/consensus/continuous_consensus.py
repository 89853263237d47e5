"""Continuous consensus: agents move towards their neighbours without pause."""

from dataclasses import dataclass
from typing import ClassVar

from netware.graphs.laplacian import diffused
from netware.needs.base import Needs
from netware.needs.state import HasColumn
from netware.parameters import Column, Count, NonNegative, PopulationName, RelationName
from netware.rules.base import AbstractRule, Acting, Reads, beside, must_join
from netware.varying.base import Varying
from netware.world import World


@dataclass(frozen=True)
class ContinuousConsensus(AbstractRule):
    """Lets each agent's state flow towards the states of those it hears, through one step of time.

    dx_i/dt = gain sum_j a_ij (x_j - x_i),   that is dx/dt = -gain L x

    On a connected undirected graph x goes to the mean of x(0), the distance from it bounded by
    exp(-gain lambda_2 t); on a directed graph with a spanning tree to gamma^T x(0), gamma >= 0 the
    left null vector of L with sum 1.

    Args:
        on: Population whose agents agree.
        over: Relation whose edges say which agents hear which: a -> b lets b hear a.
        state: Column of state to agree on.
        gain: Speed of agreement. [1 / time]
        substeps: Parts that a step of length dt is integrated in; a part h has an error of
            (gain h lambda)^5 / 120 and is stable for gain h lambda_n < 2.78. [1]

    Reads: state; edges of `over`, with their weights.
    Writes: state.

    Source: Olfati-Saber and Murray (2004), IEEE Trans. Autom. Control 49, 1520,
    doi:10.1109/TAC.2004.834113.
    Departs from it: integrates by the classical Runge-Kutta method of order 4.
    """

    on: PopulationName
    over: RelationName
    state: Column = "output"
    gain: Varying[NonNegative] = 1.0
    substeps: Count = 1

    reads: ClassVar[Reads] = "edges"
    needs: ClassVar[Needs] = (HasColumn("state", floating=True),)

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses a relation with others."""
        must_join(world, self.on, self.over, f"rules.{acting.rule}.over")
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after a step of time."""
        x, edges = world[self.on][self.state], world.edges[self.over]
        h = beside(acting.value(world, self, "gain"), x) * world.dt / self.substeps
        for _ in range(self.substeps):
            # The right side is linear, so Runge-Kutta is the Taylor polynomial of exp(-h L), which
            # Horner's scheme sums up in four products.
            y = diffused(edges, x, h / 4)
            y = diffused(edges, x, h / 3, y)
            y = diffused(edges, x, h / 2, y)
            x = diffused(edges, x, h, y)
        return world.with_state(self.on, **{self.state: x})
