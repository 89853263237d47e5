"""The contract of a rule."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

from jaxtyping import Int
from torch import Tensor

from netware.draws import Purpose, Stream
from netware.errors import ScenarioError
from netware.learning.lineage import generated, generators
from netware.world import World


Phase = Literal["link", "generate", "act", "learn"]
Activation = Literal["synchronous", "sequential", "shuffled", "by_population", "pairs"]

ALL_AT_ONCE: frozenset[Activation] = frozenset({"synchronous", "by_population"})
ONE_BY_ONE: frozenset[Activation] = frozenset(
    {"synchronous", "by_population", "sequential", "shuffled"}
)
IN_PAIRS: frozenset[Activation] = frozenset({*ONE_BY_ONE, "pairs"})
# The orders of IN_PAIRS, for another reason: see AbstractRule.
ANY_ORDER: frozenset[Activation] = frozenset({*IN_PAIRS})


@dataclass(frozen=True)
class Turn:
    """Whose turn it is.

    Args:
        name: Key of the rule in the scenario; its random numbers and own columns carry it.
        active: Flat positions of the agents that act now, or None for all of them.
    """

    name: str
    active: Int[Tensor, " acting"] | None = None

    def stream(self, world: World, population: str, use: str = "") -> Stream:
        """Opens the rule's random numbers of this step; a second draw needs another `use`."""
        return world.stream(Purpose.RULE, f"{self.name}/{use}", population).of(self.active)


class AbstractRule(ABC):
    """Something that changes the world at a step: World -> World.

    A rule is a frozen dataclass whose fields are its YAML parameters. `apply` reads the world it
    is given and returns another; it never writes into a tensor. A synchronous rule changes all
    agents at once from what all were. A rule whose `activations` are ONE_BY_ONE also acts for some
    agents alone (`turn.active`), each seeing what those before it have done; it then writes
    nothing but their own rows of state and weights. IN_PAIRS adds `pairs`, for a rule that makes
    sense where an agent hears nobody but one other, or that hears nobody at all. ANY_ORDER is for
    a rule by which each agent reads and writes its own alone, so that all orders give the same: it
    hears nobody, acts for all at once whatever the order, and need not look at `turn.active`.
    """

    phase: ClassVar[Phase] = "act"
    activations: ClassVar[frozenset[Activation]] = ALL_AT_ONCE

    prepares_again: ClassVar[bool] = False
    """Whether `prepare` may be asked again when an event changes a parameter during the run: so it
    is where all that it makes follows from the parameters alone. Otherwise an event that changes
    what `prepare` has made is refused."""

    @abstractmethod
    def population(self) -> str:
        """Names the population whose agents act."""

    @abstractmethod
    def apply(self, world: World, turn: Turn) -> World:
        """Returns the world after the rule."""

    def heard(self) -> tuple[str, ...] | None:
        """Names the relations along whose edges an acting agent reads others; () if it reads none.

        Agents that no edge of these joins cannot tell which of them acts first: so a schedule lets
        them act at once, though they are due one by one. None where an agent may read anybody:
        such a rule would heed the dead, and does not fit agents that may die.
        """
        return None

    def honours(self, world: World) -> frozenset[Activation]:
        """Returns the orders that the rule honours in this world: `activations`, or fewer."""
        return self.activations

    def prepare(self, world: World, turn: Turn) -> World:
        """Returns the world with what the rule keeps or needs, once, before the first step.

        Here a rule refuses what cannot work, with an error that says what to write instead.
        """
        return world


def placed(column: Tensor, active: Tensor | None, values: Tensor) -> Tensor:
    """Returns a column with the active agents' values in place, the rest as it was."""
    return values if active is None else column.index_copy(0, active, values)


def must_join(world: World, on: str, over: str, where: str) -> None:
    """Refuses a relation that does not join the agents of a population with each other."""
    ends = world.relations[over].ends() if over in world.relations else (on, on)
    if ends != (on, on):
        raise ScenarioError(
            where,
            found=f"'{over}', which leads from {ends[0]} to {ends[1]}",
            expected=f"a relation between agents of '{on}'",
            fix=f"write 'between: [{on}, {on}]' under relations.{over}, or name another",
        )


def must_keep(world: World, over: str, where: str, fix: str) -> None:
    """Refuses a relation whose edges do not stay, to a rule that changes them."""
    if world.relations[over].dynamic:
        raise ScenarioError(
            where,
            found=f"'{over}', whose edges are found anew at every step",
            expected="a relation that keeps its edges, such as an association",
            fix=fix,
        )


def must_own(world: World, on: str, where: str) -> None:
    """Refuses weights that a relation makes at each step, where what a rule wrote would be lost."""
    makers = [relation for relation, _ in generators(world, on)]
    if made := generated(world, on):
        raise ScenarioError(
            where,
            found=f"weights of '{on}' that relations.{makers[0]} makes anew in every step: "
            f"{', '.join(sorted(made))}",
            expected="agents whose weights are their own",
            fix=f"act on those who make them, or take relations.{makers[0]} out",
        )
