"""Morphology of weights: how evenly the connections of layered networks are spread over nodes.

Every function takes the weights w^1 .. w^{L+1} of many agents, each `(agents, in, out)`, without
biases. Node j of hidden layer l (0 .. L - 1 along the layer axis) receives by w^l and sends by
w^{l+1}. A layer without any weight has no connectivity: its fractions are 0.

Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, equations 1 and 4.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from netware.errors import ScenarioError
from netware.population import Population


Matrices = Sequence[Tensor]


def layered_weights(population: Population) -> list[Tensor]:
    """Returns the weights between the layers of a population's model, input to output.

    Refuses a model without a hidden layer, since no node of it both receives and sends.
    """
    model = population.wrapped()
    names = model.layers()
    if len(names) < 2:
        raise ScenarioError(
            f"populations.{population.name}.model",
            found=f"a {type(model).__name__} with {len(names)} weights between layers",
            expected="a layered model with a hidden layer, such as multilayer",
            fix="measure another population, or write 'model: {type: multilayer, widths: [10]}'",
        )
    return [population.weights[name] for name in names]


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


def connectivity(weights: Matrices) -> list[Float[Tensor, "agents nodes"]]:
    """Returns the nodal connectivity c = f_in f_out of each hidden layer."""
    return [f_in(before) * f_out(after) for before, after in pairwise(weights)]


def entropy(c: Float[Tensor, "agents nodes"]) -> Float[Tensor, " agents"]:
    """Returns S = - sum_j p_j ln p_j of p = c / sum c, in nats; ln n if all nodes are alike."""
    return torch.special.entr(share(c)).sum(1)


def amplitude(c: Float[Tensor, "agents nodes"]) -> Float[Tensor, " agents"]:
    """Returns the channel amplitude R = sum_j c_j: 1/n if all are alike, 1 if one has everything.

    Where nodes receive and send unevenly in different ways R falls below 1/n, down to 0.
    """
    return c.sum(1)


def entropies(weights: Matrices) -> Float[Tensor, "agents layers"]:
    """Returns S of every hidden layer."""
    return torch.stack([entropy(c) for c in connectivity(weights)], 1)


def amplitudes(weights: Matrices) -> Float[Tensor, "agents layers"]:
    """Returns R of every hidden layer."""
    return torch.stack([amplitude(c) for c in connectivity(weights)], 1)


def in_out_correlation(weights: Matrices) -> Float[Tensor, "agents layers"]:
    """Returns Pearson's correlation of f_in and f_out over the nodes of each hidden layer."""
    each = [correlation(f_in(before), f_out(after)) for before, after in pairwise(weights)]
    return torch.stack(each, 1)


def structure(weights: Matrices) -> Float[Tensor, " agents"]:
    """Returns rbar, the mean over all hidden layers of the in-out correlation.

    Networks with channels, which receive and send much at the same nodes, have rbar > 0.5.
    """
    return in_out_correlation(weights).mean(1)


def structure_by_chance(
    weights: Matrices, keys: Shaped[Tensor, "permutations agents layers nodes"]
) -> Float[Tensor, " agents"]:
    """Returns p, how often nodes permuted within their layers reach rbar (hidden widths alike).

    p = (1 + permutations with rbar no smaller) / (1 + permutations)

    Args:
        weights: Weights of the agents.
        keys: Random numbers; sorting those of a layer gives one permutation of its f_out.
    """
    received = torch.stack([f_in(weight) for weight in weights[:-1]], 1)
    sent = torch.stack([f_out(weight) for weight in weights[1:]], 1)
    observed = correlation(received, sent).mean(-1)
    permuted = sent.expand(keys.shape).gather(-1, keys.argsort(-1))
    reached = correlation(received.expand(keys.shape), permuted).mean(-1) >= observed
    return (1 + reached.sum(0)).to(observed.dtype) / (1 + len(keys))


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
