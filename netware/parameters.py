"""Types of parameters: the ranges and references that the fields of models, rules and probes use.

A field of a member's dataclass is a YAML parameter; its type says what may stand there, so that
the check of a scenario, the JSON Schema and the documentation all read the same line.
"""

from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import Field


LARGEST = 1e30
MOST = 2**31 - 1


@dataclass(frozen=True)
class Refers:
    """Marks a field that names an entry of the scenario's section `section`."""

    section: str


@dataclass(frozen=True)
class Member:
    """Marks a field that holds a nested member (`{type: ..., ...}`) of the family `family`."""

    family: str


@dataclass(frozen=True)
class InFolder:
    """Marks a field that holds the path of a file, from the folder of the scenario."""


FilePath = Annotated[str, Field(min_length=1, max_length=4096), InFolder()]


@dataclass(frozen=True)
class Varies:
    """Marks a field whose number may vary in time, among agents and among replicas."""


Number = TypeVar("Number")
# `Varying[Positive]`: a positive number, or one of the ways to vary within that range.
Varying = Annotated[Number, Varies()]

Probability = Annotated[float, Field(ge=0, le=1)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Real = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
NonNegative = Annotated[float, Field(ge=0, le=LARGEST)]
Positive = Annotated[float, Field(gt=0, le=LARGEST)]
Staying = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1, le=MOST)]
Index = Annotated[int, Field(ge=0, le=MOST)]
Widths = Annotated[tuple[Count, ...], Field(max_length=1024)]
Column = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]

PopulationName = Annotated[str, Refers("populations")]
RelationName = Annotated[str, Refers("relations")]
RuleName = Annotated[str, Refers("rules")]
TaskName = Annotated[str, Refers("tasks")]
