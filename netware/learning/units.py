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
from netware.models.layers.matrices import for_all_senders
from netware.models.layers.synapses import INPUT, OUTPUT, Places, Synapses, hidden_layers
from netware.needs.synapses import untraced_layers
from netware.population import CHUNK_BYTES, Population, rows
from netware.tasks.base import Examples


Units = list[Bool[Tensor, "agents _"]]


def known_synapses(population: Population, where: str) -> tuple[Synapses, ...]:
    """Returns the matrices of a population's model in the order of use, or says what it lacks.

    A model qualifies if it has hidden units and says of all its weights which units they join,
    each weight one pair of units alone: else a unit would also hear through weights that are not
    its own.
    """
    model, shapes = population.wrapped(), population.wrapped().weight_shapes()
    found = model.synapses()
    own = all(one.copies == 1 and one.added is None for one in found)
    if hidden_layers(found) and own:
        return found
    raise ScenarioError(
        where,
        found=f"units of a {type(model).__name__}, whose weights are {', '.join(shapes)}",
        expected="a model each of whose weights joins two known units, such as multilayer or urn",
        fix="choose a population with such a model",
    )


def must_show_units(population: Population, where: str) -> None:
    """Refuses a model that does not show what each of its hidden units answers."""
    known_synapses(population, where)
    if missing := untraced_layers(population, where):
        raise ScenarioError.together(missing)


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
    means = [traced[part].abs().mean(1) for part in layer.shown_by()]
    return torch.stack(means).amax(0)[:, layer.start : layer.start + layer.many]


def frozen_receivers(population: Population, one: Synapses) -> Bool[Tensor, "agents receivers"]:
    """Returns which receivers of a matrix have nothing left to learn."""
    column = population.state.get(FROZEN + one.weight)
    if column is None:
        w = population.weights[one.weight]
        return torch.zeros((len(w), one.sizes()[1]), dtype=torch.bool, device=w.device)
    return for_all_senders(one, column)


def frozen_at(population: Population, where: str, places: Places) -> Bool[Tensor, "agents _"]:
    """Returns which units of a layer are frozen: in every matrix that leads into them."""
    found = [
        frozen_receivers(population, one)[:, places.start : places.start + places.many]
        for one in known_synapses(population, where)
        if places in one.receivers
    ]
    return torch.stack(found).all(0)


def frozen_units(population: Population, where: str) -> Units:
    """Returns which hidden units are frozen, layer by layer."""
    layers = hidden_layers(known_synapses(population, where))
    return [frozen_at(population, where, layer) for layer in layers]


def frozen_answers(population: Population, where: str) -> Bool[Tensor, "agents outputs"]:
    """Returns which outputs are frozen."""
    return frozen_at(population, where, known_synapses(population, where)[-1].receivers[-1])


def ends(
    population: Population, units: Units, answers: Bool[Tensor, "agents outputs"]
) -> list[tuple[Bool[Tensor, "agents _"], Bool[Tensor, "agents _"]]]:
    """Returns which senders and which receivers of each matrix belong to a set of units.

    Args:
        population: The agents.
        units: Hidden units of the set, layer by layer.
        answers: Outputs of the set; all inputs belong to it.
    """
    found = population.wrapped().synapses()
    names = [layer.layer for layer in hidden_layers(found)]
    held = dict(zip(names, units, strict=True)) | {OUTPUT: answers}
    rows_of = {
        places: torch.cat(
            [
                answers.new_ones(population.total, one.many)
                if one.layer == INPUT
                else held[one.layer]
                for one in places
            ],
            1,
        )
        for one in found
        for places in (one.senders, one.receivers)
    }
    return [(rows_of[one.senders], rows_of[one.receivers]) for one in found]
