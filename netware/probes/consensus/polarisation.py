"""Polarisation: how far opinions lie apart, and whether in two camps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.needs.base import AbstractNeed
from netware.needs.state import HasColumn
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


ROUNDING = 8


@dataclass(frozen=True)
class Polarisation(AbstractProbe):
    """Measures how wide opinions spread, and how much they stand in two camps.

    variance = m_2,   bimodality = (1 + m_3^2 / m_2^3) / (m_4 / m_2^2),   m_k = <(x - mean)^k>

    The bimodality (Sarle's, from Pearson's inequality) is 1 for two points, also of unequal size,
    5/9 for uniform opinions, 1/3 for normal ones; 0 where all agree up to rounding.

    Args:
        on: Population to measure.
        state: Column of state with the opinions; of several numbers, the mean over them.

    Reads: state.
    Quantities: `variance`, in the unit of the state squared; `bimodality`, 0 to 1. [1]

    Source: Pearson (1916), Phil. Trans. R. Soc. A 216, 429, doi:10.1098/rsta.1916.0009; variance
    as polarisation: Bramson et al. (2016), J. Math. Sociol. 40, 80,
    doi:10.1080/0022250X.2016.1147443.
    Departs from it: moments of the whole population, without correction for samples.
    """

    on: PopulationName
    state: Column = "opinion"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"variance": (), "bimodality": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasColumn("state"),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both quantities of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        x = real(population[self.state]).reshape(population.replicas, population.agents, -1)
        delta = x - x.mean(1, keepdim=True)
        variance = delta.square().mean(1)
        width = delta.abs().amax(1)
        agreed = width <= ROUNDING * torch.finfo(x.dtype).eps * x.abs().amax(1)
        # In units of the widest deviation, so that no power of a small number is lost.
        scaled = delta / width.where(~agreed, torch.ones_like(width))[:, None]
        m2, m3, m4 = (scaled.pow(k).mean(1) for k in (2, 3, 4))
        safe = m2.where(~agreed, torch.ones_like(m2)), m4.where(~agreed, torch.ones_like(m4))
        bimodality = (safe[0].square() + m3.square() / safe[0]) / safe[1]
        bimodality = bimodality.where(~agreed, torch.zeros_like(bimodality))
        return {"variance": variance.mean(1), "bimodality": bimodality.mean(1)}
