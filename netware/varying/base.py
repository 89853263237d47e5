"""The contract of a way to vary."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, is_dataclass
from math import inf
from typing import Any, ClassVar


@dataclass(frozen=True)
class Moment:
    """For which agents of a world, and when, a parameter is asked for.

    Args:
        where: Dotted key of the parameter, for errors.
        step: Step of the world. [steps]
        population: Population of the acting agents.
        agents: Flat positions of those that act, or None for all.
        stream: Numbers of this parameter for them: the same at every step.
        tensor: Returns a tensor of numbers on the population's device, made once.
    """

    where: str
    step: int
    population: Any
    agents: Any
    stream: Any
    tensor: Any


class AbstractVarying(ABC):
    """A value that varies: a frozen dataclass whose fields are the keys of its mapping in YAML.

    It holds plain numbers and no state: what it is depends on the moment alone, so a run that is
    resumed, relabelled or split into its replicas finds the same.
    """

    measured: ClassVar[bool] = False
    """Whether its numbers are known in the run alone, so that each must be held to the range."""

    @classmethod
    @abstractmethod
    def keys(cls, number: Any) -> dict[str, Any]:
        """Returns the type of each key, given the type of a number in the parameter's range."""

    @abstractmethod
    def at(self, moment: Moment) -> Any:
        """Returns a number, or a tensor `(acting,)`."""

    def extremes(self) -> tuple[float, ...]:
        """Returns numbers between which every value lies; none where only the run knows them."""
        return ()

    def as_yaml(self) -> dict[str, Any]:
        """Returns the mapping that is written in YAML."""
        assert is_dataclass(self)
        return {one.name: listed_out(getattr(self, one.name)) for one in fields(self)}


def greatest(value: Any) -> float:
    """Returns the greatest number that a parameter may be; infinity where only the run knows."""
    if not isinstance(value, AbstractVarying):
        return value
    return max(value.extremes(), default=inf)


def listed_out(value: Any) -> Any:
    """Returns a value with its tuples as lists."""
    return [listed_out(inner) for inner in value] if isinstance(value, tuple) else value
