"""Delayed consensus: agents hear what the others, and they themselves, were a while ago."""

from dataclasses import dataclass
from typing import ClassVar

from netware.errors import ScenarioError
from netware.graphs.laplacian import diffused
from netware.parameters import Column, NonNegative, PopulationName, Positive, RelationName
from netware.rules.base import AbstractRule, Acting, Reads, beside, must_join
from netware.varying.base import Varying
from netware.world import World


ROUNDING = 1e-6


@dataclass(frozen=True)
class DelayedConsensus(AbstractRule):
    """Moves each agent by the differences between states of a time ago, the same for all edges.

    dx_i/dt (t) = gain sum_j a_ij (x_j(t - delay) - x_i(t - delay)),   x(t) = x(0) for t < 0

    On a connected undirected graph the agents agree, on the mean, if and only if
    delay < pi / (2 gain lambda_n): who is heard too late is overshot ever further.

    Args:
        on: Population whose agents agree.
        over: Relation whose edges say which agents hear which: a -> b lets b hear a.
        delay: Age of what is heard, tau; a whole number of steps dt. [time]
        state: Column of state to agree on.
        gain: Speed of agreement. [1 / time]

    Reads: state; edges of `over`, with their weights.
    Writes: state; `<rule>.past.<slot>`, the states of the last delay / dt steps, each in the slot
    of its step modulo their number. The rule is meant to act at every step.

    Source: Olfati-Saber and Murray (2004), IEEE Trans. Autom. Control 49, 1520,
    doi:10.1109/TAC.2004.834113, theorem 10.
    Departs from it: integrates by the trapezoidal rule, of order 2, which is explicit here: what
    is heard at both ends of a step lies in the past.
    """

    on: PopulationName
    over: RelationName
    delay: Positive = 1.0
    state: Column = "output"
    gain: Varying[NonNegative] = 1.0

    reads: ClassVar[Reads] = "edges"

    def slots(self, dt: float) -> int:
        """Returns how many steps the delay is."""
        return round(self.delay / dt)

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses a delay between steps; lets the past be as the present."""
        where, dt = f"rules.{acting.rule}", world.dt
        must_join(world, self.on, self.over, f"{where}.over")
        slots = self.slots(dt)
        if slots < 1 or abs(slots * dt - self.delay) > ROUNDING * self.delay:
            raise ScenarioError(
                f"{where}.delay",
                found=f"{self.delay:g}, which is {self.delay / dt:g} steps of dt = {dt:g}",
                expected="a whole number of steps, 1 or more",
                fix=f"write 'dt: {self.delay / max(1, slots):g}', or continuous_consensus for none",
            )
        x = world[self.on][self.state]
        return world.with_state(self.on, **{past(acting.rule, slot): x for slot in range(slots)})

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after a step of time."""
        population, edges, slots = world[self.on], world.edges[self.over], self.slots(world.dt)
        x = population[self.state]
        # x(t - delay) stands in this step's slot, which x(t) then takes; the next slot holds
        # x(t - delay + dt), unless the delay is one step.
        here, following = (past(acting.rule, (world.step + ahead) % slots) for ahead in (0, 1))
        earlier, later = population[here], x if slots == 1 else population[following]
        gain = beside(acting.value(world, self, "gain"), x)
        moved = diffused(edges, x, gain * world.dt, (earlier + later) / 2)
        return world.with_state(self.on, **{here: x, self.state: moved})


def past(rule: str, slot: int) -> str:
    """Names the column of one slot."""
    return f"{rule}.past.{slot}"
