"""Minibatches: the examples of a task, dealt out in a new order for every owner and pass."""

from collections.abc import Iterator

import torch
from jaxtyping import Int
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.tasks.base import Examples


def minibatches(
    examples: Examples, draws: Draws, use: str, step: int, size: int, passes: int, count: int
) -> Iterator[Examples]:
    """Deals out the examples in parts, with the samples last in memory.

    Args:
        examples: Examples of every replica, or of every agent of every replica.
        draws: The source of chance, with one key a replica.
        use: Name of the use, so that two rules do not deal alike.
        step: Step of the simulation.
        size: Samples in a part; 0, or more than there are, for all. [1]
        passes: How often each example is dealt; the last part of a pass may be smaller. [1]
        count: Parts to deal in place of whole passes, or 0. [1]
    """
    owners, samples = examples.inputs.shape[:2]
    size = min(size or samples, samples)
    per_pass = -(-samples // size)
    whole, order = examples.samples_last() if per_pass == 1 else examples, torch.empty(0)
    for part in range(count or passes * per_pass):
        turn, place = divmod(part, per_pass)
        if per_pass == 1:
            yield whole
            continue
        if place == 0:
            order = shuffled(draws, f"{use}/{turn}", step, owners, samples)
        yield examples.rows(order[:, place * size : (place + 1) * size]).samples_last()


def shuffled(
    draws: Draws, use: str, step: int, owners: int, samples: int
) -> Int[Tensor, "owners samples"]:
    """Returns an order of the samples for every replica, or for every agent with its own."""
    if owners == len(draws.keys):
        stream = draws.stream(Purpose.BATCH, use, samples, step)
        return stream.order().view(owners, samples) % samples
    stream = draws.stream(Purpose.BATCH, use, owners // len(draws.keys), step)
    return stream.words((samples,)).argsort(dim=1, stable=True)
