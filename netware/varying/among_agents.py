"""Values that differ from agent to agent, or from replica to replica."""

from dataclasses import dataclass
from math import erf, sqrt
from typing import Annotated, Any, ClassVar

from pydantic import Field

from netware.errors import ScenarioError
from netware.parameters import Column, Positive, Real
from netware.varying.base import AbstractVarying, Moment


MOST_VALUES = 100_000


@dataclass(frozen=True)
class Uniform(AbstractVarying):
    """Draws one value for each agent, once and for all, from U[low, high)."""

    uniform: tuple[float, float]

    def __post_init__(self):
        """Refuses bounds in the wrong order."""
        refuse_empty("uniform", self.uniform)

    @classmethod
    def keys(cls, number: Any) -> dict[str, Any]:
        """Returns the type of each key."""
        return {"uniform": tuple[number, number]}

    def extremes(self) -> tuple[float, ...]:
        """Returns numbers between which every value lies."""
        return self.uniform

    def at(self, moment: Moment) -> Any:
        """Returns the value of each acting agent."""
        low, high = self.uniform
        drawn = moment.stream.uniform(low, high, dtype=moment.population.dtype)
        return drawn.clamp(low, high)


@dataclass(frozen=True)
class Normal(AbstractVarying):
    """Draws one value for each agent, once and for all, from N(mean, sd^2) cut off at `within`."""

    normal: tuple[float, float]
    within: tuple[float, float]

    def __post_init__(self):
        """Refuses bounds in the wrong order, or that hold next to none of the distribution."""
        refuse_empty("within", self.within)
        low, high = self.shares
        if high - low < 1e-6:
            raise ScenarioError(
                "within",
                found=f"bounds that hold {high - low:.0e} of the distribution",
                expected="bounds that hold more than 1e-6 of it",
                fix="move the bounds towards the mean",
                code="S-RANGE",
            )

    @classmethod
    def keys(cls, number: Any) -> dict[str, Any]:
        """Returns the type of each key."""
        return {"normal": tuple[Real, Positive], "within": tuple[number, number]}

    @property
    def shares(self) -> tuple[float, float]:
        """Returns the share of the distribution that lies below each bound."""
        mean, sd = self.normal
        low, high = ((1 + erf((bound - mean) / (sd * sqrt(2)))) / 2 for bound in self.within)
        return low, high

    def extremes(self) -> tuple[float, ...]:
        """Returns numbers between which every value lies."""
        return self.within

    def at(self, moment: Moment) -> Any:
        """Returns the value of each acting agent, by the inverse of the distribution."""
        mean, sd = self.normal
        low, high = self.shares
        unit = moment.stream.uniform(dtype=moment.population.dtype).double()
        drawn = (2 * (low + (high - low) * unit) - 1).erfinv() * (sd * sqrt(2)) + mean
        return drawn.clamp(*self.within).to(moment.population.dtype)


@dataclass(frozen=True)
class Values(AbstractVarying):
    """Gives each agent the value at the place of its id, in every replica the same."""

    values: tuple[float, ...]

    @classmethod
    def keys(cls, number: Any) -> dict[str, Any]:
        """Returns the type of each key."""
        return {"values": Annotated[tuple[number, ...], Field(max_length=MOST_VALUES)]}

    def extremes(self) -> tuple[float, ...]:
        """Returns numbers between which every value lies."""
        return self.values

    def at(self, moment: Moment) -> Any:
        """Returns the value of each acting agent."""
        population = moment.population
        if population.alive is not None:
            raise ScenarioError(
                f"{moment.where}.values",
                found=f"a list of values for '{population.name}', whose agents may be born or die",
                expected="a value for those that are not born yet as well",
                fix="write {uniform: [low, high]}, or {column: ...}",
            )
        refuse_number(f"{moment.where}.values", self.values, population.agents, "agents")
        every = moment.tensor(self.values).repeat(population.replicas)
        return every if moment.agents is None else every[moment.agents]


@dataclass(frozen=True)
class PerReplica(AbstractVarying):
    """Gives all agents of a replica the value at the place of the replica."""

    per_replica: tuple[float, ...]

    @classmethod
    def keys(cls, number: Any) -> dict[str, Any]:
        """Returns the type of each key."""
        return {"per_replica": Annotated[tuple[number, ...], Field(max_length=MOST_VALUES)]}

    def extremes(self) -> tuple[float, ...]:
        """Returns numbers between which every value lies."""
        return self.per_replica

    def at(self, moment: Moment) -> Any:
        """Returns the value of each acting agent."""
        population, given = moment.population, self.per_replica
        refuse_number(f"{moment.where}.per_replica", given, population.replicas, "replicas")
        each = moment.tensor(given)
        if moment.agents is None:
            return each.repeat_interleave(population.agents)
        return each[moment.agents // population.agents]


@dataclass(frozen=True)
class OfColumn(AbstractVarying):
    """Reads each agent's value from a column of its state, at every step."""

    column: str
    measured: ClassVar[bool] = True

    @classmethod
    def keys(cls, number: Any) -> dict[str, Any]:
        """Returns the type of each key."""
        return {"column": Column}

    def at(self, moment: Moment) -> Any:
        """Returns the value of each acting agent."""
        found = moment.population.state.get(self.column)
        known = ", ".join(sorted(moment.population.state)) or "none"
        if found is None or found[0].numel() != 1 or not found.is_floating_point():
            raise ScenarioError(
                f"{moment.where}.column",
                found=f"'{self.column}', "
                + ("no column" if found is None else "not one real number for each agent"),
                expected=f"a column of '{moment.population.name}' with one real number: {known}",
                fix=f"write '{self.column}' under populations.{moment.population.name}.state",
            )
        every = found.flatten()
        return every if moment.agents is None else every[moment.agents]


def refuse_empty(where: str, bounds: tuple[float, float]) -> None:
    """Refuses bounds between which there is nothing; equal bounds are a constant."""
    if bounds[0] > bounds[1]:
        raise ScenarioError(
            where,
            found=f"bounds {bounds[0]:g} and {bounds[1]:g}",
            expected="two numbers, the smaller one first",
            fix=f"write [{bounds[1]:g}, {bounds[0]:g}]",
            code="S-RANGE",
        )


def refuse_number(where: str, values: tuple[float, ...], wanted: int, of: str) -> None:
    """Refuses a list that has not as many values as there are agents or replicas."""
    if len(values) != wanted:
        raise ScenarioError(
            where,
            found=f"{len(values)} values for {wanted} {of}",
            expected=f"{wanted} values",
            fix=f"write one value for each of the {of}",
            code="S-RANGE",
        )
