"""Lesion: damage to weights, to neurons, to whole agents or to their state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from jaxtyping import Bool
from torch import Tensor
from torch.nn.functional import pad

from netware.errors import ScenarioError
from netware.models.layers.matrices import as_laid, at_receivers, at_senders
from netware.models.layers.synapses import Synapses, hidden_layers
from netware.parameters import Column, Fraction, PopulationName
from netware.population import Population
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads, must_own
from netware.world import World


@dataclass(frozen=True)
class Lesion(AbstractRule):
    """Sets a random part of weights, of neurons, of agents or of their state to zero.

    w <- w m,   m = 0 for what is hit, 1 for the rest

    `weights` hits each weight of each agent, biases apart, with probability `fraction`, agent by
    agent. `neurons` hits round(fraction n) of the n neurons of each hidden layer of each agent:
    the weights into it, its bias and the weights out of it; of a URN, of all neurons but those of
    input and output, its row and its column.
    `agents` hits round(fraction N) of the N agents then in each replica, which lose all weights
    and biases; `state` hits as many, which lose a column of state. What is hit may be learnt
    anew. A memory keeps its patterns in place of the matrix that they make: there, `weights` are
    units of stored patterns.

    Args:
        on: Population to damage.
        fraction: Part that is hit, 0 to 1. [1]
        what: What is hit: `weights`, `neurons`, `agents`, or the `state` of agents.
        state: Column that agents lose where `state` is hit.

    Reads: weights, or the column `state`.
    Writes: weights, or the column `state`; before the agents think.

    Source: Derrida, Gardner and Zippelius (1987), Europhys. Lett. 4, 167,
    doi:10.1209/0295-5075/4/2/007, for random dilution.
    Departs from it: also hits neurons and agents.
    """

    on: PopulationName
    fraction: Fraction
    what: Literal["weights", "neurons", "agents", "state"] = "weights"
    state: Column = "output"

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "generate"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents without weights, without the column, or without neurons to hit."""
        population = world[self.on]
        if self.what == "state":
            population[self.state]
            return world
        if not population.weights:
            raise ScenarioError(
                f"rules.{acting.rule}.on",
                found=f"agents of '{self.on}' without weights",
                expected="agents with a model, or a column of state to lose",
                fix="write 'what: state' and 'state: <column>', or choose another population",
            )
        must_own(world, acting, self.on, f"rules.{acting.rule}.on")
        if self.what == "neurons":
            neurons(population, f"rules.{acting.rule}.what")
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the damage."""
        population = world[self.on]
        if self.what == "state":
            column = population[self.state]
            kept = column.masked_fill(shaped(self.hit_agents(world, acting), column), 0)
            return world.with_state(self.on, **{self.state: kept})
        if self.what == "agents":
            hit = self.hit_agents(world, acting)
            weights = {
                name: w.masked_fill(shaped(hit, w), 0) for name, w in population.weights.items()
            }
        elif self.what == "neurons":
            weights = self.without_neurons(world, acting)
        else:
            weights = {
                name: w.masked_fill(self.hit_weights(world, acting, name, w), 0)
                for name, w in population.weights.items()
                if w.dim() > 2
            }
        return world.with_weights(self.on, weights)

    def hit_weights(
        self, world: World, acting: Acting, name: str, w: Tensor
    ) -> Bool[Tensor, "..."]:
        """Returns which weights of one name are hit."""
        stream = acting.stream(world, self.on, name)
        return stream.bernoulli(self.fraction, tuple(w.shape[1:]))

    def hit_agents(self, world: World, acting: Acting) -> Bool[Tensor, " agents"]:
        """Returns which agents are hit: the first of each replica in a random order."""
        population = world[self.on]
        order = acting.stream(world, self.on, "agents").order(population.present)
        return population.share_of_present(self.fraction, order)

    def without_neurons(self, world: World, acting: Acting) -> Mapping[str, Tensor]:
        """Returns the weights without some hidden neurons of each agent."""
        population = world[self.on]
        weights = dict(population.weights)
        found = neurons(population, f"rules.{acting.rule}.what")
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

    A model qualifies if it has hidden neurons and says of all its weights whom they join, each
    weight once: else a neuron would also speak through weights that no rule here knows, or that
    others speak through too.
    """
    model, shapes = population.wrapped(), population.wrapped().weight_shapes()
    found = model.synapses()
    if hidden_layers(found) and all(one.copies == 1 for one in found):
        return found
    raise ScenarioError(
        where,
        found=f"neurons of a {type(model).__name__}, whose weights are {', '.join(shapes)}",
        expected="a model whose weights join known neurons, such as multilayer or urn",
        fix="write 'what: weights'",
    )


def shaped(hit: Bool[Tensor, " agents"], like: Tensor) -> Bool[Tensor, "agents ..."]:
    """Returns which agents are hit, with as many axes as `like`."""
    return hit.view(-1, *[1] * (like.dim() - 1))
