"""Watches that every number stays finite, and says which part of the step let one go."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from netware.errors import StateError
from netware.simulation.schedule import Watch
from netware.world import World


SHOWN = 5
Step = Callable[[World, Watch], World]


@dataclass(frozen=True)
class Guard:
    """Checks worlds, a few steps apart, against the last one that was whole.

    The world is frozen, so the last good one costs no copy; when an alarm goes off, the steps
    since then are taken again with a look after each part, which names step, part and agents.

    Args:
        good: The last world known to be finite.
        every: Steps from one check to the next: 1 on a CPU; more on a GPU, where each costs a
            wait for the device. [steps]
    """

    good: World
    every: int = 1

    def check(self, world: World, step: Step) -> "Guard":
        """Returns the guard after a look at `world`, or raises the error that explains it.

        `step` takes a world one step on as the run did, and lets a `Watch` look after each part.
        """
        if world.step - self.good.step < self.every:
            return self
        return self.insist(world, step)

    def insist(self, world: World, step: Step) -> "Guard":
        """Looks at `world` now, due or not: before a checkpoint and at the end."""
        if not finite(changed(world, self.good)):
            again = self.good
            while again.step < world.step:
                again = step(again, explain)
            explain("what was written between the steps", world)
        return Guard(world, self.every)


def floats(world: World) -> dict[tuple[str, str], Tensor]:
    """Returns every floating point column and weight by population and name."""
    return {
        (population.name, name): values
        for population in world.populations.values()
        for name, values in {**population.weights, **population.state}.items()
        if values.is_floating_point()
    }


def changed(world: World, since: World) -> list[Tensor]:
    """Returns the tensors that are not the very ones of an earlier world."""
    before = floats(since)
    return [values for key, values in floats(world).items() if before.get(key) is not values]


def finite(tensors: list[Tensor]) -> bool:
    """Tells whether all are finite: one sum each, one look at the device.

    A sum that overflows sets off the alarm as well; the second look is exact.
    """
    if not tensors:
        return True
    sums = torch.stack([values.sum(dtype=torch.float32) for values in tensors])
    if bool(sums.isfinite().all()):
        return True
    return all(bool(values.isfinite().all()) for values in tensors)


def explain(part: str, world: World) -> None:
    """Raises the error for a world in which a number is not finite."""
    for (population, name), values in floats(world).items():
        bad = ~values.isfinite().flatten(1).all(1) if values.dim() > 1 else ~values.isfinite()
        if bool(bad.any()):
            whole = world[population]
            positions = bad.nonzero()[:, 0].tolist()
            agents = ", ".join(
                f"{position % whole.agents}"
                + (f" (replica {position // whole.agents})" if whole.replicas > 1 else "")
                for position in positions[:SHOWN]
            )
            raise StateError(
                f"step {world.step}: {part}",
                found=f"populations.{population}.{name} is not finite in {len(positions)} of "
                f"{whole.total} agents: {agents}{', ...' if len(positions) > SHOWN else ''}",
                expected="finite numbers",
                fix="take a smaller gain, rate or dt; the run up to the step before is kept",
            )
