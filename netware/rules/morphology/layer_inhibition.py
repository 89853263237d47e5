"""Layer inhibition: layers with channels keep their neighbours from forming any."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.edges import Edges
from netware.errors import ScenarioError
from netware.parameters import Column, Count, NonNegative, PopulationName, RelationName
from netware.rules.base import AbstractRule, Acting, Reads, must_join
from netware.world import World


@dataclass(frozen=True)
class LayerInhibition(AbstractRule):
    """Lets the amplitude of each layer's channels grow, held down by the layers beside it.

    dR_l/dt = B R_l (1 - R_l) + A (1 - n R_l) sum_{m beside l} R_m

    Every agent is a layer of n nodes, and R = sum_j c_j is 1/n where all nodes are alike and 1
    where one has everything. Layers are beside each other along the edges of `over`: a `ring` of
    k = 2 for the model on a ring, a `path` for a network with ends; the weight of an edge scales
    A. On the ring all layers alike are at rest at R* = (B + 2 A) / (B + 2 A n), stable against
    growing together; against alternating, period 2, they are unstable where
    B (1 - 2 R*) > 2 A, for A = 1 and n = 10 where 4 < B < 10. A step of length dt is taken by
    Runge and Kutta's rule of fourth order.

    Args:
        on: Population whose agents are layers.
        over: Relation between layers that are beside each other.
        state: Column of amplitudes R. [1]
        growth: B, rate at which channels grow. [1 / time]
        inhibition: A, strength of the layers beside. [1 / time]
        nodes: n, nodes of a layer. [1]

    Reads: state; edges of `over`, with their weights.
    Writes: state.

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, equation 4.
    Departs from it: the equation is reconstructed, and closed by logistic growth.
    """

    on: PopulationName
    over: RelationName
    state: Column = "amplitude"
    growth: NonNegative = 7.0
    inhibition: NonNegative = 1.0
    nodes: Count = 10

    reads: ClassVar[Reads] = "edges"

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses a relation with others, and more than one number a layer."""
        must_join(world, self.on, self.over, f"rules.{acting.rule}.over")
        values = world[self.on][self.state]
        if values.dim() > 1:
            raise ScenarioError(
                f"populations.{self.on}.state.{self.state}",
                found=f"{values[0].numel()} numbers for each layer",
                expected="one number for each layer",
                fix=f"write '{self.state}: uniform'",
            )
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world one step later."""
        r, edges, dt = world[self.on][self.state], world.edges[self.over], world.dt
        k1 = self.slope(r, edges)
        k2 = self.slope(r + dt / 2 * k1, edges)
        k3 = self.slope(r + dt / 2 * k2, edges)
        k4 = self.slope(r + dt * k3, edges)
        moved = r + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return world.with_state(self.on, **{self.state: moved})

    def slope(self, r: Tensor, edges: Edges) -> Tensor:
        """Returns dR/dt."""
        grown = self.growth * r * (1 - r)
        return grown + self.inhibition * (1 - self.nodes * r) * edges.total(r)
