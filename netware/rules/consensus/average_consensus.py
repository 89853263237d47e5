"""Average consensus: every agent moves towards its neighbours."""

from dataclasses import dataclass
from typing import ClassVar

from netware.graphs.laplacian import diffused, diffused_at
from netware.needs.base import Needs
from netware.needs.state import HasColumn
from netware.parameters import Column, NonNegative, PopulationName, RelationName
from netware.rules.base import (
    IN_PAIRS,
    AbstractRule,
    Acting,
    Activation,
    Reads,
    beside,
    must_join,
    with_rows,
)
from netware.varying.base import Varying
from netware.world import World


@dataclass(frozen=True)
class AverageConsensus(AbstractRule):
    """Moves each agent's state towards the states of those it hears.

    x_i(t + 1) = x_i(t) + gain sum_j a_ij (x_j(t) - x_i(t)),   that is x <- (I - gain L) x

    On an undirected connected graph the mean is kept and the distance from it falls by
    mu_2 = max(|1 - gain lambda_2|, |1 - gain lambda_n|) a step; it converges for
    0 < gain < 2 / lambda_n, and surely for gain < 1 / (largest degree).

    Args:
        on: Population whose agents agree.
        over: Relation whose edges say which agents hear which: a -> b lets b hear a.
        state: Column of state to agree on.
        gain: Step length, the epsilon of the literature. [1]

    Reads: state; edges of `over`, with their weights.
    Writes: state.

    Source: Olfati-Saber, Fax and Murray (2007), Proc. IEEE 95, 215, doi:10.1109/JPROC.2006.887293.
    Departs from it: nothing.
    """

    on: PopulationName
    over: RelationName
    state: Column = "output"
    gain: Varying[NonNegative] = 0.1

    reads: ClassVar[Reads] = "edges"
    needs: ClassVar[Needs] = (HasColumn("state", floating=True),)
    orders: ClassVar[frozenset[Activation]] = IN_PAIRS

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses a relation with others."""
        must_join(world, self.on, self.over, f"rules.{acting.rule}.over")
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after one step of agreement."""
        x, edges = world[self.on][self.state], world.edges[self.over]
        gain = beside(acting.value(world, self, "gain"), x)
        if acting.agents is None:
            return world.with_state(self.on, **{self.state: diffused(edges, x, gain)})
        moved = diffused_at(edges, x, gain, acting.agents)
        return world.with_state(self.on, **{self.state: with_rows(x, acting.agents, moved)})
