"""Connectivity: how the weights of each agent are spread over the nodes of its layers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from netware.axes import AGENT, LAYER
from netware.measures.morphology import amplitudes, entropies, in_out_correlation, node_shares
from netware.models.layers.synapses import hidden_layers
from netware.needs.base import AbstractNeed
from netware.needs.synapses import HasSynapses
from netware.parameters import PopulationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class Connectivity(AbstractProbe):
    """Measures the morphology of the weights, hidden layer by hidden layer.

    f_in_j = sum_i |w_ij| / sum |w| over weights into the layer, f_out_j = sum_k |w_jk| / sum |w|
    over weights out of it; in a multilayer those are w^l and w^{l+1}, links inside a layer and
    recursions are both,
    c_j = f_in_j f_out_j,   R = sum_j c_j,   S = - sum_j p_j ln p_j with p = c / sum c,
    r = corr_j(f_in, f_out),   structure = mean of r over the hidden layers

    Args:
        on: Population to measure; its weights must join known units, some of them hidden.

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
    needs: ClassVar[tuple[AbstractNeed, ...]] = (HasSynapses(),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the quantities of every agent."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(
                population, {LAYER: len(hidden_layers(population.wrapped().synapses()))}
            )
        nodes = node_shares(population)
        r = in_out_correlation(nodes)
        return {
            "entropy": population.per_replica(entropies(nodes)),
            "amplitude": population.per_replica(amplitudes(nodes)),
            "in_out_correlation": population.per_replica(r),
            "structure": population.per_replica(r.mean(1)),
            "mean_structure": population.per_replica(r.mean(1)).mean(1),
        }
