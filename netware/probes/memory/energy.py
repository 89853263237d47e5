"""Energy: how deep in its memory a state lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.axes import AGENT
from netware.models.memories.memory import AbstractMemory
from netware.needs.base import AbstractNeed
from netware.needs.models import HoldsInput, ModelIs
from netware.parameters import Column, PopulationName
from netware.population import Population, chunk_size, rows
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class Energy(AbstractProbe):
    """Measures the energy of each agent's state, as its model defines it.

    E = -1/2 s^T J s for a Hopfield network, about -N/2 in a stored pattern and 0 far from all.

    Args:
        on: Population to measure, whose model is a memory.
        state: Column that holds the state, s.

    Reads: weights, state.
    Quantities: `energy` of each agent, and `mean` and `lowest` of the agents of a replica, all
    divided by the number of neurons. [energy of the model]

    Source: Hopfield (1982), PNAS 79, 2554, doi:10.1073/pnas.79.8.2554.
    Departs from it: divides by the number of neurons, so that memories of any size compare.
    """

    on: PopulationName
    state: Column = "output"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "energy": (AGENT,),
        "mean": (),
        "lowest": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        ModelIs(AbstractMemory, "hopfield"),
        HoldsInput("state"),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns all quantities of each replica."""
        self.insist(world)
        population = world[self.on]
        if not population.agents:
            return self.nothing(population)
        energy = population.per_replica(energies(population, self.state))
        return {"energy": energy, "mean": energy.mean(1), "lowest": energy.amin(1)}


def energies(population: Population, state: str) -> Float[Tensor, " agents"]:
    """Returns each agent's energy per neuron, some agents at a time."""
    model, states = population.wrapped(), population[state][:, None]
    assert isinstance(model, AbstractMemory)
    size = population.chunk or chunk_size(model, states)
    parts = [
        model.energy(rows(population.weights, start, size), states[start : start + size])
        for start in range(0, population.total, size)
    ]
    return torch.cat(parts)[:, 0] / model.input_size()
