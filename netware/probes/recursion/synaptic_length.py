"""Synaptic length: how local the synapses of a URN in space are, and which way they lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.axes import AGENT
from netware.errors import Problem
from netware.measures.unrolled import recursion_of, unrolled
from netware.models.base import AbstractModel, State, Weights
from netware.models.layers.geometry import distances, sites
from netware.models.layers.synapses import Recursion
from netware.needs.base import AbstractNeed, Surroundings, population_of
from netware.needs.models import ReadsTask
from netware.needs.synapses import HasRecursion
from netware.parameters import PopulationName, TaskName
from netware.population import CHUNK_BYTES, rows
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class HasCube(AbstractNeed):
    """URNs whose neurons have places on a lattice."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns neurons without a place."""
        population = population_of(member, world)
        recursion = population.model.recursion() if population and population.model else None
        if population is None or recursion is None or recursion.cube is not None:
            return []
        return [
            Problem(
                f"populations.{population.name}.model.cube",
                "neurons without a place",
                "the sites (x, y, z) of a lattice",
                "write 'cube: [8, 8, 4]' and 'neurons: 256'",
            )
        ]

    def sentence(self) -> str:
        """Says where the neurons are."""
        return "a URN with a 'cube'"


@dataclass(frozen=True)
class SynapticLength(AbstractProbe):
    """Measures the mean length of synapses, and the share of the flow in each direction.

    length = sum_ij |W_ij| d_ij / sum_{i != j} |W_ij|,   d^2 = dx^2 + dy^2 + beta dz^2

    Of the flow F_ij = |W_ij| sum_l E|N_j^(l)|, l = 0 .. I - 1, `forward` goes to a plane of larger
    z, away from the inputs, `backward` to one of smaller z, `lateral` stays in its plane (a
    neuron's synapse onto itself too). Of the weights sum |W| the same shares go `weight_forward`,
    `weight_backward`.

    Args:
        on: Population of URNs with a `cube` to measure.
        task: Task whose test samples are shown.

    Reads: weights.
    Quantities: of each agent `length` [steps of the lattice], `forward`, `lateral`, `backward`,
    which sum to 1, `weight_forward` and `weight_backward`.

    Source: Golkar (2019), arXiv:1911.11691, section 3.
    Departs from it: nothing.
    """

    on: PopulationName
    task: TaskName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "length": (AGENT,),
        "forward": (AGENT,),
        "lateral": (AGENT,),
        "backward": (AGENT,),
        "weight_forward": (AGENT,),
        "weight_backward": (AGENT,),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasRecursion(),
        HasCube(),
        ReadsTask(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the six quantities of every agent, some agents at a time to fit memory."""
        self.insist(world)
        population = world[self.on]
        model, recursion = population.wrapped(), recursion_of(population)
        if not population.agents:
            return self.nothing(population)
        examples = world.examples[self.task].test
        inputs = examples.of(population.replica).inputs
        many = recursion.neurons
        numbers = many * (inputs.shape[1] * (recursion.iterations + 1) + many)
        size = max(1, CHUNK_BYTES // (numbers * inputs.element_size()))
        parts = [
            self.measured(
                model,
                recursion,
                rows(population.weights, start, size),
                inputs[start : start + size],
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
        """Returns the six quantities of some agents."""
        size = weights[recursion.weight].abs()
        assert recursion.cube is not None
        site = sites(recursion.cube, recursion.outputs, size)
        d = distances(site, site, recursion.beta)
        apart = size * (1 - torch.eye(len(site), dtype=size.dtype, device=size.device))
        activity, _ = unrolled(model, weights, inputs, state)
        sent = activity[:, :-1].sum(1)
        flow = directed(size * sent[:, :, None], site)
        carried = directed(size, site)
        return {
            "length": share((apart * d).sum((1, 2)), apart.sum((1, 2))),
            "forward": flow[0],
            "lateral": flow[1],
            "backward": flow[2],
            "weight_forward": carried[0],
            "weight_backward": carried[2],
        }


def directed(
    values: Float[Tensor, "agents neurons neurons"], site: Float[Tensor, "neurons 3"]
) -> tuple[Tensor, Tensor, Tensor]:
    """Returns the share of values from senders to receivers of larger, the same and smaller z."""
    rise = (site[None, :, 2] - site[:, None, 2]).sign()
    whole = values.sum((1, 2))
    forward, lateral, backward = (
        share((values * (rise == sign)).sum((1, 2)), whole) for sign in (1, 0, -1)
    )
    return forward, lateral, backward


def share(part: Tensor, whole: Tensor) -> Tensor:
    """Returns a part over the whole, 0 where there is nothing."""
    return part / torch.where(whole == 0, torch.ones_like(whole), whole)
