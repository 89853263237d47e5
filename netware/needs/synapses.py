"""Needs of synapses: whose units the weights of a model join, and what it shows of them."""

from dataclasses import dataclass
from typing import Any

import torch

from netware.errors import Problem
from netware.models.layers.synapses import hidden_layers
from netware.needs.base import AbstractNeed, Surroundings, population_field, population_of
from netware.needs.models import no_model, other_model
from netware.population import Population


@dataclass(frozen=True)
class HasSynapses(AbstractNeed):
    """Agents whose model says of all its weights which units they join.

    Args:
        hidden: Hidden layers at least. [1]
        layers: Field that chooses some of the hidden layers by number, or nothing.
    """

    hidden: int = 1
    layers: str = ""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a model of other weights, or of too few hidden layers."""
        population = population_of(member, world)
        if population is None:
            return []
        model = population.model
        if model is None:
            return [no_model(population, where, member)]
        synapses = model.synapses()
        hidden = len(hidden_layers(synapses))
        if hidden >= self.hidden:
            return self.missing_layers(member, hidden, where)
        found = f"a {type(model).__name__} with {hidden} hidden layer{'s' * (hidden != 1)}"
        if not synapses:
            named = ", ".join(model.weight_shapes())
            found = f"a {type(model).__name__}, of whose weights ({named}) no units are known"
        widths = f"[{', '.join(['10'] * self.hidden)}]"
        return [other_model(population, where, member, found, self.sentence(), widths)]

    def missing_layers(self, member: Any, hidden: int, where: str) -> list[Problem]:
        """Returns the layers that are chosen but not there."""
        chosen = getattr(member, self.layers) if self.layers else ()
        return [
            Problem(
                f"{where}.{self.layers}",
                f"layer {layer} of {hidden} hidden layers, the first being 0",
                f"layers of 0 .. {hidden - 1}",
                f"write '{self.layers}: [{hidden - 1}]' for the last one",
            )
            for layer in chosen
            if layer >= hidden
        ]

    def sentence(self) -> str:
        """Says how many hidden layers."""
        many = f"{self.hidden} hidden layer{'s' * (self.hidden != 1)} or more"
        return f"agents whose model joins known units, with {many}"


@dataclass(frozen=True)
class ShowsUnits(AbstractNeed):
    """Agents whose model shows in its trace what each hidden unit answers."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns hidden layers that no part of the trace shows."""
        population = population_of(member, world)
        if population is None or population.model is None:
            return []
        return untraced_layers(population, f"{where}.{population_field(type(member))}")

    def sentence(self) -> str:
        """Says what must be shown."""
        return "hidden units whose answers are in the model's trace"


def untraced_layers(population: Population, where: str) -> list[Problem]:
    """Returns the hidden layers that no part of the trace shows, asked of one agent and sample."""
    model, one = population.wrapped(), population.part(0, 1)
    sample = torch.zeros((1, 1, model.input_size()), dtype=one.dtype, device=one.device)
    traced = model.trace(one.weights, sample, one.state) if population.total else {}
    widths = {part: h.shape[-1] for part, h in traced.items()}
    return [
        Problem(
            where,
            f"{layer.layer} of '{population.name}', {layer.many} units whose answers no part shows",
            "a part that shows what the units answer after their activation",
            "in a torch.nn.Module write the activation as a part, 'self.act = torch.nn.ReLU()', "
            f"and call it; in a model of your own return 'tap(\"{layer.layer}\", h)' on the way",
        )
        for layer in hidden_layers(model.synapses())
        if not layer.traced
        or any(
            widths.get(part, 0) < layer.start + layer.many
            for part in layer.shown_by()
            if population.total
        )
    ]


@dataclass(frozen=True)
class HasRecursion(AbstractNeed):
    """Agents whose model applies one matrix to all its neurons over and over."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a model that does not."""
        population = population_of(member, world)
        if population is None:
            return []
        if population.model is None:
            return [no_model(population, where, member)]
        if population.model.recursion() is not None:
            return []
        return [
            Problem(
                f"{where}.{population_field(type(member))}",
                f"agents of '{population.name}' with a {type(population.model).__name__}",
                f"{self.sentence()}, such as urn",
                "name another population, or write 'model: {type: urn, ...}'",
            )
        ]

    def sentence(self) -> str:
        """Says what the model must be."""
        return "agents whose model is a recursion of one matrix"
