"""Entropy increments: whether layers with channels alternate with layers without."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.axes import AGENT, LAG, LAYER
from netware.draws import Purpose
from netware.measures.morphology import correlation, entropies, node_shares
from netware.needs.base import AbstractNeed
from netware.needs.synapses import HasSynapses
from netware.parameters import Count, PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class EntropyIncrements(AbstractProbe):
    """Measures how the entropy of connectivity changes from layer to layer, and repeats itself.

    increment^l = S^{l+1} - S^l,   rho(k) = corr(increment^l, increment^{l+k}) over all agents and l

    The last hidden layer is left out: it sends to the outputs alone, so that its entropy is lower
    by construction. Independent layers have rho(1) = -1/2 and rho(k) = 0 further away, whatever
    their entropies, so that a negative rho(1) shows nothing: look at rho(2), and compare with
    `shuffled`, rho of the same entropies with the layers of each agent in an order of chance.

    Args:
        on: Population to measure; its model must have five hidden layers at least.
        shuffles: Shuffles over which `shuffled` is the mean. [1]

    Reads: weights (no biases).
    Quantities: `increment` [nats] of each agent and hidden layer (0 from the first to the
    second); of each replica and lag (0 first) the correlation `rho`, `centred` (the mean over the
    agents taken from each layer's entropy before; nan of one agent) and, of independent layers,
    `shuffled` and its standard deviation `shuffled_sd`.

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, figure 3.
    Departs from it: has a null.
    """

    on: PopulationName
    shuffles: Count = 100

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "increment": (AGENT, LAYER),
        "rho": (LAG,),
        "centred": (LAG,),
        "shuffled": (LAG,),
        "shuffled_sd": (LAG,),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasSynapses(hidden=5),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the five quantities."""
        self.insist(world)
        population = world[self.on]
        whole = entropies(node_shares(population))
        layers = whole.shape[1]
        if not population.agents:
            return self.nothing(population, {LAYER: layers - 2, LAG: layers - 3})
        s = population.per_replica(whole[:, :-1])
        order = world.stream(Purpose.PROBE, "entropy_increments", self.on)
        keys = order.words((self.shuffles, s.shape[2])).argsort(dim=2, stable=True)
        mixed = whole[:, None, :-1].expand(keys.shape).gather(2, keys)
        null = rho(population.per_replica(mixed).transpose(1, 2))
        centred = rho(s - s.mean(1, keepdim=True))
        if population.agents == 1:
            centred = torch.full_like(centred, torch.nan)
        return {
            "increment": s.diff(dim=2),
            "rho": rho(s),
            "centred": centred,
            "shuffled": null.mean(1),
            "shuffled_sd": null.std(1, correction=0),
        }


def rho(s: Float[Tensor, "*replicas agents layers"]) -> Float[Tensor, "*replicas lags"]:
    """Returns the correlation of increments at lags 0, 1, ..., pooled over agents and layers."""
    increments = s.diff(dim=-1)
    many = increments.shape[-1]
    return torch.stack(
        [
            correlation(
                increments[..., : many - lag].flatten(-2), increments[..., lag:].flatten(-2)
            )
            for lag in range(many - 1)
        ],
        -1,
    )
