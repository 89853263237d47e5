"""Relevance in an unrolled recursion: which neurons, and which weights, an answer comes from.

Activity is `(agents, iterations + 1, neurons)`: iteration 0 holds the inputs. Weights are rows
of senders and columns of receivers, `w[:, j, i]` from neuron j to neuron i, as in `models/urn.py`.

Source: Golkar (2019), arXiv:1911.11691, section 2, whose sorting of neurons by their first
activity is no partition that survives masking; the unrolled mask here is.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from netware.errors import ScenarioError
from netware.learning.losses import right
from netware.models.base import AbstractModel, State, Weights
from netware.models.layers.synapses import Recursion
from netware.population import CHUNK_BYTES, Population, rows
from netware.tasks.base import Examples


def recursion_of(population: Population) -> Recursion:
    """Returns the recursion that these agents are, or says that they are none."""
    model = population.wrapped()
    found = model.recursion()
    if found is None:
        raise ScenarioError(
            f"populations.{population.name}.model",
            found=f"a {type(model).__name__}",
            expected="one matrix that is unrolled over iterations, such as urn",
            fix="measure another population, or write 'model: {type: urn, ...}'",
        )
    return found


def unrolled(
    model: AbstractModel,
    weights: Weights,
    inputs: Float[Tensor, "agents samples inputs"],
    state: State,
) -> tuple[Float[Tensor, "agents iterations neurons"], Bool[Tensor, "agents iterations neurons"]]:
    """Returns each neuron's mean size over the samples, and whether it is ever active.

    Iteration 0 has the inputs on the first neurons.
    """
    recursion, traced = model.recursion(), model.trace(weights, inputs, state)
    assert recursion is not None
    rest = inputs.new_zeros(len(inputs), recursion.neurons - recursion.inputs)
    mean, active = [], []
    for iteration in range(recursion.iterations + 1):
        h = traced[f"iteration{iteration}"] if iteration else inputs
        size, ever = h.abs().mean(1), (h != 0).any(1)
        mean.append(size if iteration else torch.cat([size, rest], 1))
        active.append(ever if iteration else torch.cat([ever, rest > 0], 1))
    return torch.stack(mean, 1), torch.stack(active, 1)


def stopped_accuracies(
    population: Population, examples: Examples
) -> Float[Tensor, "agents iterations"]:
    """Returns the share of right answers of each agent, were it stopped at each iteration.

    At iteration 0 the outputs are still zero. Some agents at a time, to fit memory.
    """
    model, recursion = population.wrapped(), recursion_of(population)
    own = examples.of(population.replica)
    numbers = recursion.neurons * own.inputs.shape[1] * (recursion.iterations + 1)
    size = max(1, CHUNK_BYTES // (numbers * own.inputs.element_size()))
    parts = []
    for start in range(0, population.total, size):
        x, t = own.inputs[start : start + size], own.targets[start : start + size]
        weights, state = (
            rows(held, start, size) for held in (population.weights, population.state)
        )
        traced = model.trace(weights, x, state)
        answers = [x.new_zeros(*x.shape[:2], recursion.outputs)] + [
            traced[f"iteration{at}"][..., -recursion.outputs :]
            for at in range(1, recursion.iterations + 1)
        ]
        correct = [right(own.asked(y), t, own.goal) for y in answers]
        parts.append(torch.stack(correct, 1).to(population.dtype).mean(2))
    return torch.cat(parts)


def relevant_neurons(
    active: Bool[Tensor, "agents iterations neurons"],
    strong: Bool[Tensor, "agents neurons neurons"],
    outputs: int,
    carried: int = 0,
) -> Bool[Tensor, "agents iterations neurons"]:
    """Returns which neurons of which iteration the outputs of the last one come from.

    Backwards from the outputs: (l, j) is relevant if j is active at l and has a strong weight into
    a neuron that is relevant at l + 1.

    Args:
        active: Which neurons are not zero, at iterations 0 .. I.
        strong: Which weights count, |w| > tau.
        outputs: Neurons at the end that are read after the last iteration, all relevant there.
        carried: Neurons at the end that keep their value from one iteration to the next (those
            of a residual output), so that they are relevant to themselves.
    """
    neurons = active.shape[2]
    place = torch.arange(neurons, device=active.device)
    last = (place >= neurons - outputs).expand(len(active), -1)
    keeps = place >= neurons - carried
    relevant = [last]
    for at in range(active.shape[1] - 2, -1, -1):
        after = relevant[0]
        sends = (strong & after[:, None, :]).any(2) | (after & keeps)
        relevant.insert(0, sends & active[:, at])
    return torch.stack(relevant, 1)


def relevant_weights(
    relevant: Bool[Tensor, "agents iterations neurons"],
    strong: Bool[Tensor, "agents neurons neurons"],
) -> Bool[Tensor, "agents steps neurons neurons"]:
    """Returns which weights matter from each iteration to the next; `any(1)` is one mask for W."""
    return strong[:, None] & relevant[:, :-1, :, None] & relevant[:, 1:, None, :]


def layer_of(
    activity: Float[Tensor, "agents iterations neurons"], inputs: int, outputs: int
) -> Int[Tensor, "agents neurons"]:
    """Returns each neuron's layer: the iteration of its largest mean activity.

    Inputs are layer 0 and outputs layer I, whatever their activity.
    """
    layer = activity.argmax(1)
    place = torch.arange(layer.shape[1], device=layer.device)
    layer = torch.where(place < inputs, 0, layer)
    return torch.where(place >= len(place) - outputs, activity.shape[1] - 1, layer)


def layered_flow(
    activity: Float[Tensor, "agents iterations neurons"],
    w: Float[Tensor, "agents neurons neurons"],
    relevant: Bool[Tensor, "agents iterations neurons"],
    strong: Bool[Tensor, "agents neurons neurons"],
    layer: Int[Tensor, "agents neurons"],
) -> Float[Tensor, " agents"]:
    """Returns the share of the flow that goes from a layer to the next: 1 is a feedforward net.

    F_ij = sum_l |W_ij| E[N_j^(l)] over relevant weights from l to l + 1; 0 if nothing flows.
    """
    size = w.abs() * strong
    layers = torch.arange(activity.shape[1], device=w.device)
    inside = (layer[:, None, :] == layers[:, None]).to(w.dtype)
    whole, onward = w.new_zeros(len(w)), w.new_zeros(len(w))
    for at in range(activity.shape[1] - 1):
        leaving = activity[:, at] * relevant[:, at]
        arriving = torch.bmm(inside * leaving[:, None], size) * relevant[:, at + 1, None]
        whole = whole + arriving.sum((1, 2))
        onward = onward + (arriving[:, :-1] * inside[:, 1:]).sum((1, 2))
    return onward / torch.where(whole == 0, torch.ones_like(whole), whole)
