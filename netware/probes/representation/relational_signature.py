"""Relational signature: agents that their relations alone do not tell apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.measures.signatures import signatures
from netware.needs.base import AbstractNeed
from netware.needs.edges import SomeRelation
from netware.needs.state import HasColumn
from netware.parameters import Column, PopulationName, RelationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class RelationalSignature(AbstractProbe):
    """Measures which agents are indistinguishable by their typed relations.

    c_i <- (c_i, multiset of (relation, direction, weight, c_j) over the edges between i and j),
    until no class splits: the coarsest equitable partition of the agents

    After Yoneda, what an agent is, is how others lead to it, Hom(-, i). Two agents share a class
    exactly if their trees of typed, weighted walks are the same, names of agents forgotten. Agents
    that a symmetry of the relations exchanges share a class. The converse does not hold: on
    regular graphs all agents share one, whether or not a symmetry exchanges them.

    Args:
        on: Population to measure.
        over: Relations that count; all if none are named.
        paths: Which edges an agent is known by: those `into` it, on which alone what it does can
            depend; those `out_of` it; or `both`.
        equal: Columns of state, or `weights`, that agents of a class must also have in common.

    Reads: edges of the relations, with their weights; the columns of `equal`.
    Quantities: `classes`, their number; `alike`, share of the agents that are not alone in their
    class; `largest`, share of the agents in the largest class; `signature` of each agent, the
    smallest id with the same relations. [1]

    Source: Wang and Fan (2023), doi:10.20944/preprints202311.0250.v1, section 2.3 (Yoneda);
    Weisfeiler and Leman (1968), Nauchno-Tekhnicheskaya Informatsiya 2 (9), 12 (refinement).
    Departs from it: isomorphism is asked of the trees of walks, since in a free category an agent
    is isomorphic to itself alone.
    """

    on: PopulationName
    over: tuple[RelationName, ...] = ()
    paths: Literal["into", "out_of", "both"] = "both"
    equal: tuple[Column, ...] = ()

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "classes": (),
        "alike": (),
        "largest": (),
        "signature": (AGENT,),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasColumn("equal", weights=True),
        SomeRelation("over"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the classes of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        label = signatures(world, self.on, self.over, self.paths, self.equal)
        size = torch.zeros_like(label).scatter_add_(1, label, torch.ones_like(label))
        agents, dtype = population.agents, population.dtype
        names = population.per_replica(population.names)
        first = torch.full_like(names, torch.iinfo(names.dtype).max)
        first = first.scatter_reduce(1, label, names, "amin")
        return {
            "classes": (size > 0).sum(1),
            "alike": torch.where(size > 1, size, 0).sum(1).to(dtype) / agents,
            "largest": size.amax(1).to(dtype) / agents,
            "signature": first.gather(1, label),
        }
