"""Morphology of weights: how evenly the connections of networks are spread over their nodes.

Node j of hidden layer l (0 .. L - 1 along the layer axis) receives by all weights that lead into
it, and sends by all that lead from it, biases apart: in a multilayer those are w^l and w^{l+1};
links inside a layer, and a recursion, count on both sides. A layer without any weight has no
connectivity: its fractions are 0.

Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, equations 1 and 4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from netware.errors import ScenarioError
from netware.models.layers.matrices import compact, into_receivers, out_of_senders, units_of
from netware.models.layers.synapses import Synapses, hidden_layers
from netware.population import Population


@dataclass(frozen=True)
class NodeShares:
    """What the nodes of one hidden layer have of all that it receives and sends.

    Args:
        received: f_in of each node, `(agents, nodes)`.
        sent: f_out of each node, `(agents, nodes)`.
    """

    received: Float[Tensor, "agents nodes"]
    sent: Float[Tensor, "agents nodes"]


Layers = Sequence[NodeShares]


def node_shares(population: Population) -> list[NodeShares]:
    """Returns what each node of every hidden layer of a population's model receives and sends.

    Refuses a model without a hidden layer, since no node of it both receives and sends.
    """
    model = population.wrapped()
    found = model.synapses()
    if not hidden_layers(found):
        raise ScenarioError(
            f"populations.{population.name}.model",
            found=f"a {type(model).__name__} without hidden layers whose weights are known",
            expected="a model whose weights join known units, such as multilayer",
            fix="measure another population, or write 'model: {type: multilayer, widths: [10]}'",
        )
    return shares_of(found, population.weights)


def shares_of(found: tuple[Synapses, ...], weights: Mapping[str, Tensor]) -> list[NodeShares]:
    """Returns what each node of every hidden layer receives and sends.

    f_in_j = sum_i |w_ij| / sum_{i, j'} |w_ij'|, f_out_j = sum_k |w_jk| / sum_{j', k} |w_j'k|
    over all matrices into the layer, and out of it.
    """
    layers = hidden_layers(found)
    received: dict[str, Tensor] = {}
    sent: dict[str, Tensor] = {}
    for one in found:
        size = compact(one, weights).abs()
        for sums, places, total in (
            (received, one.receivers, into_receivers(one, size)),
            (sent, one.senders, out_of_senders(one, size)),
        ):
            for layer in places:
                own = units_of(layer, total)
                sums[layer.layer] = sums[layer.layer] + own if layer.layer in sums else own
    return [NodeShares(share(received[layer.layer]), share(sent[layer.layer])) for layer in layers]


def between(weights: Sequence[Float[Tensor, "agents _ _"]]) -> list[NodeShares]:
    """Returns the shares of the nodes between matrices that lead from layer to layer."""
    return [NodeShares(f_in(before), f_out(after)) for before, after in pairwise(weights)]


def f_in(weight: Float[Tensor, "agents senders nodes"]) -> Float[Tensor, "agents nodes"]:
    """Returns each node's share of all absolute weight into its layer.

    f_j = sum_i |w_ij| / sum_{i, j'} |w_ij'|
    """
    return share(weight.abs().sum(1))


def f_out(weight: Float[Tensor, "agents nodes receivers"]) -> Float[Tensor, "agents nodes"]:
    """Returns each node's share of all absolute weight out of its layer.

    f_j = sum_k |w_jk| / sum_{j', k} |w_j'k|
    """
    return share(weight.abs().sum(2))


def connectivity(layers: Layers) -> list[Float[Tensor, "agents nodes"]]:
    """Returns the nodal connectivity c = f_in f_out of each hidden layer."""
    return [one.received * one.sent for one in layers]


def entropy(c: Float[Tensor, "agents nodes"]) -> Float[Tensor, " agents"]:
    """Returns S = - sum_j p_j ln p_j of p = c / sum c, in nats; ln n if all nodes are alike."""
    return torch.special.entr(share(c)).sum(1)


def amplitude(c: Float[Tensor, "agents nodes"]) -> Float[Tensor, " agents"]:
    """Returns the channel amplitude R = sum_j c_j: 1/n if all are alike, 1 if one has everything.

    Where nodes receive and send unevenly in different ways R falls below 1/n, down to 0.
    """
    return c.sum(1)


def entropies(layers: Layers) -> Float[Tensor, "agents layers"]:
    """Returns S of every hidden layer."""
    return torch.stack([entropy(c) for c in connectivity(layers)], 1)


def amplitudes(layers: Layers) -> Float[Tensor, "agents layers"]:
    """Returns R of every hidden layer."""
    return torch.stack([amplitude(c) for c in connectivity(layers)], 1)


def in_out_correlation(layers: Layers) -> Float[Tensor, "agents layers"]:
    """Returns Pearson's correlation of f_in and f_out over the nodes of each hidden layer."""
    return torch.stack([correlation(one.received, one.sent) for one in layers], 1)


def structure(layers: Layers) -> Float[Tensor, " agents"]:
    """Returns rbar, the mean over all hidden layers of the in-out correlation.

    Networks with channels, which receive and send much at the same nodes, have rbar > 0.5.
    """
    return in_out_correlation(layers).mean(1)


def structure_by_chance(
    layers: Layers, keys: Sequence[Shaped[Tensor, "permutations agents _"]]
) -> Float[Tensor, " agents"]:
    """Returns p, how often nodes permuted within their layers reach rbar.

    p = (1 + permutations with rbar no smaller) / (1 + permutations)

    Args:
        layers: The nodes of the agents.
        keys: Random numbers for each layer; sorting them gives one permutation of its f_out.
    """
    by_chance: list[Tensor] = []
    for one, order in zip(layers, keys, strict=True):
        permuted = one.sent.expand(order.shape).gather(-1, order.argsort(-1))
        by_chance.append(correlation(one.received.expand(order.shape), permuted))
    observed = structure(layers)
    reached = torch.stack(by_chance, -1).mean(-1) >= observed
    return (1 + reached.sum(0)).to(observed.dtype) / (1 + len(keys[0]))


def share(values: Float[Tensor, "*agents nodes"]) -> Float[Tensor, "*agents nodes"]:
    """Returns values over their sum, 0 where the sum is 0."""
    total = values.sum(-1, keepdim=True)
    return values / torch.where(total == 0, torch.ones_like(total), total)


def correlation(
    x: Float[Tensor, "*agents nodes"], y: Float[Tensor, "*agents nodes"]
) -> Float[Tensor, "*agents"]:
    """Returns Pearson's correlation along the last axis, 0 where one of the two is constant."""
    dx, dy = x - x.mean(-1, keepdim=True), y - y.mean(-1, keepdim=True)
    spread = (dx.square().sum(-1) * dy.square().sum(-1)).sqrt()
    return (dx * dy).sum(-1) / torch.where(spread == 0, torch.ones_like(spread), spread)
