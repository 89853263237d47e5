"""Doubts: what a scenario may run and still not do what its rules are for."""

from functools import partial

from netware.rules.base import ALL_AT_ONCE
from netware.simulation.plan import Plan
from netware.world import World


def doubts(plan: Plan, world: World) -> list[str]:
    """Returns a sentence for each rule that may not do what it is for, where all act at once.

    One by one or in pairs an agent hears others in turn, and what they declare does not hold.
    """
    if plan.activation not in ALL_AT_ONCE:
        return []
    said = []
    for timed in plan.rules:
        value = partial(plan.acting(timed.name).value, world, timed.part)
        for doubt in timed.part.doubts:
            if found := doubt.found(timed.part, value, world):
                said.append(f"rules.{timed.name}: {found}")
    return said
