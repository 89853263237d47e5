"""Coalitions: what groups are worth, and Shapley's value of their members.

A coalition of n agents is a row of n zeros and ones, or the number whose binary digits they are
(bit i is agent i). Batches of games, such as replicas, lie on the first axis.
"""

from math import factorial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.measures.coalition_games.base import AbstractCoalitionGame


MOST_EXACT = 12
CHUNK = 1 << 22


def subsets(agents: int, like: Tensor) -> Float[Tensor, "subsets agents"]:
    """Returns all 2^n coalitions as rows, in the order of their numbers."""
    numbers = torch.arange(2**agents, device=like.device)
    bits = torch.arange(agents, device=like.device)
    return ((numbers[:, None] >> bits) & 1).to(like.dtype)


def values_of_all(
    game: AbstractCoalitionGame, worth: Float[Tensor, "games agents"]
) -> Float[Tensor, "games subsets"]:
    """Returns v of all coalitions of each game."""
    return game.value(subsets(worth.shape[1], worth)[None], worth[:, None])


def shapley(values: Float[Tensor, "games subsets"]) -> Float[Tensor, "games agents"]:
    """Returns phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)), exactly.

    Source: Shapley (1953), Contributions to the Theory of Games 2, 307, Princeton.
    """
    agents = values.shape[1].bit_length() - 1
    members = subsets(agents, values)
    size = members.sum(1).long()
    share = [
        factorial(s) * factorial(agents - s - 1) / factorial(agents) if s < agents else 0.0
        for s in range(agents + 1)
    ]
    weight = torch.tensor(share, dtype=values.dtype, device=values.device)
    # v(S + i) counts with the weight of S, which has one member less, and -v(S) with its own.
    joined, left = weight[(size - 1).clamp(min=0)], weight[size]
    factor = members * joined[:, None] - (1 - members) * left[:, None]
    return values @ factor


def shapley_of_subgames(
    values: Float[Tensor, "games subsets"],
) -> Float[Tensor, "games subsets agents"]:
    """Returns Shapley's value of every member in the game among each coalition alone; 0 outside.

    From the dividends d of v(S) = sum_{T in S} d(T): member i of S gets sum_{T in S, i in T}
    d(T) / |T|. Both sums run over one agent after another, which takes n 2^n additions each.

    Source: Harsanyi (1959), Contributions to the Theory of Games 4, 325, Princeton.
    """
    agents = values.shape[1].bit_length() - 1
    members = subsets(agents, values)
    dividend = over_subsets(values[..., None], agents, -1.0)
    parts = dividend * members / members.sum(1, keepdim=True).clamp(min=1)
    return over_subsets(parts, agents, 1.0) * members


def over_subsets(
    values: Float[Tensor, "games subsets columns"], agents: int, sign: float
) -> Float[Tensor, "games subsets columns"]:
    """Returns sum_{T in S} f(T) of every S, or with sign -1 the f of which this is the sum."""
    for bit in range(agents):
        pairs = values.unflatten(1, (2 ** (agents - bit - 1), 2, 2**bit))
        without, within = pairs.unbind(2)
        values = torch.stack([without, within + sign * without], 2).flatten(1, 3)
    return values


def shapley_sampled(
    game: AbstractCoalitionGame,
    worth: Float[Tensor, "games agents"],
    unit: Float[Tensor, "games agents orders"],
) -> tuple[Float[Tensor, "games agents"], Float[Tensor, "games agents"]]:
    """Returns what agents add on average when they join in random orders, and its standard error.

    `unit` are uniform numbers: in each order, agents join from the smallest to the largest.

    Source: Castro, Gomez and Tejada (2009), Comput. Oper. Res. 36, 1726,
    doi:10.1016/j.cor.2008.04.004.
    """
    games, agents, orders = unit.shape
    at_once = max(1, CHUNK // (games * agents * agents))
    total = squares = torch.zeros_like(worth)
    for some in unit.split(at_once, 2):
        came = some.transpose(1, 2)
        before = (came[..., None, :] < came[..., :, None]).to(worth.dtype)
        own = torch.eye(agents, dtype=worth.dtype, device=worth.device)
        each = worth[:, None, None]
        added = game.value(before + own, each) - game.value(before, each)
        total, squares = total + added.sum(1), squares + added.square().sum(1)
    mean = total / orders
    variance = (squares / orders - mean.square()).clamp(min=0)
    return mean, (variance / max(orders - 1, 1)).sqrt()


def numbers_of(
    label: Int[Tensor, "games agents"],
) -> Int[Tensor, "games agents"]:
    """Returns the number of the coalition that each agent is in, from labels 0 .. n - 1."""
    bits = 2 ** torch.arange(label.shape[1], device=label.device)
    total = torch.zeros_like(label).scatter_add_(1, label, bits.expand_as(label))
    return total.gather(1, label)
