"""Weight growth: how much larger weights are than when they were drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT, LAYER
from netware.draws import Purpose
from netware.models.layers.matrices import compact
from netware.needs.base import AbstractNeed
from netware.needs.synapses import HasSynapses
from netware.parameters import PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class WeightGrowth(AbstractProbe):
    """Measures the mean size of the weights of each matrix, and how much it has grown.

    size_l = mean |w^l|,   growth = mean over l of size_l / (size_l as drawn)

    Matrices come in the order of use: those from layer to layer, and those inside a layer after
    the one into it. One that was drawn as zeros has no growth, and is left out of the mean.

    Chance is a pure function of the seed, so that the weights that an agent began with are drawn
    again and need not be kept.

    Args:
        on: Population to measure; its weights must join known units, some of them hidden.

    Reads: weights (no biases); for agents whose weights a relation generates, growth is relative
    to weights that they never used, and so for agents that were born later.
    Quantities: `size` of each agent and matrix (0 the first); `growth` of each agent. [1]

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, on bounded growth of weights.
    Departs from it: nothing.
    """

    on: PopulationName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "size": (AGENT, LAYER),
        "growth": (AGENT,),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasSynapses(),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both quantities of every agent."""
        self.insist(world)
        population = world[self.on]
        model = population.wrapped()
        if not population.agents:
            return self.nothing(population, {LAYER: len(model.synapses())})
        stream = world.draws.stream(Purpose.WEIGHTS, population.name, population.agents)
        stream = stream.identified(population.identity)
        drawn = model.init(stream, population.dtype)

        def sizes(weights: Mapping[str, Tensor]) -> Tensor:
            each = [compact(one, weights).abs() for one in model.synapses()]
            return torch.stack([size.mean((1, 2)) for size in each], 1)

        before, now = sizes(drawn), sizes(population.weights)
        grew = before > 0
        ratio = torch.where(grew, now / torch.where(grew, before, 1.0), 0.0)
        return {
            "size": population.per_replica(now),
            "growth": population.per_replica(ratio.sum(1) / grew.sum(1)),
        }
