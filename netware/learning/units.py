"""Capacity: the hidden units of agents, how active a task finds them, and which are frozen.

Units are grouped as the model has them: each hidden layer of a layered network, or all neurons
of a URN between those of input and output. A unit is frozen if all weights into it are.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from netware.errors import ScenarioError
from netware.learning.learner import FROZEN
from netware.models.base import AbstractModel
from netware.models.urn import Urn
from netware.population import CHUNK_BYTES, Population, rows
from netware.tasks.base import Examples


Units = list[Bool[Tensor, "agents _"]]


@dataclass(frozen=True)
class Synapses:
    """A matrix of weights, `[agents, senders, receivers]`, and the bias of its receivers.

    Args:
        weight: Name of the matrix.
        bias: Name of the bias, or nothing.
    """

    weight: str
    bias: str

    def into(self) -> tuple[str, ...]:
        """Names all weights into the receivers."""
        return (self.weight, self.bias) if self.bias else (self.weight,)


def synapses(population: Population, where: str) -> tuple[Synapses, ...]:
    """Returns the matrices of a population's model in the order of use, or says what it lacks.

    A model qualifies if it has hidden layers, and these and their biases are all its weights, or
    if it is a URN: else a unit would also hear through weights that are not known here.
    """
    model, shapes = population.wrapped(), population.wrapped().weight_shapes()
    if isinstance(model, Urn):
        return (Synapses("w", "b"),)
    if found := layered(model):
        return found
    raise ScenarioError(
        where,
        found=f"units of a {type(model).__name__}, whose weights are {', '.join(shapes)}",
        expected="a model of hidden layers, or a URN, such as multilayer or urn",
        fix="choose a population with such a model",
    )


def layered(model: AbstractModel) -> tuple[Synapses, ...]:
    """Returns the layers of a model and their biases, if it has hidden ones and nothing else."""
    shapes = model.weight_shapes()
    found = tuple(
        Synapses(name, f"b{name[1:]}" if f"b{name[1:]}" in shapes else "")
        for name in model.layers()
    )
    whole = {name for one in found for name in one.into()} == set(shapes)
    return found if len(found) > 1 and whole else ()


def hidden(model: AbstractModel, values: list[Tensor]) -> list[Tensor]:
    """Returns values of receivers, one tensor for each matrix, for hidden units only."""
    if isinstance(model, Urn):
        return [values[0][..., model.inputs : model.neurons - model.outputs]]
    return values[:-1]


def activity(population: Population, examples: Examples) -> list[Float[Tensor, "agents _"]]:
    """Returns the mean size of each hidden unit's activity over the samples.

    Of a URN's neuron it is that of the iteration at which it is largest. Some agents at a time,
    to fit memory.
    """
    model, inputs = population.wrapped(), examples.of(population.replica).inputs
    numbers = inputs.shape[1] * model.units() * inputs.element_size()
    size = max(1, CHUNK_BYTES // numbers)
    parts = []
    for start in range(0, population.total, size):
        weights, state = (
            rows(held, start, size) for held in (population.weights, population.state)
        )
        traced = model.trace(weights, inputs[start : start + size], state)
        means = [h.abs().mean(1) for part, h in traced.items() if part != "output"]
        if isinstance(model, Urn):
            means = hidden(model, [torch.stack(means).amax(0)])
        parts.append(means)
    return [torch.cat(layer) for layer in zip(*parts, strict=True)]


def frozen_receivers(population: Population, one: Synapses) -> Bool[Tensor, "agents receivers"]:
    """Returns which receivers of a matrix have nothing left to learn."""
    column = population.state.get(FROZEN + one.weight)
    if column is None:
        w = population.weights[one.weight]
        return torch.zeros((len(w), w.shape[2]), dtype=torch.bool, device=w.device)
    return column.all(1)


def frozen_units(population: Population, where: str) -> Units:
    """Returns which hidden units are frozen, group by group."""
    found = [frozen_receivers(population, one) for one in synapses(population, where)]
    return hidden(population.wrapped(), found)


def frozen_answers(population: Population, where: str) -> Bool[Tensor, "agents outputs"]:
    """Returns which outputs are frozen."""
    last = frozen_receivers(population, synapses(population, where)[-1])
    return last[:, last.shape[1] - population.wrapped().output_size() :]


def ends(
    population: Population, units: Units, answers: Bool[Tensor, "agents outputs"]
) -> list[tuple[Bool[Tensor, "agents _"], Bool[Tensor, "agents _"]]]:
    """Returns which senders and which receivers of each matrix belong to a set of units.

    Args:
        population: The agents.
        units: Hidden units of the set, group by group.
        answers: Outputs of the set; all inputs belong to it.
    """
    model = population.wrapped()
    given = answers.new_ones(population.total, model.input_size())
    if isinstance(model, Urn):
        whole = torch.cat([given, *units, answers], 1)
        return [(whole, whole)]
    return list(pairwise([given, *units, answers]))
