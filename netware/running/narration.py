"""Narration: what a run says in its log of what it runs, and where."""

from collections.abc import Sequence

import torch
import typer

from netware.record.manifest import device_name
from netware.record.run_folder import RunFolder
from netware.running.stopwatch import Stopwatch, at_once
from netware.simulation.build import Blueprint


def say(folder: RunFolder, lines: Sequence[str], aloud: bool) -> None:
    """Writes lines into the log of a run, and to the terminal where that is asked for."""
    for line in lines:
        folder.log(line)
        if aloud:
            typer.echo(line, err=True)


def stopwatch(plan: Blueprint, verbose: bool) -> Stopwatch:
    """Returns a stopwatch that begins now; only one that is verbose keeps a device waiting."""
    device = plan.device
    if device.type == "cpu":
        return Stopwatch()
    return Stopwatch(waits=lambda: torch.cuda.synchronize(device)) if verbose else queued()


def queued() -> Stopwatch:
    """Returns a stopwatch that counts what a device is told, not what it does."""
    return Stopwatch(waits=at_once, exact=False)


def described(plan: Blueprint) -> list[str]:
    """Returns what a scenario is made of, and what it is computed on."""
    scenario, members = plan.scenario, plan.members
    lines = [
        f"on {device_name(plan.device)}, {torch.get_num_threads()} threads of the processor, "
        f"{scenario.precision}, {scenario.replicas} replicas, seed {plan.seed}"
    ]
    for name, given in scenario.populations.items():
        model = members.models.get(name)
        line = f"populations.{name}: {given.agents:,} agents"
        if model is not None:
            line += f", each {type(model).__name__} of {model.parameter_count():,} weights"
        lines.append(line)
    for section in ("tasks", "relations", "rules", "probes"):
        parts = [f"{name} ({part.type})" for name, part in getattr(scenario, section).items()]
        if parts:
            lines.append(f"{section}: {', '.join(parts)}")
    return lines
