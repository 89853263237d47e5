"""A sweep: every run planned before the first starts, then run over processes."""

import json
import os
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from netware.errors import StoreError
from netware.record.files import write_atomically
from netware.record.run_folder import as_json, new_folder, now, sha256
from netware.running.run import plan_folder
from netware.running.workers import Outcome, over_processes
from netware.scenario.members import catalog
from netware.scenario.variants.sweep import SweepMember, expand, extend, member_document
from netware.scenario.yaml.load import load
from netware.simulation.build import Blueprint, planned
from netware.simulation.estimate import estimate, refuse


PLAN = "sweep.json"
FORMAT = 1
STATES = ("done", "stopped", "failed", "planned", "running")


@dataclass(frozen=True)
class SweepResult:
    """How a sweep ended.

    Args:
        path: Its folder.
        states: How many runs are in which state.
        failed: Folder and reason of each run that failed.
        exit_code: 0 if all are done, 1 if one failed, or what a shell expects after a signal.
    """

    path: Path
    states: dict[str, int]
    failed: tuple[tuple[str, str], ...]
    exit_code: int


def start(
    path: Path, arguments: Sequence[str], root: Path, jobs: int = 0, force: bool = False
) -> SweepResult:
    """Plans all members of a sweep, then runs them."""
    document = extend(load(path), arguments)
    name = catalog.check(document).name
    plans = [(member, planned(member_document(document, member))) for member in expand(document)]
    for _, plan in plans:
        if not force:
            refuse(plan.scenario, estimate(plan.scenario, plan.members), root)
    digest = sha256(json.dumps([dict(member.values) for member, _ in plans]))[:8]
    folder = new_folder(root / name, f"sweep-{digest}")
    for member, plan in common_seed(plans):
        plan_folder(plan, folder / run_name(member)).close()
    runs = [
        {"run": run_name(member), "values": dict(member.values), "seed": plans[0][1].seed}
        for member, _ in plans
    ]
    keys = list(plans[0][0].values)
    content = {"format": FORMAT, "name": name, "created": now(), "keys": keys, "runs": runs}
    write_atomically(folder / PLAN, as_json(content))
    return resume(folder, jobs)


def common_seed(
    plans: list[tuple[SweepMember, Blueprint]],
) -> list[tuple[SweepMember, Blueprint]]:
    """Gives every member the seed that was drawn for the first, unless they name their own."""
    drawn = plans[0][1].seed
    return [
        (member, plan if plan.scenario.seed is not None else plan.seeded(drawn))
        for member, plan in plans
    ]


def run_name(member: SweepMember) -> str:
    """Returns the name of a member's folder."""
    return f"run-{member.index:04d}"


def is_sweep(path: Path) -> bool:
    """Tells whether a folder is a sweep's."""
    return (path / PLAN).is_file()


def resume(path: Path, jobs: int = 0, accept_changed_code: bool = False) -> SweepResult:
    """Runs what is not done, as the folders themselves say."""
    try:
        runs = [path / one["run"] for one in json.loads((path / PLAN).read_bytes())["runs"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(
            str(path / PLAN),
            found="no plan of a sweep that can be read",
            expected="the file that 'netware sweep' writes before the first run",
            fix="run the sweep again into a new folder",
            code="F-SWEEP",
        ) from None
    waiting = [run for run in runs if state_of(run) != "done"]
    workers = min(jobs or os.cpu_count() or 1, max(1, len(waiting)))
    outcomes, signal_code = over_processes(waiting, workers, said, accept_changed_code)
    states = Counter(state_of(run) for run in runs)
    failed = tuple((str(one.run), one.reason) for one in outcomes if one.state == "failed")
    code = signal_code or int(bool(failed))
    return SweepResult(path, {s: states[s] for s in STATES if states[s]}, failed, code)


def state_of(run: Path) -> str:
    """Returns the state that a run's folder tells."""
    try:
        return str(json.loads((run / "status.json").read_bytes())["state"])
    except (OSError, ValueError, KeyError, TypeError):
        return "planned"


def said(outcome: Outcome, finished: int, of: int) -> None:
    """Prints a line about a run that ended."""
    typer.echo(f"{finished} of {of}: {outcome.run.name} {outcome.state} {outcome.reason}".rstrip())


def say_result(ending: SweepResult) -> None:
    """Prints how a sweep ended and what to do next."""
    path = shlex.quote(str(ending.path))
    counts = ", ".join(f"{many} {state}" for state, many in ending.states.items())
    typer.echo(f"sweep: {counts}: {ending.path}")
    for run, reason in ending.failed:
        typer.echo(f"  {run} failed: {reason}", err=True)
    if set(ending.states) <= {"done"}:
        typer.echo(f"next: netware plot {path}   netware report {path}")
    else:
        typer.echo(f"go on with: netware resume {path}")
    if ending.exit_code:
        raise typer.Exit(ending.exit_code)
