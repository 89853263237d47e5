"""Structure formation: whether channels through many layers have formed, or only chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.draws import Purpose
from netware.measures.morphology import NodeShares, node_shares, structure, structure_by_chance
from netware.needs.base import AbstractNeed
from netware.needs.synapses import HasSynapses
from netware.parameters import Count, Index, PopulationName, Probability, Real
from netware.population import CHUNK_BYTES
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class StructureFormation(AbstractProbe):
    """Tests whether nodes that receive much also send much, layer after layer.

    rbar = mean over the hidden layers, of any widths, of corr_j(f_in_j, f_out_j),
    p = (1 + permutations whose rbar is no smaller) / (1 + permutations)

    A permutation deals the f_out of every hidden layer among its nodes again. An agent is
    structured if rbar > threshold and p <= level.

    Args:
        on: Population to measure; its weights must join known units, some of them hidden.
        permutations: Permutations of each agent. [1]
        threshold: rbar above which an agent may be structured. [1]
        level: p up to which an agent may be structured. [1]
        layers: Hidden layers that count, 0 the first; all if none are given.

    Reads: weights (no biases).
    Quantities: `rbar`, `p` and `structured` (1 or 0) of each agent; `share` structured of a
    replica.

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550.
    Departs from it: the paper judged structure by eye; this is a statistic of ours, which finds
    what is printed there: structure in narrowly begun networks that learn well, in no wide one.
    """

    on: PopulationName
    permutations: Count = 999
    threshold: Real = 0.5
    level: Probability = 0.01
    layers: tuple[Index, ...] = ()

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "rbar": (AGENT,),
        "p": (AGENT,),
        "structured": (AGENT,),
        "share": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasSynapses(layers="layers"),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the four quantities, some agents at a time to fit memory."""
        self.insist(world)
        population = world[self.on]
        nodes = node_shares(population)
        nodes = [nodes[layer] for layer in self.layers or range(len(nodes))]
        if not population.agents:
            return self.nothing(population)
        widths = [one.sent.shape[1] for one in nodes]
        shape = (self.permutations, sum(widths))
        stream = world.stream(Purpose.PROBE, "structure_formation", self.on)
        size = max(1, CHUNK_BYTES // (8 * shape[0] * shape[1] * 8))
        each = torch.arange(population.total, device=population.device)
        parts = []
        for some in each.split(size):
            keys = stream.of(some).words(shape).transpose(0, 1).split(widths, 2)
            own = [NodeShares(one.received[some], one.sent[some]) for one in nodes]
            parts.append(structure_by_chance(own, keys))
        rbar, p = structure(nodes), torch.cat(parts)
        found = ((rbar > self.threshold) & (p <= self.level)).to(rbar.dtype)
        return {
            "rbar": population.per_replica(rbar),
            "p": population.per_replica(p),
            "structured": population.per_replica(found),
            "share": population.per_replica(found).mean(1),
        }
