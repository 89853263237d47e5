"""One run: from a scenario to a run folder, and on from its last checkpoint."""

import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from netware.draws import replica_seeds
from netware.errors import NetwareError, StoreError
from netware.process.threads import threads_restored
from netware.record import graph, manifest
from netware.record.hashes import hashes_of, refuse_edited
from netware.record.names import keep_names
from netware.record.own_code import accepted_changes, code_of
from netware.record.recorder import Recorder
from netware.record.run_folder import RunFolder, State
from netware.running.narration import described, say, stopwatch
from netware.running.progress import Meter
from netware.running.result import RunResult
from netware.running.signals import Request, listening
from netware.running.stopwatch import BUILDING, OBSERVING, REST, WRITING, Stopwatch
from netware.scenario.members import catalog
from netware.scenario.written.resolved import origins, render
from netware.scenario.yaml.load import parse
from netware.simulation.build import Blueprint, blueprint, planned
from netware.simulation.estimate import estimate, refuse
from netware.simulation.memories import REMEMBERED
from netware.simulation.model import NetwareModel
from netware.simulation.naming import UNUSED, reading_lines
from netware.simulation.snapshot import state_out


SOURCES = Path(__file__).parents[2]


def start(
    path: Path,
    arguments: Sequence[str],
    root: Path,
    force: bool = False,
    quiet: bool = False,
    verbose: bool = False,
) -> RunResult:
    """Runs a scenario file in a new run folder."""
    return begin(blueprint(path, arguments), root, force, quiet, verbose)


@threads_restored()
def begin(
    plan: Blueprint, root: Path, force: bool = False, quiet: bool = False, verbose: bool = False
) -> RunResult:
    """Runs a blueprint in a new run folder, if it fits."""
    if not force:
        refuse(plan.scenario, estimate(plan.scenario, plan.members), root)
    clock = stopwatch(plan, verbose)
    model = NetwareModel(plan, collect=0)
    folder = create(plan, root)
    clock.lap(BUILDING)
    said = reading_lines(plan.plan.definitions, plan.names)
    try:
        for line in (*plan.notes, *said):
            folder.log(line)
        ended = carry_on(folder, plan, model, recorder_of(plan), clock, quiet, True, verbose)
        return replace(ended, notes=(*plan.notes, *(line for line in said if UNUSED in line)))
    finally:
        folder.close()


def create(plan: Blueprint, root: Path) -> RunFolder:
    """Makes a new run folder for a blueprint, `root/<name>/<date>-<short hash>`."""
    name, text, resolved = plan.scenario.name, plan.document.source.text, resolved_text(plan)
    return with_names(RunFolder.create(root, name, text, resolved, made_with(plan)), plan)


def plan_folder(plan: Blueprint, path: Path) -> RunFolder:
    """Makes the run folder of a blueprint at a given place, to be run later."""
    name, text, resolved = plan.scenario.name, plan.document.source.text, resolved_text(plan)
    return with_names(RunFolder.plan(path, name, text, resolved, made_with(plan)), plan)


def with_names(folder: RunFolder, plan: Blueprint) -> RunFolder:
    """Returns a new run folder with the names of agents in it."""
    keep_names(folder.path, {name: one.shown for name, one in plan.names.items()})
    return folder


def made_with(plan: Blueprint) -> dict[str, Any]:
    """Returns what the manifest says of a blueprint."""
    return manifest.describe(
        sys.argv,
        replica_seeds(plan.seed, plan.scenario.replicas),
        plan.device,
        plan.dtype,
        SOURCES if (SOURCES / ".git").exists() else None,
    ) | {
        "files": hashes_of(plan.files),
        "code": code_of(plan.document.data),
        "folder": manifest.folder_of(plan.document.source.name),
    }


def resolved_text(plan: Blueprint) -> str:
    """Returns `resolved.yaml`: every value with its origin, and the seed that was drawn."""
    values = catalog.resolved(plan.scenario) | {"seed": plan.seed}
    found = origins(values, plan.document)
    if plan.scenario.seed is None:
        found[("seed",)] = "drawn"
    return render(values, found)


def recorder_of(plan: Blueprint) -> Recorder:
    """Returns the recorder that a scenario asks for."""
    record, probes = plan.scenario.record, plan.members.probes
    return Recorder(
        {name: timed.member for name, timed in probes.items()},
        {name: timed.cadence for name, timed in probes.items()},
        record.metrics,
        record.panel,
        record.snapshots,
    )


@threads_restored()
def resume(
    path: Path, quiet: bool = False, accept_changed_code: bool = False, verbose: bool = False
) -> RunResult:
    """Goes on with a run from its last checkpoint; one that was done stays as it is.

    The user's own code must be as it was, unless what has changed is accepted: the manifest then
    says so.
    """
    folder = RunFolder.open(path)
    try:
        refuse_edited(folder.manifest.get("files", {}))
        plan = planned(parse(folder.resolved(), str(path / "resolved.yaml")))
        accepted = accepted_changes(folder, plan.document.data, accept_changed_code)
        clock = stopwatch(plan, verbose)
        checkpoint = folder.latest()
        folder.truncate_to(checkpoint)
        model, recorder = NetwareModel(plan, collect=0), recorder_of(plan)
        notes: tuple[str, ...] = ()
        if checkpoint is not None:
            like = state_out(model.built, model.built)
            tensors = checkpoint.matching(like, optional=("edges/", *REMEMBERED))
            held, values = int(checkpoint.header["streak"]), dict(checkpoint.header["values"])
            model.restore(checkpoint.step, tensors, held, values)
            notes = checkpoint.warnings
        now = manifest.describe(sys.argv, (), plan.device, plan.dtype)
        notes += (*manifest.differences(folder.manifest, now), *accepted)
        for note in notes:
            folder.log(note)
        fresh = checkpoint is None
        clock.lap(BUILDING)
        ended = carry_on(folder, plan, model, recorder, clock, quiet, fresh, verbose)
        return replace(ended, notes=notes)
    finally:
        folder.close()


def carry_on(
    folder: RunFolder,
    plan: Blueprint,
    model: NetwareModel,
    recorder: Recorder,
    clock: Stopwatch,
    quiet: bool,
    fresh: bool,
    verbose: bool = False,
) -> RunResult:
    """Steps until the end, a condition or a signal; a checkpoint now and then and at the end.

    A fresh run writes down its beginning first; one that has a checkpoint has done so. The log
    says what runs where, and in the end where the time went.
    """
    steps, every = plan.scenario.steps, plan.scenario.record.checkpoint
    meter = Meter(plan.scenario.name, model.steps, steps, quiet)
    saved = model.steps
    folder.status("running", model.steps, steps)
    model.watch = clock.watch
    say(folder, [*described(plan), f"from step {model.steps} of {steps}"], verbose)
    with listening() as request:
        try:
            if fresh:
                recorder.observe(model.sight, model.plan.probes)
                clock.lap(OBSERVING)
                save(folder, model, recorder)
                clock.lap(WRITING)
            while model.running and not request.number:
                model.step()
                clock.lap(REST)
                recorder.observe(model.sight, model.plan.probes)
                clock.lap(OBSERVING)
                if model.steps % every == 0:
                    save(folder, model, recorder)
                    saved = model.steps
                    clock.lap(WRITING)
                if meter.due():
                    values = recorder.latest()
                    meter.show(model.steps, values)
                    folder.progress(model.steps, values)
            if saved != model.steps:
                save(folder, model, recorder)
            types = {name: part.type for name, part in plan.scenario.relations.items()}
            graph.keep(folder, model.world, types, plan.scenario.record.graph, model.plan)
        except NetwareError as error:
            failed(folder, model.steps, steps, error.problems[0].headline(), error.render())
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            failed(folder, model.peek().step, steps, reason, traceback.format_exc())
            raise
        finally:
            meter.close()
        clock.lap(WRITING)
        say(folder, clock.report(), verbose)
        return ended(folder, model, request, model.stopping.values | recorder.latest(), clock)


def failed(folder: RunFolder, step: int, steps: int, reason: str, log: str) -> None:
    """Says in the folder why the run ended, as far as it can be written."""
    with suppress(StoreError):
        folder.status("failed", step, steps, reason)
        folder.log(log)


def save(folder: RunFolder, model: NetwareModel, recorder: Recorder) -> None:
    """Writes what was observed, then a checkpoint that makes it count."""
    model.insist_finite()
    model.stopping.values |= recorder.latest()
    folder.append(recorder.flush())
    connections = {
        name: population.model.connections().as_json()
        for name, population in model.world.populations.items()
        if population.model is not None
    }
    header = {
        "streak": model.stopping.length,
        "values": model.stopping.values,
        "connections": connections,
    }
    folder.checkpoint(model.steps, model.saved(), header)


def ended(
    folder: RunFolder,
    model: NetwareModel,
    request: Request,
    values: Mapping[str, float],
    clock: Stopwatch,
) -> RunResult:
    """Says in the folder how the run ended, and returns it."""
    steps = model.blueprint.scenario.steps
    stopped = bool(request.number) and model.running
    reason = f"by {request.name}" if stopped else ""
    if model.stopping.met and model.steps < steps:
        reason = "its condition was met"
    state: State = "stopped" if stopped else "done"
    folder.status(state, model.steps, steps, reason)
    folder.log(f"{state} at step {model.steps} of {steps} {reason}".rstrip())
    return RunResult(
        folder.path,
        state,
        model.steps,
        steps,
        reason,
        sum(clock.seconds.values()),
        values,
        request.exit_code if stopped else 0,
    )
