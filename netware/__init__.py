"""A simulator of populations of neural agents, their typed relations and the rules between them.

    import netware

    plan = netware.load("scenarios/vicsek_1995.yaml", ["steps=100"])
    run = netware.run(plan)                # a run folder, opened
    run.metrics                            # a pandas DataFrame
    model = netware.NetwareModel(plan)     # the same as a Mesa model
"""

from importlib import import_module
from typing import Any


__version__ = "0.1.0"

DOORS = {
    "load": "netware.api",
    "run": "netware.api",
    "open": "netware.api",
    "NetwareModel": "netware.simulation.model",
    "NetwareAgent": "netware.simulation.agents",
    "World": "netware.world",
    "Population": "netware.population",
    "Edges": "netware.relations.edges",
    "Draws": "netware.draws",
    "Space": "netware.space",
    "NetwareError": "netware.errors",
    "ScenarioError": "netware.errors",
    "ShapeError": "netware.errors",
    "StateError": "netware.errors",
    "StoreError": "netware.errors",
}
__all__ = ["__version__", *DOORS]  # noqa: PLE0604 - the doors are names


def __getattr__(name: str) -> Any:
    """Opens a door when it is first asked for, so that importing netware imports no torch."""
    if name not in DOORS:
        raise AttributeError(f"module 'netware' has no attribute '{name}'")
    return getattr(import_module(DOORS[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
