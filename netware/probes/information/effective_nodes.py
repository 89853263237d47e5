"""Effective nodes: how many features of a neurashed have grown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.axes import AGENT, LAYER
from netware.models.neurashed.base import AbstractNeurashed
from netware.needs.base import AbstractNeed
from netware.needs.models import ModelIs
from netware.parameters import PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class EffectiveNodes(AbstractProbe):
    """Counts the nodes of each neurashed that its amplification is spread over.

    N_eff = (sum_F lambda_F)^2 / sum_F lambda_F^2

    It is the number of nodes where all lambda are alike, and 1 where one dwarfs all others: the
    sparser the learned pathways, the fewer.

    Args:
        on: Population to measure; its model must be neurashed.

    Reads: weights.
    Quantities: `effective`, over all levels, mean over the agents; `effective_each` of each agent;
    `effective_by_level` of each agent and level (0 the first). [nodes]

    Source: Su (2024), arXiv:2112.09741, figures 3 and 4, which show nodes of different size.
    Departs from it: the measure is ours, the participation ratio; the figures have no number.
    """

    on: PopulationName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "effective": (),
        "effective_each": (AGENT,),
        "effective_by_level": (AGENT, LAYER),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (ModelIs(AbstractNeurashed, "neurashed"),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the three quantities."""
        self.insist(world)
        population = world[self.on]
        model = population.wrapped()
        names = [name for name in model.weight_shapes() if name != "log_eta"]
        if not population.agents:
            return self.nothing(population, {LAYER: len(names)})
        levels = [population.weights[name].double() for name in names]
        each = population.per_replica(effective(torch.cat(levels, 1)))
        by_level = torch.stack([effective(level) for level in levels], 1)
        return {
            "effective": each.mean(1),
            "effective_each": each,
            "effective_by_level": population.per_replica(by_level),
        }


def effective(logarithms: Float[Tensor, "agents nodes"]) -> Float[Tensor, " agents"]:
    """Returns (sum x)^2 / sum x^2 of each agent, given ln x; the number of nodes if all are 0."""
    x = (logarithms - logarithms.amax(1, keepdim=True)).exp()
    return x.sum(1).square() / x.square().sum(1)
