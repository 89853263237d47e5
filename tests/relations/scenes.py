"""Scenes: what a relation is given to make its edges, from a few populations."""

from collections.abc import Mapping

from netware.draws import Draws
from netware.population import Population
from netware.space.box import Space
from netware.world import World


Scene = tuple[World, str]


def scene(
    name: str,
    populations: Mapping[str, Population],
    space: Space | None,
    draws: Draws,
    step: int = 0,
) -> Scene:
    """Returns a world of these populations, and the name of the relation."""
    return World(draws, dict(populations), space=space, step=step), name
