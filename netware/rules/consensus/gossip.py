"""Gossip: agents meet in random pairs, and each pair agrees."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from netware.errors import ScenarioError
from netware.parameters import Column, Index, PopulationName, RelationName
from netware.population import WEIGHTS
from netware.rules.base import AbstractRule, Acting, Reads, must_join, must_own
from netware.rules.matching import Order, approached, drawn, of_agents
from netware.varying.base import Varying
from netware.world import World


@dataclass(frozen=True)
class Gossip(AbstractRule):
    """Lets random pairs of agents move to, or towards, the middle of their states.

    x_i <- x_i + share (x_j - x_i),   x_j <- x_j + share (x_i - x_j)   for every pair that meets

    The mean is kept. With share 1/2 a pair agrees at once, and a meeting of any two of N agents
    takes 1 / (N - 1) of the variance away on average; on a graph the variance falls at least by
    1 - lambda_2(E[W]) a meeting, the mean of W over the pairs that may meet. Where the share is
    each agent's own, each moves by its own, and the mean is not kept.

    Args:
        on: Population whose agents agree.
        over: Relation whose edges say which agents may call which, all alike; none for any two.
        state: Column of state to agree on, or `weights` for all weights of the agents' networks.
        share: Part of their difference by which each moves; 1/2 to agree. [1]
        pairs: Meetings that are tried in a step; 0 for a sweep: every agent wakes once, or, where
            pairs come one after another, half as many meetings as agents. [1]
        order: `disjoint`, all pairs at once, without those that share an agent with an earlier
            one; or `sequential`, one after another, as with clocks that ring at random.

    Reads: state, or weights; edges of `over`, without their weights.
    Writes: state, or weights; both agents of a pair change, whichever has called.

    Source: Boyd, Ghosh, Prabhakar and Shah (2006), IEEE Trans. Inf. Theory 52, 2508,
    doi:10.1109/TIT.2006.874516.
    Departs from it: nothing with `order: sequential`; `disjoint` with `pairs` above 1 is the
    paper's synchronous time, in which pairs that would share an agent wait.
    """

    on: PopulationName
    over: RelationName | None = None
    state: Column = "output"
    share: Varying[Annotated[float, Field(ge=0, lt=1)]] = 0.5
    pairs: Index = 0
    order: Order = "disjoint"

    reads: ClassVar[Reads] = "edges"

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses an agent that is alone, and a relation with others."""
        if world[self.on].agents < 2:
            raise ScenarioError(
                f"rules.{acting.rule}.on",
                found=f"'{self.on}', one agent",
                expected="two agents or more, to meet",
                fix=f"write 'agents: 2' under populations.{self.on}",
            )
        if self.over is not None:
            must_join(world, self.on, self.over, f"rules.{acting.rule}.over")
        world[self.on].held(self.state)
        if self.state == WEIGHTS:
            must_own(world, acting, self.on, f"rules.{acting.rule}.state")
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the meetings of this step."""
        population = world[self.on]
        edges = None if self.over is None else world.edges[self.over]
        meetings = drawn(world, acting, population, edges, self.pairs, self.order)
        held, share = population.held(self.state), acting.value(world, self, "share")
        for first, second in meetings.rounds(population.total):
            shares = (of_agents(share, first), of_agents(share, second))
            held = {name: approached(x, first, second, *shares) for name, x in held.items()}
        return world.with_population(population.holding(self.state, held))
