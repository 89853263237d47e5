"""What a scenario will cost, in memory, disk and time, before anything is allocated."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from netware.errors import Problem, ScenarioError
from netware.scenario.members.members import Members
from netware.scenario.schema import Scenario
from netware.simulation.initial import width
from netware.space.box import Space


BYTES = {"float32": 4, "float64": 8}
EDGE_BYTES = 12
SPARSE_COPIES = 3
TRAINING_COPIES = 4
ROW_BYTES = 12
SECONDS_A_STEP = 1e-4
FLOPS_A_SECOND = 5e10
LONGEST = 30 * 86400.0
ROOM = 0.9
CGROUP = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


@dataclass(frozen=True)
class Cost:
    """What a scenario will take, about.

    Args:
        agents: Agents of all populations and replicas. [1]
        weights: Weights of all of them. [1]
        edges: Edges of all replicas, of the relations of which that is known. [1]
        parts: Memory of each part, by name. [byte]
        disk: Size of the run folder. [byte]
        seconds: Time of the run: a floor of 0.1 ms a step, or the arithmetic of the models. [s]
        uncounted: Names of the relations whose edges cannot be told before they are made.
    """

    agents: int
    weights: int
    edges: int
    parts: Mapping[str, int]
    disk: int
    seconds: float
    uncounted: tuple[str, ...] = ()

    @property
    def memory(self) -> int:
        """Returns the memory of all parts together."""
        return sum(self.parts.values())


def estimate(scenario: Scenario, members: Members) -> Cost:
    """Returns what a scenario will cost, from sizes alone."""
    space = scenario.space
    space = Space(space.dimensions, space.box, space.periodic) if space else None
    size, replicas = BYTES[scenario.precision], scenario.replicas
    parts: dict[str, int] = {}
    agents = weights = recorded = snapshot = 0
    flops = 0.0
    for name, given in scenario.populations.items():
        total, model = given.places * replicas, members.models.get(name)
        numbers = sum(max(1, width(column, spec, space)) for column, spec in given.state.items())
        own = model.parameter_count() if model else 0
        if model is not None:
            numbers += 2 * (model.input_size() + model.output_size())
            flops += float(model.flops()) * total
        agents, weights = agents + total, weights + own * total
        copies = TRAINING_COPIES if trained(name, members) else 1
        parts[f"populations.{name}"] = total * (own * copies + 2 * numbers) * size
        snapshot += total * numbers * size
        recorded += min(scenario.record.panel, given.places) * replicas * numbers * size
    edges, uncounted = 0, []
    for name, timed in members.relations.items():
        first, second = timed.member.between
        many = timed.member.expected_edges(
            scenario.populations[first].agents, scenario.populations[second].agents, space
        )
        if many is None:
            uncounted.append(name)
            continue
        edges += int(many * replicas)
        parts[f"relations.{name}"] = int(many * replicas) * EDGE_BYTES * SPARSE_COPIES
    disk = recorded * scenario.steps
    if scenario.record.snapshots:
        disk += snapshot * (scenario.steps // scenario.record.snapshots + 1)
    rows = sum(
        scenario.steps // timed.cadence.every * replicas * len(timed.member.quantities)
        for timed in members.probes.values()
    )
    disk += rows * ROW_BYTES + 3 * sum(parts.values()) // 2
    seconds = scenario.steps * max(SECONDS_A_STEP, flops / FLOPS_A_SECOND)
    return Cost(agents, weights, edges, parts, disk, seconds, tuple(uncounted))


def trained(population: str, members: Members) -> bool:
    """Tells whether a rule learns the weights of a population."""
    return any(
        timed.member.phase == "learn" and timed.member.on == population
        for timed in members.rules.values()
    )


def refuse(scenario: Scenario, cost: Cost, root: Path, available: int | None = None) -> None:
    """Refuses what cannot fit in memory, on the disk or in a month, showing the arithmetic."""
    have = memory_available() if available is None else available
    free = shutil.disk_usage(existing(root)).free
    problems = []
    if cost.memory > have * ROOM:
        part, most = max(cost.parts.items(), key=lambda item: item[1])
        problems.append(
            Problem(
                part,
                f"needs about {shown(cost.memory)}, available {shown(have)}: "
                f"{cost.agents:,} agents, {cost.weights:,} weights, {cost.edges:,} edges; "
                f"{part} alone {shown(most)}",
                f"at most {shown(int(have * ROOM))}",
                "take fewer agents or replicas, or --force",
                "R-MEM",
            )
        )
    if cost.disk > free * ROOM:
        problems.append(
            Problem(
                "record",
                f"needs about {shown(cost.disk)} on the disk, free {shown(free)}",
                f"at most {shown(int(free * ROOM))}",
                "record fewer agents or less often, or --force",
                "R-DISK",
            )
        )
    if cost.seconds > LONGEST:
        problems.append(
            Problem(
                "steps",
                f"{scenario.steps:,} steps take {cost.seconds / 86400:,.0f} days or more",
                "at most 30 days",
                "take fewer steps, or --force",
                "R-TIME",
            )
        )
    if problems:
        raise ScenarioError.together(problems)


def memory_available() -> int:
    """Returns the memory that is free to take, within the limits of a container."""
    have = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
        have = int(lines["MemAvailable"].split()[0]) * 1024
    for limit in CGROUP:
        if limit.exists() and (text := limit.read_text().strip()).isdigit():
            have = min(have, int(text))
    return have


def existing(path: Path) -> Path:
    """Returns the nearest folder around a path that is there."""
    while not path.exists():
        path = path.parent
    return path


def shown(many: int) -> str:
    """Writes a number of bytes as one reads it."""
    value, units = float(many), iter(("B", "kB", "MB", "GB", "TB", "PB", "EB"))
    unit = next(units)
    for following in units:
        if value < 1000:
            break
        value, unit = value / 1000, following
    return f"{value:.3g} {unit}"
