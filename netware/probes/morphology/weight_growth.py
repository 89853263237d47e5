"""Weight growth: how much larger weights are than when they were drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT, LAYER
from netware.draws import Purpose
from netware.needs.base import AbstractNeed
from netware.needs.models import HasLayers
from netware.parameters import PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class WeightGrowth(AbstractProbe):
    """Measures the mean size of the weights of each layer, and how much it has grown.

    size_l = mean |w^l|,   growth = mean over l of size_l / (size_l as drawn)

    Chance is a pure function of the seed, so that the weights that an agent began with are drawn
    again and need not be kept.

    Args:
        on: Population to measure; its model must be layered, with a hidden layer at least.

    Reads: weights (no biases); for agents whose weights a relation generates, growth is relative
    to weights that they never used, and so for agents that were born later.
    Quantities: `size` of each agent and layer of weights (0 the first); `growth` of each agent. [1]

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, on bounded growth of weights.
    Departs from it: nothing.
    """

    on: PopulationName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "size": (AGENT, LAYER),
        "growth": (AGENT,),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasLayers(hidden=1),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns both quantities of every agent."""
        self.insist(world)
        population = world[self.on]
        model = population.wrapped()
        if not population.agents:
            return self.nothing(population, {LAYER: len(model.layers())})
        stream = world.draws.stream(Purpose.WEIGHTS, population.name, population.agents)
        stream = stream.identified(population.identity)
        drawn = model.init(stream, population.dtype)

        def sizes(weights: Mapping[str, Tensor]) -> Tensor:
            return torch.stack([weights[name].abs().mean((1, 2)) for name in model.layers()], 1)

        before, now = sizes(drawn), sizes(population.weights)
        ratio = now / torch.where(before == 0, torch.ones_like(before), before)
        return {
            "size": population.per_replica(now),
            "growth": population.per_replica(ratio.mean(1)),
        }
