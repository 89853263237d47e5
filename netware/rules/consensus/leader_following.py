"""Leader following: a few agents hold their value, and all others come to it."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Tensor

from netware.draws import Purpose
from netware.errors import ScenarioError
from netware.graphs.laplacian import diffused, diffused_at
from netware.needs.base import Needs
from netware.needs.state import HasColumn
from netware.parameters import Column, Fraction, Index, NonNegative, PopulationName, RelationName
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


Ids = Annotated[tuple[Index, ...], Field(max_length=100_000)]


@dataclass(frozen=True)
class LeaderFollowing(AbstractRule):
    """Moves followers towards those they hear, some of them leaders that do not move.

    x_i(t + 1) = x_i(t) + gain sum_j a_ij (x_j(t) - x_i(t)) for followers i;   x_l fixed for leaders

    The followers' distance from where they go obeys x <- (I - gain L_g) x, with the grounded
    Laplacian L_g: L without the rows and columns of leaders. Its smallest eigenvalue, above 0 where
    every follower is reached, is the rate. With one leader all come to its value, with several
    that disagree each to a weighted mean of them (pinning, containment).

    Args:
        on: Population of leaders and followers.
        over: Relation whose edges say which agents hear which: a -> b lets b hear a.
        leaders: Ids of the leaders, the same in every replica; agent 0 if none are named or drawn.
        fraction: Share of the agents at the start that are drawn to lead, other ones in every
            replica, at least one; only without `leaders`. [1]
        state: Column of state to agree on; what leaders hold is what they begin with.
        gain: Step length, the epsilon of the literature. [1]

    Reads: state; edges of `over`, with their weights.
    Writes: state; `<rule>.leads`, 1 for leaders and 0 for followers.

    Source: Ren and Beard (2008), Distributed Consensus in Multi-vehicle Cooperative Control,
    doi:10.1007/978-1-84800-015-5, chapter 3; pinning: Chen, Liu and Lu (2007), IEEE Trans. Circuits
    Syst. I 54, 1317, doi:10.1109/TCSI.2007.895383.
    Departs from it: acts in discrete time.
    """

    on: PopulationName
    over: RelationName
    leaders: Ids = ()
    fraction: Fraction = 0.0
    state: Column = "output"
    gain: Varying[NonNegative] = 0.1

    reads: ClassVar[Reads] = "edges"
    needs: ClassVar[Needs] = (HasColumn("state", floating=True),)
    orders: ClassVar[frozenset[Activation]] = IN_PAIRS
    prepares_again: ClassVar[bool] = True

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses leaders that are not there, or are asked for twice; marks them."""
        where, agents = f"rules.{acting.rule}", world[self.on].initial_agents
        must_join(world, self.on, self.over, f"{where}.over")
        if self.leaders and self.fraction > 0:
            raise ScenarioError(
                f"{where}.leaders",
                found="leaders and fraction",
                expected="either ids of leaders, or the fraction that is drawn",
                fix="leave 'fraction' out",
            )
        if self.leaders and max(self.leaders) >= agents:
            raise ScenarioError(
                f"{where}.leaders",
                found=f"agent {max(self.leaders)} of '{self.on}'",
                expected=f"an id, 0 to {agents - 1}",
                fix="name an agent that is there",
            )
        return world.with_state(self.on, **{f"{acting.rule}.leads": self.leads(world, acting)})

    def leads(self, world: World, acting: Acting) -> Tensor:
        """Returns 1 for every leader and 0 for every follower."""
        population = world[self.on]
        marks = torch.zeros(population.total, dtype=population.dtype, device=population.device)
        if self.fraction == 0:
            chosen = torch.tensor(self.leaders or (0,), device=population.device)
            population.per_replica(marks)[:, chosen] = 1
            return marks
        stream = world.draws.stream(Purpose.RULE, f"{acting.rule}/leads", population.agents)
        order = stream.order(population.present)
        return population.share_of_present(self.fraction, order, least=1).to(marks.dtype)

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after one step of following."""
        population, edges = world[self.on], world.edges[self.over]
        x = population[self.state]
        gain = beside(acting.value(world, self, "gain"), x)
        leads = population[f"{acting.rule}.leads"].view(-1, *[1] * (x.dim() - 1))
        if acting.agents is None:
            moved = torch.where(leads > 0, x, diffused(edges, x, gain))
            return world.with_state(self.on, **{self.state: moved})
        moved = diffused_at(edges, x, gain, acting.agents)
        moved = torch.where(leads[acting.agents] > 0, x[acting.agents], moved)
        return world.with_state(self.on, **{self.state: with_rows(x, acting.agents, moved)})
