"""The recorder: asks the probes that are due and keeps what they say where it was computed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

from netware.axes import INDEX_COLUMNS
from netware.errors import ShapeError
from netware.population import Population
from netware.probes.base import AbstractProbe
from netware.record.readings import Reading, StateSample, joined, own, series_of, settled
from netware.record.rows import Flush, Readings, Series
from netware.scenario.parts import ALWAYS, Cadence
from netware.simulation.plan import Timed
from netware.simulation.sight import Sight
from netware.world import World


MOST_BYTES = 1 << 28
MOST_READINGS = 1 << 16
OWN_MARK = "."


@dataclass
class Recorder:
    """Observes worlds; nothing leaves the device until it is asked for, and nothing is changed.

    Observe every step once, the one before the first step included, and not again the step that a
    run resumes from: it was written down before the checkpoint.

    Args:
        probes: Probes by name, in the order of the scenario, as they begin.
        cadences: When each probe is due; always for those left out.
        metrics: `all`, or the names of the probes whose readings are written down; the others
            are only read for `latest`.
        panel: Agents of each population and replica to write down at every step. [1]
        snapshots: Steps between snapshots of all agents; 0 for none. [steps]
    """

    probes: Mapping[str, AbstractProbe]
    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    metrics: Literal["all"] | Collection[str] = "all"
    panel: int = 0
    snapshots: int = 0

    def __post_init__(self) -> None:
        """Refuses quantities with axes that the metrics have no column for."""
        for name, probe in self.probes.items():
            for quantity, axes in probe.quantities.items():
                if len(set(axes)) < len(axes) or not set(axes) <= set(INDEX_COLUMNS):
                    raise ShapeError(
                        f"probes.{name}.{quantity}",
                        found=f"axes {', '.join(axes)}",
                        expected=f"each at most once: {', '.join(INDEX_COLUMNS)}",
                        fix="name the axes in the probe's 'quantities' after netware.axes",
                    )
        self._forget()
        self._scalars: dict[str, Tensor] = {}
        self._latest: dict[str, float] | None = {}

    @property
    def index(self) -> tuple[str, ...]:
        """Returns the index columns that the probes written down use."""
        used = {
            axis
            for name, probe in self.probes.items()
            if self._written(name)
            for axes in probe.quantities.values()
            for axis in axes
        }
        return tuple(name for name in INDEX_COLUMNS if name in used)

    def observe(
        self,
        sight: Sight,
        probes: Sequence[Timed[AbstractProbe]] | None = None,
    ) -> None:
        """Asks the probes that are due at this step, and keeps the panel and snapshots.

        `probes` are those of this step, where events may have changed them.
        """
        if probes is None:
            probes = [
                Timed(name, probe, self.cadences.get(name, ALWAYS))
                for name, probe in self.probes.items()
            ]
        world = sight.world
        due = [timed for timed in probes if timed.cadence.due(world.step)]
        for timed in due:
            self._read(timed.name, timed.part, sight)
        if self.panel:
            self._keep("panel", moment_of(world, self.panel))
        if self.snapshots and world.step % self.snapshots == 0:
            self._keep("snapshots", moment_of(world, None))
        if self._bytes > MOST_BYTES or len(self._readings) > MOST_READINGS:
            self._settle()

    def latest(self) -> dict[str, float]:
        """Returns the mean over replicas of each quantity that has no other axis, as last read.

        Keys are `probe.quantity`, and `probe` alone for the first of its quantities. This waits
        for the device; until something new is read, asking again does not.
        """
        if self._latest is None:
            means = torch.stack([v.to(torch.float64).mean() for v in self._scalars.values()])
            self._latest = dict(zip(self._scalars, means.tolist(), strict=True))
            for name, probe in self.probes.items():
                first = next(
                    (quantity for quantity, axes in probe.quantities.items() if not axes), None
                )
                if f"{name}.{first}" in self._latest:
                    self._latest[name] = self._latest[f"{name}.{first}"]
        return dict(self._latest)

    def flush(self) -> Flush:
        """Hands over all that was observed since the last flush, and forgets it."""
        self._settle()
        order = [(name, one) for name, probe in self.probes.items() for one in probe.quantities]
        place = {quantity: number for number, quantity in enumerate(order)}
        measured = sorted(self._measured, key=lambda one: place[one.probe, one.quantity])
        series = {group: joined(several) for group, several in self._series.items()}
        self._forget()
        return Flush(tuple(measured), self.index, series)

    def _forget(self) -> None:
        """Empties what is kept for the next flush."""
        self._readings: list[Reading] = []
        self._moments: dict[str, list[StateSample]] = {}
        self._measured: list[Readings] = []
        self._series: dict[str, list[Series]] = {}
        self._bytes = 0

    def _written(self, probe: str) -> bool:
        """Tells whether a probe's readings go into the metrics."""
        return self.metrics == "all" or probe in self.metrics

    def _read(self, name: str, probe: AbstractProbe, sight: Sight) -> None:
        """Asks one probe and keeps what it says."""
        world, readings = sight.world, sight.read(name, probe)
        check(name, probe, readings, world.replicas)
        for quantity, axes in probe.quantities.items():
            values = own(readings[quantity])
            if self._written(name):
                self._readings.append(
                    Reading((name, quantity), axes, world.step, world.time, values)
                )
                self._bytes += values.nbytes
            if not axes:
                self._scalars[f"{name}.{quantity}"] = values
                self._latest = None

    def _keep(self, group: str, moment: StateSample) -> None:
        """Keeps one moment of a series."""
        if moment.columns:
            self._moments.setdefault(group, []).append(moment)
            self._bytes += sum(values.nbytes for values in moment.columns.values())

    def _settle(self) -> None:
        """Moves what is kept to the host."""
        self._measured += settled(self._readings)
        for group, moments in self._moments.items():
            self._series.setdefault(group, []).append(series_of(moments))
        self._readings, self._moments, self._bytes = [], {}, 0


def check(name: str, probe: AbstractProbe, readings: Mapping[str, Tensor], replicas: int) -> None:
    """Refuses readings that are not the quantities a probe declares."""
    for quantity in sorted(probe.quantities.keys() | readings.keys()):
        axes = probe.quantities.get(quantity)
        shape = tuple(readings[quantity].shape) if quantity in readings else None
        if shape is not None and axes is not None:
            if len(shape) == 1 + len(axes) and shape[0] == replicas:
                continue
        declared = "no such quantity" if axes is None else f"({', '.join(['replicas', *axes])})"
        raise ShapeError(
            f"probes.{name}.{quantity}",
            found="nothing" if shape is None else f"shape {shape}",
            expected=f"{declared}, with {replicas} replicas",
            fix=f"let 'read' and 'quantities' of {type(probe).__name__} agree",
        )


def moment_of(world: World, agents: int | None) -> StateSample:
    """Copies the state of the first `agents` of every replica, or of all, on the device.

    Columns whose name has a dot belong to a rule or an optimiser, and are left out.
    """
    taken = {name: min(agents or one.agents, one.agents) for name, one in world.populations.items()}
    alike = len(set(taken.values())) == 1
    columns: dict[str, Tensor] = {}
    dimensions: dict[str, tuple[str, ...]] = {}
    for name, population in world.populations.items():
        axis = "agent" if alike else f"{name}.agent"
        for column, values in population.state.items():
            if OWN_MARK in column or not values.numel():
                continue
            key = f"{name}.{column}"
            columns[key] = leading(population, values, taken[name])
            inner = (f"{key}.{number}" for number in range(values.dim() - 1))
            dimensions[key] = ("time", "replica", axis, *inner)
    return StateSample(world.step, world.time, columns, dimensions)


def leading(population: Population, values: Tensor, agents: int) -> Tensor:
    """Copies the first agents of every replica: `[replicas, agents, ...]`."""
    return population.per_replica(values.detach())[:, :agents].clone()
