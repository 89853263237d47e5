"""A simulator of populations of neural agents, their typed relations and the rules between them.

import netware

plan = netware.load("scenarios/vicsek_1995.yaml", ["steps=100"])
run = netware.run(plan)                # a run folder, opened
run.metrics                            # a pandas DataFrame
model = netware.NetwareModel(plan)     # the same as a Mesa model
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from netware.process.settings import limit_spinning


if TYPE_CHECKING:
    from netware.api import load, open, run
    from netware.draws import Draws
    from netware.edges import Edges
    from netware.errors import NetwareError, ScenarioError, ShapeError, StateError, StoreError
    from netware.population import Population
    from netware.simulation.agents import NetwareAgent
    from netware.simulation.model import NetwareModel
    from netware.space.box import Space
    from netware.world import World


__version__ = "0.1.0"
__all__ = [
    "Draws",
    "Edges",
    "NetwareAgent",
    "NetwareError",
    "NetwareModel",
    "Population",
    "ScenarioError",
    "ShapeError",
    "Space",
    "StateError",
    "StoreError",
    "World",
    "load",
    "open",
    "run",
]

DOORS = {
    "netware.api": ("load", "open", "run"),
    "netware.draws": ("Draws",),
    "netware.errors": ("NetwareError", "ScenarioError", "ShapeError", "StateError", "StoreError"),
    "netware.population": ("Population",),
    "netware.edges": ("Edges",),
    "netware.simulation.agents": ("NetwareAgent",),
    "netware.simulation.model": ("NetwareModel",),
    "netware.space.box": ("Space",),
    "netware.world": ("World",),
}


limit_spinning()  # here, since torch reads it once, when it is loaded


def __getattr__(name: str) -> Any:
    """Opens a door when it is first asked for, so that importing netware imports no torch."""
    for module, names in DOORS.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'netware' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
