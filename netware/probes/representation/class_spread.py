"""Class spread: how differently agents behave that their relations do not tell apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from netware.measures.signatures import signatures
from netware.needs.base import AbstractNeed
from netware.needs.edges import SomeRelation
from netware.needs.state import HasColumn
from netware.parameters import Column, PopulationName, RelationName
from netware.probes.base import AbstractProbe
from netware.probes.numbers import real
from netware.world import World


@dataclass(frozen=True)
class ClassSpread(AbstractProbe):
    """Measures whether agents that their relations do not tell apart behave alike.

    within = max over classes c and components k of max_{i in c} x_ik - min_{i in c} x_ik,
    between = max over k of max_c m_ck - min_c m_ck,   m_c the mean of x over class c

    Agents with the same relations into them, the same weights and the same beginning do the same
    under every synchronous rule that takes neighbours as they come, so `within` stays 0.

    Args:
        on: Population to measure.
        state: Column of state that is compared, or `weights` for all their weights.
        over: Relations that count; all if none are named.
        paths: Which edges an agent is known by: those `into` it, those `out_of` it, or `both`.
        equal: Columns of state, or `weights`, that agents of a class must also have in common,
            as they are when the probe reads.

    Reads: state; edges of the relations, with their weights; the columns of `equal`.
    Quantities: `within` and `between`, in the unit of the state.

    Source: Golubitsky and Stewart (2006), Bull. Amer. Math. Soc. 43, 305,
    doi:10.1090/S0273-0979-06-01108-6 (balanced colourings are the robust synchronies).
    Departs from it: neighbours of one class count by their number and weights, not by the sum of
    their weights alone, which holds for rules that are not linear too.
    """

    on: PopulationName
    state: Column = "output"
    over: tuple[RelationName, ...] = ()
    paths: Literal["into", "out_of", "both"] = "both"
    equal: tuple[Column, ...] = ()

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"within": (), "between": ()}
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("state", weights=True),
        HasColumn("equal", weights=True),
        SomeRelation("over"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both spreads of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        label = signatures(world, self.on, self.over, self.paths, self.equal)
        held = [real(v).reshape(population.total, -1) for v in population.held(self.state).values()]
        x = population.per_replica(torch.cat(held, 1))
        place = label[..., None].expand_as(x)
        most, least, mean = (
            torch.zeros_like(x).scatter_reduce(1, place, x, how, include_self=False)
            for how in ("amax", "amin", "mean")
        )
        there = torch.zeros_like(label).scatter_add_(1, label, torch.ones_like(label)) > 0
        high = mean.masked_fill(~there[..., None], -torch.inf).amax(1)
        low = mean.masked_fill(~there[..., None], torch.inf).amin(1)
        return {"within": (most - least).amax((1, 2)), "between": (high - low).amax(1)}
