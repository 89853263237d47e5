"""Neuron lesion: agents lose hidden neurons, with all that leads into them and out of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Bool
from torch import Tensor
from torch.nn.functional import pad

from netware.errors import ScenarioError
from netware.models.layers.matrices import as_laid, at_receivers, at_senders
from netware.models.layers.synapses import Synapses, hidden_layers
from netware.parameters import Fraction, PopulationName
from netware.population import Population
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads
from netware.rules.perturbation.base import check_weights
from netware.world import World


@dataclass(frozen=True)
class NeuronLesion(AbstractRule):
    """Sets the weights into and out of some hidden neurons of each agent, and their bias, to zero.

    w_jk <- w_jk m_j m_k,   b_j <- b_j m_j,   m = 0 for round(fraction n) of the n neurons of each
    hidden layer, 1 for the rest

    Of a URN, all neurons but those of input and output are one layer: a neuron that is hit loses
    its row and its column. What is hit may be learnt again.

    Args:
        on: Population to damage.
        fraction: Part of the neurons of each hidden layer that is hit, 0 to 1. [1]

    Reads: weights.
    Writes: weights; before the agents think.

    Source: Morcos, Barrett, Rabinowitz and Botvinick (2018), ICLR, arXiv:1803.06959, for ablation
    of random sets of units.
    Departs from it: the weights are set to zero, not the activity clamped, so that it may recover.
    """

    on: PopulationName
    fraction: Fraction

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "generate"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents without weights of their own, or without neurons to hit."""
        check_weights(world, acting, self.on)
        neurons(world[self.on], f"rules.{acting.rule}.on")
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the damage."""
        return world.with_weights(self.on, self.without_neurons(world, acting))

    def without_neurons(self, world: World, acting: Acting) -> Mapping[str, Tensor]:
        """Returns the weights without some hidden neurons of each agent."""
        population = world[self.on]
        weights = dict(population.weights)
        found = neurons(population, f"rules.{acting.rule}.on")
        for index, layer in enumerate(hidden_layers(found)):
            keys = acting.stream(world, self.on, f"layer{index}").words((layer.many,))
            ranks = keys.argsort(dim=1, stable=True).argsort(dim=1)
            hit = ranks < round(self.fraction * layer.many)
            for one in found:
                senders, receivers = one.sizes()
                if layer in one.receivers:
                    weights |= without_receivers(one, weights, padded(hit, layer.start, receivers))
                if layer in one.senders:
                    weights |= without_senders(one, weights, padded(hit, layer.start, senders))
        return weights


def without_receivers(
    one: Synapses, weights: Mapping[str, Tensor], gone: Bool[Tensor, "agents receivers"]
) -> dict[str, Tensor]:
    """Returns the weights into some receivers, and their biases, as zeros."""
    w = weights[one.weight]
    changed = {one.weight: w.masked_fill(as_laid(one, at_receivers(one, gone), w), 0)}
    if one.bias:
        changed[one.bias] = weights[one.bias].masked_fill(gone, 0)
    if one.added:
        changed[one.added.up] = weights[one.added.up].masked_fill(gone[:, None, :], 0)
    return changed


def without_senders(
    one: Synapses, weights: Mapping[str, Tensor], gone: Bool[Tensor, "agents senders"]
) -> dict[str, Tensor]:
    """Returns the weights out of some senders as zeros."""
    w = weights[one.weight]
    changed = {one.weight: w.masked_fill(as_laid(one, at_senders(one, gone), w), 0)}
    if one.added:
        changed[one.added.down] = weights[one.added.down].masked_fill(gone[:, :, None], 0)
    return changed


def padded(hit: Bool[Tensor, "agents _"], start: int, size: int) -> Bool[Tensor, "agents _"]:
    """Returns which of `size` units are hit, given those that stand in a row from `start`."""
    return pad(hit, (start, size - start - hit.shape[1]))


def neurons(population: Population, where: str) -> tuple[Synapses, ...]:
    """Returns the matrices of a population's model, or says that it has no neurons to hit.

    A model qualifies if it has hidden neurons and says of all its weights which units they join,
    each weight once: else a neuron would also speak through weights that no rule here knows, or
    that others speak through too.
    """
    model, shapes = population.wrapped(), population.wrapped().weight_shapes()
    found = model.synapses()
    if hidden_layers(found) and all(one.copies == 1 for one in found):
        return found
    raise ScenarioError(
        where,
        found=f"neurons of a {type(model).__name__}, whose weights are {', '.join(shapes)}",
        expected="a model whose weights join known neurons, such as multilayer or urn",
        fix="write 'lesion', which hits single weights",
    )
