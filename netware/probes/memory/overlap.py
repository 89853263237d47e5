"""Overlap: how much of what it was reminded of a memory has recalled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Tensor

from netware.axes import AGENT
from netware.needs.base import AbstractNeed
from netware.needs.state import VECTOR, HasColumn, SameShape
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


@dataclass(frozen=True)
class Overlap(AbstractProbe):
    """Measures how near each agent is to the pattern that its cue was made from.

    m = 1/N s . xi for a pattern of +1 and -1:  1 if recalled, 0 if unrelated, -1 if inverted
    m = s . xi / (|s| |xi|) for any other, 1 if recalled up to its size. Patterns that have a mean,
    such as those of 0 and 1, are related by it: two of which half is 1 overlap by 0.5.

    A group's answer to a pattern of +1 and -1 is the sign of its mean state, the vote of the
    majority, unit by unit; to any other it is the mean state.

    Args:
        on: Population to measure.
        state: Column that holds what is recalled, s.
        target: Column that holds the pattern that the cue was made from, xi.
        threshold: Overlap above which a pattern counts as recalled. [1]

    Reads: state, target.
    Quantities: `overlap` of each agent; `mean` and `best` of the agents of a replica; `group`, of
    the vote of all of them; `recalled`, the fraction of agents above the threshold. [1]

    Source: Amit, Gutfreund and Sompolinsky (1985), Phys. Rev. Lett. 55, 1530,
    doi:10.1103/PhysRevLett.55.1530.
    Departs from it: patterns that are not of +1 and -1 have a cosine; where agents were shown
    different patterns, `group` is the overlap of the vote with the pattern of each, averaged over
    agents.
    """

    on: PopulationName
    state: Column = "output"
    target: Column = "target"
    threshold: Annotated[float, Field(ge=-1, le=1)] = 0.9

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "overlap": (AGENT,),
        "mean": (),
        "best": (),
        "group": (),
        "recalled": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", VECTOR),
        HasColumn("target", VECTOR),
        SameShape("state", "target"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns all quantities of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        s = population.per_replica(real(population[self.state]))
        xi = population.per_replica(real(population[self.target]))
        m, mean = likeness(s, xi), s.mean(1, keepdim=True)
        group = torch.where(of_signs(xi), (mean.sign() * xi).mean(2), cosine(mean, xi))
        return {
            "overlap": m,
            "mean": m.mean(1),
            "best": m.amax(1),
            "group": group.mean(1),
            "recalled": (m > self.threshold).to(m.dtype).mean(1),
        }


def likeness(s: Tensor, xi: Tensor) -> Tensor:
    """Returns 1/N s . xi of agents whose pattern is of +1 and -1, and the cosine of all others."""
    return torch.where(of_signs(xi), (s * xi).sum(2) / s.shape[2], cosine(s, xi))


def of_signs(xi: Tensor) -> Tensor:
    """Marks the agents whose pattern is of +1 and -1 alone."""
    return (xi.abs() == 1).all(2)


def cosine(s: Tensor, xi: Tensor) -> Tensor:
    """Returns the cosine of the angle between state and pattern; 0 where one of them is 0."""
    sizes = s.norm(dim=2) * xi.norm(dim=2)
    return (s * xi).sum(2) / sizes.where(sizes > 0, torch.ones_like(sizes))
