"""Worlds one after another, shown to a probe that remembers."""

from collections.abc import Iterable
from dataclasses import replace

import torch

from netware.probes.base import AbstractRememberingProbe
from netware.world import World


def steps_of(world: World, population: str, column: str, values: Iterable) -> list[World]:
    """Returns the world at step 0 and after, with one value of a column at each step."""
    return [
        replace(world.with_state(population, **{column: torch.as_tensor(one)}), step=step)
        for step, one in enumerate(values)
    ]


def read_each(probe: AbstractRememberingProbe, worlds: Iterable[World]) -> list[dict]:
    """Returns what a probe reads of each of several worlds, which it sees one after another."""
    memory, found = None, []
    for world in worlds:
        memory = probe.begin(world) if memory is None else probe.remember(world, memory)
        found.append(probe.recall(world, memory))
    return found
