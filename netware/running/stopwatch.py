"""Stopwatch: where the time of a run goes, part by part."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from netware.world import World


BUILDING = "building"
REST = "the rest of the step"
OBSERVING = "probes"
WRITING = "writing"
MOST_NAMED = 10


def at_once() -> None:
    """Waits for nothing: a processor has done what it was told when it says so."""


@dataclass
class Stopwatch:
    """Adds up the time between laps under the names of what was done.

    Args:
        clock: Says what time it is. [s]
        waits: Waits until a device has done what it was told, before the clock is read.
        exact: Whether what is queued on a device counts where it is done.
    """

    clock: Callable[[], float] = time.perf_counter
    waits: Callable[[], None] = at_once
    exact: bool = True
    seconds: dict[str, float] = field(default_factory=dict)
    laps: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Starts."""
        self.last = self.clock()

    def lap(self, name: str) -> None:
        """Counts the time since the last lap as that of `name`."""
        self.waits()
        now = self.clock()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self.last
        self.laps[name] = self.laps.get(name, 0) + 1
        self.last = now

    def watch(self, part: str, world: World) -> None:
        """Counts the time since the last lap as that of a part of the schedule."""
        self.lap(part)

    def report(self) -> list[str]:
        """Returns a line for each of the names that took longest, and one for all others."""
        total = sum(self.seconds.values())
        ordered = sorted(self.seconds, key=lambda name: self.seconds[name], reverse=True)
        queued = "" if self.exact else "; a part of a step counts until it is queued on the device"
        lines = [f"where the time went, {total:.3g} s in all{queued}:"]
        lines += [self.line(name, self.seconds[name], total) for name in ordered[:MOST_NAMED]]
        if others := ordered[MOST_NAMED:]:
            lines.append(self.line("all others", sum(self.seconds[one] for one in others), total))
        return lines

    def line(self, name: str, seconds: float, total: float) -> str:
        """Returns one name's share, its time, and how often it was done."""
        often = f", {self.laps[name]:,} times" if name in self.laps else ""
        return f"  {seconds / total if total else 0:4.0%} {name}: {seconds:.3g} s{often}"
