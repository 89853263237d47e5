"""Capacity: the hidden units of agents, how active a task finds them, and which are frozen.

Units are grouped as the model's synapses have them: each hidden layer of a layered network, or
all neurons of a URN between those of input and output. A unit is frozen if all weights into it are.
"""

from collections.abc import Mapping

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from netware.errors import ScenarioError
from netware.learning.learner import FROZEN
from netware.models.base import INPUT, OUTPUT, Places, Synapses
from netware.population import CHUNK_BYTES, Population, rows
from netware.tasks.base import Examples


Units = list[Bool[Tensor, "agents _"]]


def synapses(population: Population, where: str) -> tuple[Synapses, ...]:
    """Returns the matrices of a population's model in the order of use, or says what it lacks.

    A model qualifies if it has hidden units and says of all its weights whom they join: else a
    unit would also hear through weights that are not known here.
    """
    model, shapes = population.wrapped(), population.wrapped().weight_shapes()
    if hidden_layers(found := model.synapses()):
        return found
    raise ScenarioError(
        where,
        found=f"units of a {type(model).__name__}, whose weights are {', '.join(shapes)}",
        expected="a model of hidden layers, or a URN, such as multilayer or urn",
        fix="choose a population with such a model",
    )


def hidden_layers(found: tuple[Synapses, ...]) -> list[Places]:
    """Returns the hidden layers that matrices lead into, in the order of use."""
    receivers = [places for one in found for places in one.receivers]
    return list(dict.fromkeys(one for one in receivers if one.layer not in (INPUT, OUTPUT)))


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
        parts.append([largest_mean(traced, layer) for layer in hidden_layers(model.synapses())])
    return [torch.cat(layer) for layer in zip(*parts, strict=True)]


def largest_mean(
    traced: Mapping[str, Float[Tensor, "agents samples _"]], layer: Places
) -> Float[Tensor, "agents _"]:
    """Returns the mean size of the units of a layer, at the part where it is largest."""
    means = [traced[part].abs().mean(1) for part in layer.parts or (layer.layer,)]
    return torch.stack(means).amax(0)[:, layer.start : layer.start + layer.many]


def frozen_receivers(population: Population, one: Synapses) -> Bool[Tensor, "agents receivers"]:
    """Returns which receivers of a matrix have nothing left to learn."""
    column = population.state.get(FROZEN + one.weight)
    if column is None:
        w = population.weights[one.weight]
        return torch.zeros((len(w), w.shape[2]), dtype=torch.bool, device=w.device)
    return column.all(1)


def frozen_at(population: Population, where: str, places: Places) -> Bool[Tensor, "agents _"]:
    """Returns which units of a layer are frozen: in every matrix that leads into them."""
    found = [
        frozen_receivers(population, one)[:, places.start : places.start + places.many]
        for one in synapses(population, where)
        if places in one.receivers
    ]
    return torch.stack(found).all(0)


def frozen_units(population: Population, where: str) -> Units:
    """Returns which hidden units are frozen, layer by layer."""
    layers = hidden_layers(synapses(population, where))
    return [frozen_at(population, where, layer) for layer in layers]


def frozen_answers(population: Population, where: str) -> Bool[Tensor, "agents outputs"]:
    """Returns which outputs are frozen."""
    return frozen_at(population, where, synapses(population, where)[-1].receivers[-1])


def ends(
    population: Population, units: Units, answers: Bool[Tensor, "agents outputs"]
) -> list[tuple[Bool[Tensor, "agents _"], Bool[Tensor, "agents _"]]]:
    """Returns which senders and which receivers of each matrix belong to a set of units.

    Args:
        population: The agents.
        units: Hidden units of the set, layer by layer.
        answers: Outputs of the set; all inputs belong to it.
    """
    model = population.wrapped()
    found = model.synapses()
    names = [layer.layer for layer in hidden_layers(found)]
    held = dict(zip(names, units, strict=True)) | {OUTPUT: answers}
    held[INPUT] = answers.new_ones(population.total, model.input_size())
    rows_of = {
        places: torch.cat([held[one.layer] for one in places], 1)
        for one in found
        for places in (one.senders, one.receivers)
    }
    return [(rows_of[one.senders], rows_of[one.receivers]) for one in found]
