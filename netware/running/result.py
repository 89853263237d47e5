"""The result of a run: how it ended, in a sentence for people and a code for shells."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from netware.record.run_folder import State


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Args:
        path: Its folder.
        state: `done`, or `stopped` by a signal.
        step: Steps done. [1]
        steps: Steps it was to do. [1]
        reason: Why it ended before its last step, if it did.
        seconds: How long it took this time. [s]
        values: What the probes read last, averaged over replicas.
        exit_code: 0, or what a shell expects after a signal.
        notes: What to tell beside.
    """

    path: Path
    state: State
    step: int
    steps: int
    reason: str
    seconds: float
    values: Mapping[str, float]
    exit_code: int = 0
    notes: tuple[str, ...] = ()


def say_result(ending: RunResult) -> None:
    """Prints how a run ended and what to do next, and exits as a shell expects."""
    for note in ending.notes:
        typer.echo(f"note: {note}", err=True)
    path = shlex.quote(str(ending.path))
    why = f" ({ending.reason})" if ending.reason else ""
    typer.echo(
        f"{ending.state} at step {ending.step:,} of {ending.steps:,}{why} "
        f"in {ending.seconds:.1f} s: {ending.path}"
    )
    scalars = {name: value for name, value in ending.values.items() if "." in name}
    for name, value in scalars.items():
        typer.echo(f"  {name:<32} {value:.6g}")
    if ending.state == "stopped":
        typer.echo(f"go on with: netware resume {path}")
    else:
        typer.echo(f"next: netware plot {path}   netware report {path}")
    if ending.exit_code:
        raise typer.Exit(ending.exit_code)
