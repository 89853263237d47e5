"""The demonstration: real digits, noisy copies, talk, agreement; what was found, and what next."""

import os
import shlex
import shutil
import sys
from pathlib import Path

import typer

from netware.analysis import plotting
from netware.analysis.report import page as reporting
from netware.commands.describe import scenario_named
from netware.running import run as running


SCENARIO = "memory_consensus"


def show(out: Path) -> None:
    """Runs the scenario, says what its probes found, draws it and names three things to try."""
    scenario = Path(os.path.relpath(scenario_named(SCENARIO)))
    flock = scenario.with_name("vicsek_1995.yaml")
    typer.echo(f"running {scenario} ...")
    ending = running.start(scenario, (), out)
    found = ending.values
    figures = plotting.draw(ending.path)
    page = reporting.write(ending.path)
    folder = shlex.quote(str(ending.path))
    for line in (
        "",
        f"Found, in {ending.seconds:.0f} s, as means over replicas (overlap 1 is perfect recall):",
        *(f"  {name:<28} {value:8.4f}" for name, value in found.items() if "." in name),
        "",
        f"Run folder: {ending.path}",
        *(f"  figure: {figure}" for figure in figures),
        f"  report: {page}",
        "",
        "Three things to try:",
        f"  {tool('netware')} run {scenario} populations.memories.inputs.corruption=0.5",
        f"  {tool('netware')} sweep {flock} rules.fly.noise=0:6:7",
        f"  {tool('python')} -c \"import netware; print(netware.open('{folder}').metrics)\"",
    ):
        typer.echo(line)


def tool(name: str) -> str:
    """Returns how to call a program of this environment: by its path, unless it is on the PATH."""
    if shutil.which("netware"):
        return name
    return os.path.relpath(Path(sys.executable).with_name(name))
