"""Merge and split: coalitions that join or part where no member loses."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from netware.draws import Purpose
from netware.errors import ScenarioError, ShapeError
from netware.measures.coalition_games.base import AbstractCoalitionGame
from netware.measures.coalition_games.size_power import SizePower
from netware.measures.coalitions import (
    MOST_EXACT,
    numbers_of,
    shapley_of_subgames,
    subsets,
    values_of_all,
)
from netware.parameters import Column, Member, PopulationName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.world import World


SQUARES = SizePower()


@dataclass(frozen=True)
class MergeAndSplit(AbstractRule):
    """Lets coalitions merge, or one split in two, where some member gains and none loses.

    {T1, .., Tk} -> T1 u .. u Tk,   or   T -> {P, T - P},
    if all members of T (of the union) earn at least as much after it, and one earns more

    At each step every replica makes one such change, drawn from all merges that improve or, if
    there is none, from all such splits; where nothing improves it stays. Every change improves the
    payoffs by Pareto's order, so none comes back, and the changes end.

    Args:
        on: Population whose agents form coalitions, at most 12 in a replica.
        game: What a coalition of agents is worth, of what each of them brings.
        worth: Column of what each agent brings; not read where the game does not ask.
        division: `equal`: members share alike; `shapley`: each gets its Shapley value in the game
            among the members alone.
        start: `singletons`, or `grand`, all in one, where the scenario gives no coalitions.
        state: Column of coalitions: agents of the same number, 0 to agents - 1, are together.

    Reads: state; worth.
    Writes: state; `payoff` `(agents,)`, each agent's share after the step.

    Source: Apt and Witzel (2009), Int. Game Theory Rev. 11, 347, doi:10.1142/S0219198909002352.
    Departs from it: a coalition splits in two parts at a time, and any number merge.
    """

    on: PopulationName
    game: Annotated[AbstractCoalitionGame, Member("coalition_games")] = SQUARES
    worth: Column = "worth"
    division: Literal["equal", "shapley"] = "equal"
    start: Literal["singletons", "grand"] = "singletons"
    state: Column = "coalition"

    reads: ClassVar[Reads] = "anyone"

    def prepare(self, world: World, acting: Acting) -> World:
        """Puts every agent into a coalition; refuses populations that are too large."""
        population = world[self.on]
        if population.agents > MOST_EXACT:
            raise ScenarioError(
                f"rules.{acting.rule}: populations.{self.on}.agents",
                found=f"{population.agents} agents, and so 2^{population.agents} coalitions",
                expected=f"at most {MOST_EXACT} agents",
                fix="write fewer agents, and more replicas",
            )
        worth = self.worths(world)
        if worth.dim() != 2:
            raise ShapeError(
                f"populations.{self.on}.state.{self.worth}",
                found=f"shape {tuple(worth.shape[2:])} for each agent",
                expected="(), one number",
                fix=f"write '{self.worth}: [1, 2, ...]' under populations.{self.on}.state",
            )
        label = self.labels(world)
        payoff = self.payoffs(worth, label)
        return world.with_state(self.on, **{self.state: label.flatten(), "payoff": payoff})

    def labels(self, world: World) -> Int[Tensor, "replicas agents"]:
        """Returns the coalitions to begin with."""
        population = world[self.on]
        if self.state not in population.state:
            ids = population.per_replica(population.ids)
            return ids if self.start == "singletons" else torch.zeros_like(ids)
        given = population.per_replica(population[self.state])
        label = given.long()
        fits = label.shape[2:] == () and (label == given).all()
        if not fits or label.min() < 0 or label.max() >= population.agents:
            raise ScenarioError(
                f"populations.{self.on}.state.{self.state}",
                found="something else than the number of a coalition for each agent",
                expected=f"whole numbers from 0 to {population.agents - 1}",
                fix=f"write '{self.state}: [0, 0, 1, ...]', or leave it out",
            )
        return label

    def worths(self, world: World) -> Tensor:
        """Returns what each agent brings; 1 where the game does not ask."""
        population = world[self.on]
        if not self.game.asks_worth:
            return torch.ones(
                (population.replicas, population.agents),
                dtype=population.dtype,
                device=population.device,
            )
        return population.per_replica(population[self.worth])

    def table(
        self, worth: Float[Tensor, "replicas agents"]
    ) -> Float[Tensor, "replicas subsets agents"]:
        """Returns what each agent earns as a member of each coalition; 0 outside."""
        values = values_of_all(self.game, worth.double())
        if self.division == "shapley":
            return shapley_of_subgames(values)
        members = subsets(worth.shape[1], values)
        return (values / members.sum(1).clamp(min=1))[..., None] * members

    def payoffs(self, worth: Tensor, label: Tensor) -> Float[Tensor, " agents"]:
        """Returns what each agent earns in the coalition that it is in."""
        return earned(self.table(worth), numbers_of(label)).to(worth.dtype).flatten()

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after one change in each replica in which one improves."""
        population = world[self.on]
        label, worth = population.per_replica(population[self.state]), self.worths(world)
        table, whole = self.table(worth), numbers_of(label)
        merges, splits = improvements(table, whole)
        possible = torch.where(merges.any(1, keepdim=True), merges, splits)
        stream = world.draws.stream(Purpose.RULE, f"{acting.rule}/change", 1, world.step)
        chosen = one_of(possible, stream.uniform(dtype=torch.float64))
        inside = ((chosen[:, None] >> torch.arange(label.shape[1], device=label.device)) & 1).bool()
        # Who changes takes the smallest number that none of the others has.
        changed = torch.where(inside, free_label(label, inside)[:, None], label)
        payoff = earned(table, numbers_of(changed)).to(worth.dtype)
        columns = {self.state: changed.flatten(), "payoff": payoff.flatten()}
        return world.with_state(self.on, **columns)


def earned(
    table: Float[Tensor, "replicas subsets agents"], whole: Int[Tensor, "replicas agents"]
) -> Float[Tensor, "replicas agents"]:
    """Returns what each agent earns in the coalition of the given number."""
    return table.gather(1, whole[:, None])[:, 0]


def improvements(
    table: Float[Tensor, "replicas subsets agents"], whole: Int[Tensor, "replicas agents"]
) -> tuple[Bool[Tensor, "replicas subsets"], Bool[Tensor, "replicas subsets"]]:
    """Returns which coalitions would improve by coming about: by a merge, and by a split.

    Rounding of payoffs counts neither as a gain nor as a loss.
    """
    agents = whole.shape[1]
    numbers = torch.arange(2**agents, device=whole.device)
    inside = ((numbers[:, None] >> torch.arange(agents, device=whole.device)) & 1).bool()
    now = earned(table, whole)[:, None]
    slack = 1e-9 * (1 + now.abs())
    gain = (table - now > slack) & inside
    loss = (table - now < -slack) & inside
    met = torch.where(inside, whole[:, None], 0)
    # A union holds all of every coalition that it meets, and more than one of them.
    union = ((met & ~numbers[:, None]) == 0).all(2)
    union &= (met > 0).any(2) & (met != numbers[:, None]).all(2)
    merges = union & gain.any(2) & ~loss.any(2)
    # A split makes two coalitions out of one: P, and what its members' coalition has besides.
    first = met.amax(2)
    one = ((met == first[..., None]) | ~inside).all(2) & (first > 0)
    part = one & ((numbers & ~first) == 0) & (first != numbers)
    rest = (first - numbers).clamp(min=0)
    gains, losses = gain.any(2), loss.any(2)
    either = gains | gains.gather(1, rest)
    splits = part & either & ~losses & ~losses.gather(1, rest)
    return merges, splits


def one_of(
    possible: Bool[Tensor, "replicas subsets"], unit: Float[Tensor, " replicas"]
) -> Int[Tensor, " replicas"]:
    """Returns the number of one possible coalition of each replica, 0 where there is none."""
    up_to = possible.cumsum(1)
    many = up_to[:, -1]
    rank = 1 + (unit * many).long()
    chosen = (up_to < rank[:, None]).sum(1)
    return torch.where(many > 0, chosen, 0)


def free_label(
    label: Int[Tensor, "replicas agents"], inside: Bool[Tensor, "replicas agents"]
) -> Int[Tensor, " replicas"]:
    """Returns the smallest number that no agent outside has."""
    agents = label.shape[1]
    taken = torch.zeros((len(label), agents + 1), dtype=torch.bool, device=label.device)
    taken.scatter_(1, torch.where(inside, agents, label), True)
    return taken[:, :agents].logical_not().long().argmax(1)
