"""Parts of a scenario: an entry with a `type`, its own parameters, and when it is due."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from netware.parameters import MOST


LAST_STEP = 2**53

Step = Annotated[int, Field(ge=0, le=LAST_STEP)]
TYPE = "the name of a type, as 'netware list' shows them"
TypeName = Annotated[str, Field(min_length=1, max_length=256, json_schema_extra={"words": TYPE})]


@dataclass(frozen=True)
class Cadence:
    """The steps at which something is due.

    Args:
        every: Steps from one time to the next, counted from `start`. [steps]
        start: First step; `from` in the scenario. [steps]
        until: Last step, itself included, or None for no end. [steps]
        at: If not empty, these steps and no others. [steps]
    """

    every: int = 1
    start: int = 0
    until: int | None = None
    at: tuple[int, ...] = ()

    def due(self, step: int) -> bool:
        """Tells whether it is due at `step`."""
        if self.at:
            return step in self.at
        if step < self.start or (self.until is not None and step > self.until):
            return False
        return (step - self.start) % self.every == 0


ALWAYS = Cadence()
NEVER = Cadence(start=1, until=0)


class AbstractStrict(BaseModel):
    """A section of the scenario: nothing is converted, nothing unknown is let through."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        regex_engine="rust-regex",
    )


class Part(AbstractStrict):
    """A task, a model or a topology: its type, and the parameters of that type."""

    model_config = ConfigDict(extra="allow")

    type: TypeName
    """Name of a file of netware's, or a dotted name of a class of your own."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What stands beside `type`, not yet checked."""
        return dict(self.model_extra or {})


class AbstractTimed(AbstractStrict):
    """Something that is due at some steps."""

    every: Annotated[int, Field(ge=1, le=LAST_STEP)] = 1
    """Steps from one time to the next. [steps]"""
    first_step: Step = Field(0, alias="from")
    """First step. [steps]"""
    until: Step | None = None
    """Last step, itself included; none for no end. [steps]"""
    at: Step | Annotated[list[Step], Field(min_length=1, max_length=10_000)] | None = None
    """These steps and no others. [steps]"""

    @property
    def cadence(self) -> Cadence:
        """When it is due."""
        return Cadence(self.every, self.first_step, self.until, steps(self.at))

    @model_validator(mode="after")
    def consistent(self) -> "AbstractTimed":
        """Refuses `at` beside the other keys, and an end before the beginning."""
        beside = self.model_fields_set & {"every", "first_step", "until"}
        if self.at is not None and beside:
            raise PydanticCustomError("at_alone", "'at' cannot stand beside every, from or until")
        if self.until is not None and self.until < self.first_step:
            raise PydanticCustomError("until_early", "'until' lies before 'from'")
        return self


class TimedPart(AbstractTimed):
    """A relation, a rule or a probe: its type, when it is due, and the parameters of that type."""

    model_config = ConfigDict(extra="allow")

    type: TypeName
    """Name of a file of netware's, or a dotted name of a class of your own."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What stands beside `type` and the cadence, not yet checked."""
        return dict(self.model_extra or {})


def steps(at: int | list[int] | None) -> tuple[int, ...]:
    """Returns one step or many as a tuple."""
    return () if at is None else (at,) if isinstance(at, int) else tuple(at)


TIMED_KEYS = ("type", "every", "from", "until", "at")
MOST_ENTRIES = 1_000

EntryName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Number = Annotated[float, Field(ge=-1e30, le=1e30)]
Many = Annotated[int, Field(ge=1, le=MOST)]
