"""The numbers of synapses: a weight as the matrix that it is, and units as a weight lies."""

from collections.abc import Mapping
from functools import lru_cache

import torch
from jaxtyping import Bool, Shaped
from torch import Tensor

from netware.models.layers.synapses import Places, Synapses


def compact(one: Synapses, weights: Mapping[str, Tensor]) -> Shaped[Tensor, "agents ..."]:
    """Returns the numbers that answers are multiplied with, as the weight lies."""
    w = weights[one.weight]
    if one.added is None:
        return w
    return torch.baddbmm(w, weights[one.added.down], weights[one.added.up], alpha=one.added.scale)


def matrix_of(
    one: Synapses, values: Shaped[Tensor, "agents ..."]
) -> Shaped[Tensor, "agents senders receivers"]:
    """Returns numbers that lie as the weight does as a matrix, 0 where no units are joined."""
    if one.laid == "receivers":
        return values.transpose(1, 2)
    if one.laid == "pairs":
        sender, receiver = pair_ends(one, values.device)
        whole = values.new_zeros(len(values), *one.sizes())
        whole[:, sender, receiver] = values.flatten(1)
        return whole
    if one.copies > 1:
        rows, columns = values.shape[1:]
        whole = values.new_zeros(len(values), one.copies, rows, one.copies, columns)
        place = torch.arange(one.copies, device=values.device)
        whole[:, place, :, place] = values
        return whole.view(len(values), one.copies * rows, one.copies * columns)
    return values


def at_senders(one: Synapses, units: Bool[Tensor, "agents senders"]) -> Bool[Tensor, "agents ..."]:
    """Returns what is said of the senders for each number of the weight, or broadcasts to it."""
    if one.laid == "pairs":
        return units[:, pair_ends(one, units.device)[0]]
    return units[:, None, :] if one.laid == "receivers" else units[:, :, None]


def at_receivers(
    one: Synapses, units: Bool[Tensor, "agents receivers"]
) -> Bool[Tensor, "agents ..."]:
    """Returns what is said of the receivers for each number of the weight, or broadcasts to it."""
    if one.laid == "pairs":
        return units[:, pair_ends(one, units.device)[1]]
    return units[:, :, None] if one.laid == "receivers" else units[:, None, :]


def as_laid(one: Synapses, marks: Tensor, w: Tensor) -> Tensor:
    """Returns marks of `at_senders` or `at_receivers` in the shape of the weight."""
    return marks.view_as(w) if one.laid == "pairs" else marks.expand_as(w)


def for_all_senders(
    one: Synapses, marks: Bool[Tensor, "agents ..."]
) -> Bool[Tensor, "agents receivers"]:
    """Tells of which receivers every number into them is marked."""
    if one.laid == "pairs":
        _, receiver = pair_ends(one, marks.device)
        left = torch.zeros((len(marks), one.sizes()[1]), dtype=torch.int32, device=marks.device)
        return left.index_add(1, receiver, (~marks).flatten(1).to(torch.int32)) == 0
    return marks.all(2 if one.laid == "receivers" else 1)


def pair_ends(one: Synapses, device: torch.device) -> tuple[Tensor, Tensor]:
    """Returns sender and receiver of each number of a weight that lies in pairs."""
    return ends_on(one.pairs, device)


@lru_cache(maxsize=64)
def ends_on(pairs: tuple[tuple[int, int], ...], device: torch.device) -> tuple[Tensor, Tensor]:
    """Keeps the ends of pairs on a device, so that no step copies them again."""
    sender, receiver = torch.tensor(pairs, dtype=torch.int64, device=device).view(-1, 2).T
    return sender, receiver


def into_receivers(
    one: Synapses, values: Shaped[Tensor, "agents ..."]
) -> Shaped[Tensor, "agents receivers"]:
    """Returns for each receiver the sum of the numbers that lead to it."""
    if one.laid == "pairs":
        whole = values.new_zeros(len(values), one.sizes()[1])
        return whole.index_add(1, pair_ends(one, values.device)[1], values.flatten(1))
    return values.sum(2 if one.laid == "receivers" else 1).repeat(1, one.copies)


def out_of_senders(
    one: Synapses, values: Shaped[Tensor, "agents ..."]
) -> Shaped[Tensor, "agents senders"]:
    """Returns for each sender the sum of the numbers that lead from it."""
    if one.laid == "pairs":
        whole = values.new_zeros(len(values), one.sizes()[0])
        return whole.index_add(1, pair_ends(one, values.device)[0], values.flatten(1))
    return values.sum(1 if one.laid == "receivers" else 2).repeat(1, one.copies)


def units_of(places: Places, values: Shaped[Tensor, "agents units"]) -> Shaped[Tensor, "agents _"]:
    """Returns what is said of the units of one layer, of all that stand along an axis."""
    return values[:, places.start : places.start + places.many]
