"""Active neurons: which network has emerged in a URN."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.axes import AGENT, ITERATION
from netware.measures.unrolled import (
    layer_of,
    layered_flow,
    recursion_of,
    relevant_neurons,
    unrolled,
)
from netware.models.base import AbstractModel, State, Weights
from netware.models.layers.synapses import Recursion
from netware.needs.base import AbstractNeed
from netware.needs.models import ReadsTask
from netware.needs.synapses import HasRecursion
from netware.parameters import NonNegative, PopulationName, TaskName
from netware.population import CHUNK_BYTES, rows
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class ActiveNeurons(AbstractProbe):
    """Measures how many neurons of a URN are active, and how feedforward it has become.

    active_l = |{j: N_j^(l) != 0 for a test sample}|,   active = |union over l = 1 .. I|

    The recursion is unrolled: (l, j) is relevant if j is active at l and has |w| > tau into a
    neuron that is relevant at l + 1; at I the outputs are. Of the flow
    F_ij = sum_l |W_ij| E[N_j^(l)] over the weights between relevant neurons, `layered_flow` goes
    from a layer to the next, the layer of a neuron being the iteration of its largest mean
    activity (inputs 0, outputs I). Residual outputs, which are fed at every iteration, are of
    no one layer: there, ask `iteration_accuracy` instead.

    Args:
        on: Population of URNs to measure.
        task: Task whose test samples are shown.
        tau: Size up to which a weight counts as none. [1]

    Reads: weights.
    Quantities: of each agent `active` [neurons], `strong` (weights with |w| > tau) and
    `layered_flow`, 1 for a feedforward network; of each agent and iteration, 0 (the inputs) to I,
    `active_by_iteration` and `relevant` [neurons].

    Source: Golkar (2019), arXiv:1911.11691, section 2.
    Departs from it: sorts neurons by their largest, not their first activity, and takes weights
    that do not matter from the unrolled network.
    """

    on: PopulationName
    task: TaskName
    tau: NonNegative = 0.01

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "active": (AGENT,),
        "active_by_iteration": (AGENT, ITERATION),
        "relevant": (AGENT, ITERATION),
        "strong": (AGENT,),
        "layered_flow": (AGENT,),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasRecursion(),
        ReadsTask(answers=False),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the five quantities of every agent, some agents at a time to fit memory."""
        self.insist(world)
        population = world[self.on]
        model, recursion = population.wrapped(), recursion_of(population)
        if not population.agents:
            return self.nothing(population, {ITERATION: recursion.iterations + 1})
        examples = world.examples[self.task].test.of(population.replica)
        samples = examples.inputs.shape[1]
        many = recursion.neurons
        numbers = many * (samples * (recursion.iterations + 1) + 4 * many)
        size = max(1, CHUNK_BYTES // (numbers * examples.inputs.element_size()))
        parts = [
            self.measured(
                model,
                recursion,
                rows(population.weights, start, size),
                examples.inputs[start : start + size],
                rows(population.state, start, size),
            )
            for start in range(0, population.total, size)
        ]
        return {
            name: population.per_replica(torch.cat([part[name] for part in parts]))
            for name in self.quantities
        }

    def measured(
        self,
        model: AbstractModel,
        recursion: Recursion,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
    ) -> dict[str, Tensor]:
        """Returns the five quantities of some agents; counts in float64, which holds them all."""
        activity, active = unrolled(model, weights, inputs, state)
        w, outputs = weights[recursion.weight], recursion.outputs
        strong = w.abs() > self.tau
        carried = outputs if recursion.residual == "output" else 0
        relevant = relevant_neurons(active, strong, outputs, carried)
        layer = layer_of(activity, recursion.inputs, outputs)
        return {
            "active": active[:, 1:].any(1).sum(1).double(),
            "active_by_iteration": active.sum(2).double(),
            "relevant": relevant.sum(2).double(),
            "strong": strong.sum((1, 2)).double(),
            "layered_flow": layered_flow(activity, w, relevant, strong, layer),
        }
