"""Where agents are and where they head, as recorded."""

from dataclasses import dataclass

import numpy as np

from netware.record.reader import Run


HEADINGS = ("heading", "velocity")


@dataclass(frozen=True)
class Flight:
    """Positions and headings of one replica of a population at the steps that were recorded.

    Args:
        step: Steps.
        time: Their times.
        position: `[steps, agents, space]`. [length]
        heading: Angle of the heading in the first two dimensions `[steps, agents]`. [rad]
    """

    step: np.ndarray
    time: np.ndarray
    position: np.ndarray
    heading: np.ndarray

    def order(self) -> np.ndarray:
        """Returns phi = |1/N sum_j exp(i theta_j)| at each step."""
        return np.abs(np.exp(1j * self.heading).mean(1))


def moving(run: Run) -> list[str]:
    """Names the populations whose positions and headings were recorded for all agents."""
    return [
        name
        for name in run.populations
        if run.has_column(name, "position") and direction(run, name) is not None
    ]


def direction(run: Run, population: str) -> str | None:
    """Names the column that tells where agents head: `heading`, or else `velocity`."""
    return next((name for name in HEADINGS if run.has_column(population, name)), None)


def flight(run: Run, population: str, replica: int = 0) -> Flight:
    """Reads how a population moved in one replica, at the steps of the snapshots."""
    position = run.state(population, "position", replica)
    heading = run.state(population, direction(run, population) or HEADINGS[0], replica).values
    heading = heading.reshape(*heading.shape[:2], -1)
    vector = heading.shape[2] > 1
    angle = np.arctan2(heading[..., 1], heading[..., 0]) if vector else heading[..., 0]
    return Flight(position["step"].values, position["time"].values, position.values, angle)


def moments(count: int, wanted: int) -> list[int]:
    """Returns which of `count` entries to show: first and last, closer together at the beginning.

    Order forms fast and then stays, so the entries between are spaced geometrically.
    """
    if count <= wanted:
        return list(range(count))
    spaced = np.rint(np.geomspace(1, count, wanted) - 1).astype(int)
    spaced = np.maximum(spaced, np.arange(wanted))
    return [int(entry) for entry in np.minimum(spaced, count - wanted + np.arange(wanted))]
