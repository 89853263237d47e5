"""The contract of a rule."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache, lru_cache, partial
from typing import Any, ClassVar, Literal, get_type_hints

import torch
from jaxtyping import Int
from pydantic import TypeAdapter, ValidationError
from torch import Tensor

from netware.draws import Purpose, Stream
from netware.errors import Problem, ScenarioError
from netware.learning.lineage import Relations, generated, generators
from netware.needs.base import AbstractNeed, fields_that_name, unmet_needs
from netware.scenario.members.signature import number_in_range
from netware.varying.base import AbstractVarying, Moment
from netware.world import World


Phase = Literal["link", "generate", "act", "learn"]
Reads = Literal["own", "edges", "anyone"]
Activation = Literal["synchronous", "sequential", "shuffled", "by_population", "pairs"]

ALL_AT_ONCE: frozenset[Activation] = frozenset({"synchronous", "by_population"})
ONE_BY_ONE: frozenset[Activation] = frozenset(
    {"synchronous", "by_population", "sequential", "shuffled"}
)
IN_PAIRS: frozenset[Activation] = frozenset({*ONE_BY_ONE, "pairs"})
# The orders of IN_PAIRS, for another reason: see AbstractRule.
ANY_ORDER: frozenset[Activation] = frozenset({*IN_PAIRS})


@dataclass(frozen=True)
class Acting:
    """Which agents act now, by which rule, among which relations.

    Args:
        rule: Key of the rule in the scenario; its random numbers and own columns carry it.
        agents: Flat positions of the agents that act now, or None for all of them.
        relations: The relations as they are defined at this step, by name.
    """

    rule: str
    agents: Int[Tensor, " acting"] | None = None
    relations: Relations = field(default_factory=dict)

    def stream(self, world: World, population: str, use: str = "") -> Stream:
        """Opens the rule's random numbers of this step; a second draw needs another `use`."""
        return world.stream(Purpose.RULE, f"{self.rule}/{use}", population).of(self.agents)

    def value(
        self, world: World, rule: "AbstractRule", field: str, population: str | None = None
    ) -> float | Tensor:
        """Returns a parameter of the rule as it is now: a number, or `(acting,)`, one for each.

        A parameter of a part of the rule is written `optimiser.rate`. Agents are those that act
        of `on`, or of another population where the rule changes that one.

        What is drawn depends on who draws, the rule's name and the field, not on the step. A value
        from a column is held to the range at each step, which waits for a GPU; no other does.
        """
        holder, _, name = field.rpartition(".")
        part = getattr(rule, holder) if holder else rule
        given = getattr(part, name)
        if not isinstance(given, AbstractVarying):
            return given
        own, where = world[population or rule.on], f"rules.{self.rule}.{field}"
        stream = world.draws.stream(Purpose.PARAMETER, f"{self.rule}/{field}", own.agents)
        stream = stream.identified(own.identity).of(self.agents)
        tensor = partial(tensor_of, dtype=own.dtype, device=own.device)
        found = given.at(Moment(where, world.step, own, self.agents, stream, tensor))
        if given.measured:
            there = own.present if self.agents is None else own.present[self.agents]
            must_lie_in_range(type(part), name, found[there], where)
        return found


class AbstractRule(ABC):
    """Something that changes the world at a step: World -> World.

    A rule is a frozen dataclass whose fields are its YAML parameters. `apply` reads the world it
    is given and returns another; it never writes into a tensor. A synchronous rule changes all
    agents at once from what all were. A rule whose `orders` are ONE_BY_ONE also acts for some
    agents alone (`acting.agents`), each seeing what those before it have done; it then writes
    nothing but their own rows of state and weights. IN_PAIRS adds `pairs`, for a rule that makes
    sense where an agent hears one other alone, or none at all. ANY_ORDER is for
    a rule by which each agent reads and writes its own alone, so that all orders give the same: it
    hears no other, acts for all at once whatever the order, and need not look at `acting.agents`.
    """

    on: str
    """The population whose agents act."""
    reads: ClassVar[Reads]
    """What an acting agent reads of others: nothing (`own`), those at the other end of the edges
    of the relations that the rule's fields name (`edges`; anyone, where they name none), or
    `anyone`. A rule that reads anyone would read the dead: it does not fit agents that may die."""
    needs: ClassVar[tuple[AbstractNeed, ...]] = ()
    """What the rule needs of the world, from `netware/needs`: refused at build where it is not."""
    phase: ClassVar[Phase] = "act"
    orders: ClassVar[frozenset[Activation]] = ALL_AT_ONCE

    prepares_again: ClassVar[bool] = False
    """Whether `prepare` may be asked again when an event changes a parameter during the run: so it
    is where all that it makes follows from the parameters alone. Otherwise an event that changes
    what `prepare` has made is refused."""

    @abstractmethod
    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the rule."""

    def varying_values(self, world: World, acting: Acting) -> list[tuple[str, str]]:
        """Returns each field whose value varies, with the population whose agents it is for."""
        return [(field, self.on) for field in varying_fields(self)]

    def read_along(self) -> tuple[str, ...] | None:
        """Names the relations along whose edges an acting agent reads others; () if it reads none.

        Agents that no edge of these joins cannot tell which of them acts first: so a schedule lets
        them act at once, though they are due one by one. None where an agent may read anyone.
        """
        if self.reads == "own":
            return ()
        fields = fields_that_name("relations", type(self)) if self.reads == "edges" else ()
        named: list[str] = []
        for value in (getattr(self, one) for one in fields):
            named += [value] if isinstance(value, str) else value or ()
        return tuple(named) or None

    def unmet(self, world: World, where: str) -> list[Problem]:
        """Returns all that the rule lacks in this world, each at its key below `where`."""
        return unmet_needs(self, world, where)

    def honours(self, world: World, acting: Acting) -> frozenset[Activation]:
        """Returns the orders that the rule honours in this world: `orders`, or fewer."""
        return self.orders

    def prepare(self, world: World, acting: Acting) -> World:
        """Returns the world with what the rule keeps or needs, once, before the first step.

        Here a rule refuses what cannot work, with an error that says what to write instead.
        """
        return world


@lru_cache(maxsize=64)
def tensor_of(values: tuple[float, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Returns numbers as a tensor, made once: a step copies nothing to the device."""
    return torch.tensor(values, dtype=dtype, device=device)


@cache
def range_of(rule: type, field: str) -> TypeAdapter:
    """Returns what holds a number to the range of a rule's field."""
    return TypeAdapter(number_in_range(get_type_hints(rule, include_extras=True)[field]))


def must_lie_in_range(rule: type, field: str, values: Tensor, where: str) -> None:
    """Refuses values of a column that the parameter may not take."""
    for value in (float(values.min()), float(values.max())) if len(values) else ():
        try:
            range_of(rule, field).validate_python(value)
        except ValidationError as error:
            raise ScenarioError(
                f"{where}.column",
                found=f"the value {value:g} of an agent",
                expected=error.errors()[0]["msg"],
                fix="give the column values in that range",
                code="S-RANGE",
            ) from None


def beside(value: float | Tensor, column: Tensor) -> float | Tensor:
    """Returns a parameter with axes of length 1, so that it broadcasts over an agent's row."""
    if not isinstance(value, Tensor):
        return value
    return value.view(-1, *[1] * (column.dim() - 1))


def varying_fields(rule: Any) -> tuple[str, ...]:
    """Names the fields of a rule, and of its parts, whose value varies."""
    found: list[str] = []
    for one in fields(rule):
        value = getattr(rule, one.name)
        if isinstance(value, AbstractVarying):
            found.append(one.name)
        elif is_dataclass(value) and not isinstance(value, type):
            found += [f"{one.name}.{inner}" for inner in varying_fields(value)]
    return tuple(found)


def with_rows(column: Tensor, agents: Tensor | None, values: Tensor) -> Tensor:
    """Returns a column with the values of some agents in place, the rest as it was."""
    return values if agents is None else column.index_copy(0, agents, values)


def must_join(world: World, on: str, over: str, where: str) -> None:
    """Refuses a relation that does not join the agents of a population with each other."""
    ends = world.edges[over].between if over in world.edges else None
    if ends not in (None, (on, on)):
        raise ScenarioError(
            where,
            found=f"'{over}', which leads from {ends[0]} to {ends[1]}",
            expected=f"a relation between agents of '{on}'",
            fix=f"write 'between: [{on}, {on}]' under relations.{over}, or name another",
        )


def must_keep(acting: Acting, over: str, where: str, fix: str) -> None:
    """Refuses a relation whose edges do not stay, to a rule that changes them."""
    if over in acting.relations and acting.relations[over].dynamic:
        raise ScenarioError(
            where,
            found=f"'{over}', whose edges are found again at every step",
            expected="a relation that keeps its edges, such as an association",
            fix=fix,
        )


def must_own(world: World, acting: Acting, on: str, where: str) -> None:
    """Refuses weights that a relation makes at each step, where what a rule wrote would be lost."""
    makers = [relation for relation, _ in generators(acting.relations, on)]
    if made := generated(world, acting.relations, on):
        raise ScenarioError(
            where,
            found=f"weights of '{on}' that relations.{makers[0]} makes again in every step: "
            f"{', '.join(sorted(made))}",
            expected="agents whose weights are their own",
            fix=f"act on those who make them, or take relations.{makers[0]} out",
        )
