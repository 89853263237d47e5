"""Mutual information: what a level of an agent still knows of inputs and labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import Annotated, Any, ClassVar, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from netware.axes import AGENT
from netware.draws import Purpose
from netware.errors import Problem
from netware.measures.mixture import information
from netware.models.base import State, Weights
from netware.models.neurashed.base import NOTHING
from netware.needs.base import AbstractNeed, Surroundings, population_of
from netware.needs.models import HasModel, ReadsTask
from netware.parameters import Count, NonNegative, PopulationName, Positive, TaskName
from netware.population import CHUNK_BYTES, Population, rows
from netware.probes.base import AbstractProbe
from netware.world import World


Part = Annotated[str, Field(min_length=1, max_length=200)]
MOST = 230.0


@dataclass(frozen=True)
class HasPart(AbstractNeed):
    """Agents whose model has the part that is measured in its trace."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a part that is in no trace, asked of one agent and one sample."""
        population = population_of(member, world)
        if population is None or population.model is None or not population.agents:
            return []
        if HasModel().unmet(member, world, where):
            return []
        one, model = population.part(0, 1), population.model
        sample = torch.zeros((1, 1, model.input_size()), dtype=one.dtype, device=one.device)
        trace = model.trace(one.weights, sample, one.state)
        if member.part in trace:
            return []
        return [
            Problem(
                f"{where}.part",
                f"no part '{member.part}' in the trace of '{population.name}'",
                f"one of {', '.join(trace)}",
                f"write 'part: {next(iter(trace))}'",
            )
        ]

    def sentence(self) -> str:
        """Says what must be there."""
        return "a part of the model's trace, as 'part' names it"


@dataclass(frozen=True)
class MutualInformation(AbstractProbe):
    """Measures how many bits a noisy level of each agent carries about input and label.

    I(T; X) and I(T; Y),   T = a S(X) + sigma z,   z ~ N(0, 1),   X one of the samples, all alike
    normalised: a = 1 / (|S(x)| + kappa mean_x |S(x)| as drawn),   relative: a = 1 / max |S|,
    absolute: a = 1

    Densities are those of the mixture of Gaussians about the samples, exactly; only the mean over
    z is sampled. Normalised noise is small at first beside kappa and so lets little through; as S
    grows more passes; last, only the direction of S tells inputs apart, and so what is dwarfed is
    forgotten. Against absolute noise growing activity only gains, so that nothing is forgotten;
    relative noise drowns inputs whose activity is dwarfed by that of others, their label too.

    Args:
        on: Population to measure.
        task: Task whose examples are shown; samples with equal targets have one label.
        part: Which activity: a name in the model's trace, such as `level1`, `hidden2`, `output`.
        split: `train` or `test` examples.
        samples: How many examples are shown, the first ones, all if there are fewer. [1]
        noise: How S meets noise: `normalised`, `relative` or `absolute`.
        kappa: How much of the activity as drawn drowns in the noise, of `normalised`. [1]
        sigma: Standard deviation of the noise. [activity, of `absolute`; else 1]
        draws: Noises drawn for each sample. [1]

    Reads: weights, and the columns of state that the model reads.
    Quantities: `about_input` and `about_label`, means over the agents; `about_input_each` and
    `about_label_each` of each agent. [bits]

    Source: Su (2024), arXiv:2112.09741, figure 5; Shwartz-Ziv and Tishby (2017), arXiv:1703.00810.
    Departs from it: the first adds noise without saying which, ours is one with which its figure
    comes out; the second bins activities.
    """

    on: PopulationName
    task: TaskName
    part: Part = "output"
    split: Literal["train", "test"] = "train"
    samples: Count = 64
    noise: Literal["normalised", "relative", "absolute"] = "normalised"
    kappa: NonNegative = 10.0
    sigma: Positive = 0.05
    draws: Count = 256

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "about_input": (),
        "about_label": (),
        "about_input_each": (AGENT,),
        "about_label_each": (AGENT,),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        ReadsTask(),
        HasPart(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the four quantities, some agents at a time to fit memory."""
        self.insist(world)
        population, data = world[self.on], world.examples[self.task]
        given = data.test if self.split == "test" else data.train
        if not population.agents:
            return self.nothing(population)
        first = torch.arange(min(self.samples, given.inputs.shape[1]), device=population.device)
        examples = given.rows(first).of(population.replica)
        x, t = examples.inputs, examples.targets
        alike = (t[:, :, None] == t[:, None]).all(3)
        places = self.places(world, population, x)
        samples, units = places.shape[1:]
        size = max(1, CHUNK_BYTES // (8 * samples * (self.draws + samples) * (samples + 4 * units)))
        stream = world.stream(Purpose.PROBE, f"mutual_information/{self.part}", self.on)
        found = []
        for those in torch.arange(population.total, device=population.device).split(size):
            z = stream.of(those).normal(size=(self.draws, samples, units), dtype=torch.float64)
            found.append(information(places[those], alike[those], z, self.sigma))
        about_input, about_label = (
            population.per_replica(torch.cat(parts)) for parts in zip(*found, strict=True)
        )
        return {
            "about_input": about_input.mean(1),
            "about_label": about_label.mean(1),
            "about_input_each": about_input,
            "about_label_each": about_label,
        }

    def places(
        self, world: World, population: Population, x: Float[Tensor, "agents samples inputs"]
    ) -> Float[Tensor, "agents samples units"]:
        """Returns a S(x) of every agent."""
        towards, size = self.activity(population, population.weights, x)
        if self.noise == "absolute":
            return towards * size.clamp(max=MOST).exp()
        if self.noise == "relative":
            each = (towards.abs().log() + size).clamp_min(NOTHING)
            return towards * (size - each.amax((1, 2), keepdim=True)).exp()
        model = population.wrapped()
        stream = world.draws.stream(Purpose.WEIGHTS, population.name, population.agents)
        stream = stream.identified(population.identity)
        _, drawn = self.activity(population, model.init(stream, population.dtype), x)
        kept = log(self.kappa) if self.kappa else -torch.inf
        scale = kept + drawn.logsumexp(1, keepdim=True) - log(x.shape[1])
        # |S| / (|S| + kappa m) = sigmoid(ln |S| - ln kappa m)
        return towards * (size - scale).sigmoid()

    def activity(
        self, population: Population, weights: Weights, x: Float[Tensor, "agents samples inputs"]
    ) -> tuple[Float[Tensor, "agents samples units"], Float[Tensor, "agents samples 1"]]:
        """Returns S / |S| and ln |S|; they reach beyond the largest number for a neurashed."""
        model = population.wrapped()
        size = max(1, CHUNK_BYTES // (8 * x.shape[1] * model.units()))
        parts = [
            self.traced(
                population,
                rows(weights, at, size),
                x[at : at + size],
                rows(population.state, at, size),
            )
            for at in range(0, population.total, size)
        ]
        towards, log_size = (torch.cat(part) for part in zip(*parts, strict=True))
        return towards, log_size

    def traced(
        self, population: Population, weights: Weights, x: Tensor, state: State
    ) -> tuple[Tensor, Tensor]:
        """Returns S / |S| and ln |S| of some agents."""
        model = population.wrapped()
        logarithms = model.log_trace(weights, x)
        if logarithms is not None:
            score = logarithms[self.part].flatten(2).double()
            top = score.amax(2, keepdim=True)
            s = (score - top).exp().masked_fill(score <= NOTHING, 0.0)
        else:
            s = model.trace(weights, x, state)[self.part].flatten(2).double()
            top = s.new_zeros(())
        norm = torch.linalg.vector_norm(s, dim=2, keepdim=True)
        towards = s / torch.where(norm > 0, norm, 1.0)
        return towards, (norm.log() + top).clamp_min(NOTHING)
