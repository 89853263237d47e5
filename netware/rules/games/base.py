"""What rules of revision share: who revises, and what each strategy would earn them."""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.draws import Purpose
from netware.errors import ScenarioError, ShapeError
from netware.measures.payoffs import Matrix, as_rows, begun, check_players, payoffs, table
from netware.relations.carrying import shape_of
from netware.rules.base import Acting, with_rows
from netware.world import World


Revision = Literal["one", "all"]
Policy = Literal["payoff", "output"]


@dataclass(frozen=True)
class Revising:
    """A game whose players revise their strategies, as the fields of a rule describe it.

    Args:
        on: Population that plays.
        over: Relation that says which agents play with which.
        payoff: Payoff matrix.
        state: Column of strategies.
        start: Strategy that all begin with, or None to draw them.
        policy: `payoff` looks at what strategies would earn, `output` at the agent's own network.
        revision: `one` agent of each replica revises in a step, or `all`.
    """

    on: str
    over: str
    payoff: Matrix
    state: str
    start: int | None
    policy: Policy
    revision: Revision

    def prepare(self, world: World, acting: Acting) -> World:
        """Gives every agent a pure strategy; refuses who cannot play."""
        population, strategies = world[self.on], len(self.payoff)
        check_players(population, world.edges[self.over], self.over, acting.rule)
        if self.policy == "output" and shape_of(population, "output") != (strategies,):
            raise ShapeError(
                f"rules.{acting.rule}.policy",
                found=f"'output' of shape {shape_of(population, 'output')} for each agent",
                expected=f"({strategies},), one number for each strategy",
                fix=f"give the model of {self.on} 'outputs: {strategies}', or 'policy: payoff'",
            )
        play = begun(population, self.state, strategies, acting.stream(world, self.on, "start"))
        if self.start is not None and self.state not in population.state:
            play = as_rows(torch.full_like(population.ids, self.start), strategies, play.dtype)
        return world.with_state(
            self.on, **{self.state: play, "payoff": torch.zeros_like(play[:, 0])}
        )

    def acting_now(self, world: World, acting: Acting) -> Acting:
        """Returns the turn with those who revise: one drawn in each replica, all, or as it was.

        One of those who are there; none in a replica that has died out.
        """
        if acting.agents is not None or self.revision == "all":
            return acting
        population = world[self.on]
        words = world.draws.stream(Purpose.ORDER, f"{acting.rule}/one", 1, world.step).words()
        one = population.one_present(words, torch.arange(world.replicas, device=words.device))
        return Acting(acting.rule, one if population.alive is None else one[population.alive[one]])

    def prospects(
        self, world: World, active: Int[Tensor, " revising"] | None
    ) -> tuple[Float[Tensor, "revising strategies"], Float[Tensor, "revising strategies"]]:
        """Returns what each strategy would earn those who revise, and what it is worth to them."""
        population = world[self.on]
        play, edges = population[self.state], world.edges[self.over]
        edges = edges if active is None else edges.into(active)
        earned = payoffs(edges, play, table(self.payoff, play.dtype, play.device))
        if self.policy == "payoff":
            return earned, earned
        output = population["output"]
        return earned, output if active is None else output[active]

    def revised(
        self, world: World, active: Tensor | None, chosen: Int[Tensor, " revising"], earned: Tensor
    ) -> World:
        """Returns the world in which those who revise play what they chose."""
        population = world[self.on]
        rows = as_rows(chosen, len(self.payoff), population.dtype)
        got = (earned * rows).sum(1)
        columns = {
            self.state: with_rows(population[self.state], active, rows),
            "payoff": with_rows(population["payoff"], active, got),
        }
        return world.with_state(self.on, **columns)


def check_start(start: int | None, strategies: int, rule: str) -> None:
    """Refuses to begin with a strategy that the game has not."""
    if start is not None and start >= strategies:
        raise ScenarioError(
            f"{rule}.start",
            found=f"start = {start} in a game of {strategies} strategies",
            expected=f"0 to {strategies - 1}",
            fix="write the number of a strategy, or leave 'start' out",
            code="S-RANGE",
        )
