"""Values that change over time: a ramp, a half cosine, a staircase."""

from dataclasses import dataclass
from math import cos, pi
from typing import Annotated, Any

from pydantic import Field

from netware.errors import ScenarioError
from netware.parameters import Index
from netware.varying.base import AbstractVarying, Moment


@dataclass(frozen=True)
class Ramp(AbstractVarying):
    """Goes straight from one value to another between two steps; constant before and after."""

    ramp: tuple[float, float]
    steps: tuple[int, int]

    def __post_init__(self):
        """Refuses an end that does not come after the beginning."""
        refuse_backwards(self.steps)

    @classmethod
    def keys(cls, number: Any) -> dict[str, Any]:
        """Returns the type of each key."""
        return {"ramp": tuple[number, number], "steps": tuple[Index, Index]}

    def extremes(self) -> tuple[float, ...]:
        """Returns numbers between which every value lies."""
        return self.ramp

    def at(self, moment: Moment) -> float:
        """Returns the value at this step."""
        return value_between(self.ramp, progress(self.steps, moment.step))


@dataclass(frozen=True)
class Cosine(AbstractVarying):
    """Goes from one value to another along half a cosine; constant before and after."""

    cosine: tuple[float, float]
    steps: tuple[int, int]

    def __post_init__(self):
        """Refuses an end that does not come after the beginning."""
        refuse_backwards(self.steps)

    @classmethod
    def keys(cls, number: Any) -> dict[str, Any]:
        """Returns the type of each key."""
        return {"cosine": tuple[number, number], "steps": tuple[Index, Index]}

    def extremes(self) -> tuple[float, ...]:
        """Returns numbers between which every value lies."""
        return self.cosine

    def at(self, moment: Moment) -> float:
        """Returns the value at this step."""
        return value_between(self.cosine, (1 - cos(pi * progress(self.steps, moment.step))) / 2)


@dataclass(frozen=True)
class Staircase(AbstractVarying):
    """Takes a value at a step and keeps it until the next: `{steps: {0: 1.0, 500: 0.1}}`."""

    steps: tuple[tuple[int, float], ...]

    def __post_init__(self):
        """Refuses a staircase that does not say where it begins."""
        numbers = [step for step, _ in self.steps]
        if numbers != sorted(set(numbers)) or numbers[:1] != [0]:
            raise ScenarioError(
                "steps",
                found=f"values from the steps {', '.join(map(str, numbers)) or 'none'}",
                expected="steps that grow, the first of them 0",
                fix="write for example {steps: {0: 1.0, 500: 0.1}}",
                code="S-RANGE",
            )

    @classmethod
    def keys(cls, number: Any) -> dict[str, Any]:
        """Returns the type of each key."""
        step = Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]
        return {"steps": dict[step, number]}

    def extremes(self) -> tuple[float, ...]:
        """Returns numbers between which every value lies."""
        return tuple(value for _, value in self.steps)

    def at(self, moment: Moment) -> float:
        """Returns the value of the last stair that has begun."""
        return [value for step, value in self.steps if step <= moment.step][-1]

    def as_yaml(self) -> dict[str, Any]:
        """Returns the mapping that is written in YAML."""
        return {"steps": {str(step): value for step, value in self.steps}}


def refuse_backwards(steps: tuple[int, int]) -> None:
    """Refuses two steps that are not in order."""
    if steps[0] >= steps[1]:
        raise ScenarioError(
            "steps",
            found=f"steps from {steps[0]} to {steps[1]}",
            expected="two steps, the second after the first",
            fix="write for example steps: [0, 1000]",
            code="S-RANGE",
        )


def progress(steps: tuple[int, int], step: int) -> float:
    """Returns the fraction of the way done at a step, 0 to 1."""
    return min(1.0, max(0.0, (step - steps[0]) / (steps[1] - steps[0])))


def value_between(ends: tuple[float, float], part: float) -> float:
    """Returns the value at a part of the way, never outside of the ends by rounding."""
    value = ends[0] * (1 - part) + ends[1] * part
    return min(max(value, min(ends)), max(ends))
