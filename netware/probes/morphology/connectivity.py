"""Connectivity: how the weights of each agent are spread over the nodes of its layers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.axes import AGENT, LAYER
from netware.measures.morphology import amplitudes, entropies, in_out_correlation, layered_weights
from netware.needs.base import AbstractNeed
from netware.needs.models import HasLayers
from netware.parameters import PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class Connectivity(AbstractProbe):
    """Measures the morphology of the weights, hidden layer by hidden layer.

    f_in_j = sum_i |w^l_ij| / sum |w^l|,   f_out_j = sum_k |w^{l+1}_jk| / sum |w^{l+1}|,
    c_j = f_in_j f_out_j,   R = sum_j c_j,   S = - sum_j p_j ln p_j with p = c / sum c,
    r = corr_j(f_in, f_out),   structure = mean of r over the hidden layers

    Args:
        on: Population to measure; its model must be layered, with a hidden layer at least.

    Reads: weights (no biases).
    Quantities: `entropy` S [nats], `amplitude` R and `in_out_correlation` r of each agent and
    hidden layer (0 the first); `structure` of each agent, above 0.5 where channels have formed, and
    its mean over agents, `mean_structure`. The last hidden layer sends to the outputs alone, so
    that its entropy is lower by construction.

    Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, equations 1 and 4.
    Departs from it: `structure` is a statistic of ours, the paper judged channels by eye.
    """

    on: PopulationName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "entropy": (AGENT, LAYER),
        "amplitude": (AGENT, LAYER),
        "in_out_correlation": (AGENT, LAYER),
        "structure": (AGENT,),
        "mean_structure": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasLayers(hidden=1),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the quantities of every agent."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population, {LAYER: len(population.wrapped().layers()) - 1})
        weights = layered_weights(population)
        r = in_out_correlation(weights)
        return {
            "entropy": population.per_replica(entropies(weights)),
            "amplitude": population.per_replica(amplitudes(weights)),
            "in_out_correlation": population.per_replica(r),
            "structure": population.per_replica(r.mean(1)),
            "mean_structure": population.per_replica(r.mean(1)).mean(1),
        }
