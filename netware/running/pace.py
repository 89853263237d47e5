"""Pace: how long a run takes, from a few of its steps, timed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from netware.process.threads import threads_restored
from netware.running.run import create, recorder_of, save
from netware.running.stopwatch import BUILDING, REST, WRITING, Stopwatch, at_once
from netware.scenario.parts import Cadence
from netware.simulation.build import Blueprint
from netware.simulation.model import NetwareModel
from netware.world import World


ENOUGH_STEPS = 30
ENOUGH_SECONDS = 0.2


@dataclass(frozen=True)
class Pace:
    """What a few steps took.

    Args:
        steps: Steps of the whole run. [steps]
        timed: Steps that were timed, after a first one that was not. [steps]
        checkpoints: Times that the whole run writes. [1]
        first: Time of each part in building, observing the beginning and the first step. [s]
        later: Time of each part in the steps that were timed. [s]
        cadences: When each part is due; those that are not named are as often as they were.
    """

    steps: int
    timed: int
    checkpoints: int
    first: Mapping[str, float]
    later: Mapping[str, float] = field(default_factory=dict)
    cadences: Mapping[str, Cadence] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Returns the time of the whole run: of each part, that of once times how often it is due.

        A part that was not due while steps were timed counts as it did in the first step, and one
        that was not due then either counts nothing.
        """
        total = 0.0
        for name in {*self.first, *self.later}:
            first, later = self.first.get(name, 0.0), self.later.get(name, 0.0)
            if name == BUILDING:
                total += first
            elif name == WRITING:
                total += first * self.checkpoints
            elif often := self.often(name, self.timed + 1) - self.often(name, 1):
                total += first + later / often * (self.often(name, self.steps) - 1)
            else:
                total += first * max(1, self.often(name, self.steps))
        return total

    def often(self, name: str, steps: int) -> int:
        """Returns how often a part is due in the first `steps` steps."""
        return times_due(self.cadences.get(name, Cadence()), steps)


def times_due(cadence: Cadence, steps: int) -> int:
    """Returns how often something is due before step `steps`."""
    if cadence.at:
        return sum(step < steps for step in cadence.at)
    last = steps - 1 if cadence.until is None else min(cadence.until, steps - 1)
    return max(0, (last - cadence.start) // cadence.every + 1) if last >= cadence.start else 0


@threads_restored()
def pace_of(plan: Blueprint, budget: float) -> tuple[Pace, World]:
    """Builds a scenario and takes some of its steps, about `budget` seconds; returns its world too.

    Everything is done as in a run, into a folder that is thrown away.
    """
    device = plan.device
    waits = at_once if device.type == "cpu" else lambda: torch.cuda.synchronize(device)
    clock = Stopwatch(waits=waits)
    model, recorder = NetwareModel(plan, collect=0), recorder_of(plan)
    clock.lap(BUILDING)
    observe(model, clock)
    recorder.observe(model.sight, model.plan.probes)
    clock.last = clock.clock()
    with TemporaryDirectory() as place:
        folder = create(plan, Path(place))
        clock.lap(BUILDING)
        save(folder, model, recorder)
        clock.lap(WRITING)
        folder.close()
    steps, every = plan.scenario.steps, plan.scenario.record.checkpoint
    checkpoints = -(-steps // every) + 1
    cadences = {
        f"{section}.{name}": timed.cadence
        for section, members in (
            ("relations", plan.members.relations),
            ("rules", plan.members.rules),
            ("probes", plan.members.probes),
        )
        for name, timed in members.items()
    }
    advance(model, clock)
    later = Stopwatch(waits=waits)
    began, timed = later.last, 0
    while model.running and (later.last - began < budget):
        advance(model, later)
        timed += 1
        if timed >= ENOUGH_STEPS and later.last - began >= ENOUGH_SECONDS:
            break
    pace = Pace(steps, timed, checkpoints, clock.seconds, later.seconds, cadences)
    return pace, model.built


def advance(model: NetwareModel, clock: Stopwatch) -> None:
    """Takes a step and observes it, part by part."""
    model.watch = clock.watch
    model.step()
    clock.lap(REST)
    observe(model, clock)


def observe(model: NetwareModel, clock: Stopwatch) -> None:
    """Asks each probe that is due, one after another."""
    sight = model.sight
    for timed in model.plan.probes:
        if timed.cadence.due(sight.world.step):
            sight.read(timed.name, timed.part)
            clock.lap(f"probes.{timed.name}")
