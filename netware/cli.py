"""The command line: one command each for what one does with a scenario and a run."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from netware.errors import NetwareError


app = typer.Typer(
    name="netware",
    help="Populations of neural agents, their typed relations and the rules between them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Scenario = Annotated[Path, typer.Argument(help="A scenario, such as scenarios/vicsek_1995.yaml.")]
Overrides = Annotated[
    list[str] | None, typer.Argument(help="Overrides such as steps=100 rules.fly.noise=0.2.")
]
Out = Annotated[Path, typer.Option(help="Folder that runs land in.")]
Force = Annotated[bool, typer.Option("--force", help="Run what is estimated not to fit.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say what runs where, and where the time went.")
]
RunPath = Annotated[Path, typer.Argument(help="A run folder, or a sweep's.")]
RUNS = Path("runs")


def say_version(asked: bool) -> bool:
    """Prints the version and ends, where that is asked for."""
    if asked:
        typer.echo(f"netware {version('netware')}")
        raise typer.Exit
    return asked


@app.callback()
def begin(
    _: Annotated[
        bool,
        typer.Option("--version", callback=say_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Populations of neural agents, their typed relations and the rules between them."""


@app.command()
def run(
    scenario: Scenario,
    overrides: Overrides = None,
    out: Out = RUNS,
    force: Force = False,
    verbose: Verbose = False,
) -> None:
    """Run a scenario and leave a run folder."""
    from netware.running import result
    from netware.running import run as running

    result.say_result(running.start(scenario, overrides or (), out, force, verbose=verbose))


@app.command()
def sweep(
    scenario: Scenario,
    overrides: Overrides = None,
    jobs: Annotated[int, typer.Option(min=0, help="Processes at once; 0: one a core.")] = 0,
    out: Out = RUNS,
    force: Force = False,
) -> None:
    """Run a scenario once for each value of what it sweeps: a=1,2,3 or a=0:1:11."""
    from netware.running import sweep as sweeping

    sweeping.say_result(sweeping.start(scenario, overrides or (), out, jobs, force))


@app.command()
def resume(
    path: RunPath,
    jobs: Annotated[int, typer.Option(min=0, help="Processes at once, for a sweep.")] = 0,
    accept_changed_code: Annotated[
        bool,
        typer.Option("--accept-changed-code", help="Go on though your own modules have changed."),
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Go on with a run or a sweep that was stopped or killed, from its last checkpoint."""
    from netware.running import result
    from netware.running import run as running
    from netware.running import sweep as sweeping

    if sweeping.is_sweep(path):
        sweeping.say_result(sweeping.resume(path, jobs, accept_changed_code))
    else:
        result.say_result(running.resume(path, False, accept_changed_code, verbose))


@app.command()
def check(scenario: Scenario, overrides: Overrides = None) -> None:
    """Say all mistakes of a scenario at once, or what it will cost in memory, disk and time."""
    from netware.commands import describe

    typer.echo(describe.cost_of(scenario, overrides or ()))


@app.command()
def ls(root: Annotated[Path, typer.Argument(help="Folder that runs are in.")] = RUNS) -> None:
    """List the runs, with their state."""
    from netware.commands.listing import listing

    typer.echo(listing(root))


@app.command()
def plot(
    path: RunPath,
    figure: Annotated[
        list[str] | None,
        typer.Argument(help="Kinds of figure and option=value, such as: morphology agent=3."),
    ] = None,
    format: Annotated[str, typer.Option(help="png, pdf or svg.")] = "png",
    graph: Annotated[
        bool, typer.Option("--graph", help="Draw who is related to whom, from relations.graphml.")
    ] = False,
) -> None:
    """Draw the figures of a run or a sweep into its folder."""
    from netware.analysis import plotting

    asked = (*(figure or ()), *(("graph",) if graph and "graph" not in (figure or ()) else ()))
    for drawn in plotting.draw(path, asked, format):
        typer.echo(drawn)


@app.command()
def animate(
    path: Annotated[Path, typer.Argument(help="A run folder with snapshots of what moves.")],
    population: Annotated[
        list[str] | None, typer.Option(help="Population to show; all that move if left out.")
    ] = None,
    replica: Annotated[int, typer.Option(min=0, help="Replica to show.")] = 0,
    size: Annotated[int, typer.Option(min=64, max=2048, help="Side of a panel. [pixels]")] = 480,
    frames: Annotated[int, typer.Option(min=1, max=2000, help="Frames at most.")] = 300,
    rate: Annotated[int, typer.Option(min=1, max=50, help="Frames a second.")] = 20,
) -> None:
    """Write an animation of positions and headings, a GIF, from the snapshots of a run."""
    from netware.analysis.figures import animation

    shown = animation.Animation(tuple(population or ()), replica, size, frames, rate)
    typer.echo(animation.write(path, shown))


@app.command()
def report(path: RunPath) -> None:
    """Write one self-contained HTML page about a run or a sweep."""
    from netware.analysis.report import page as reporting

    typer.echo(reporting.write(path))


@app.command()
def schema(
    out: Annotated[
        Path | None, typer.Option(help="File to write; the terminal if left out.")
    ] = None,
) -> None:
    """Write the JSON Schema of scenarios, which editors complete from."""
    from netware.commands import describe

    describe.say_schema(out)


@app.command(name="list")
def list_(
    what: Annotated[
        str,
        typer.Argument(
            help="models, relations, topologies, optimisers, coalition_games, rules, probes, "
            "tasks, figures, sections, populations and other sections, scenarios or table."
        ),
    ],
    name: Annotated[str | None, typer.Argument(help="One of them, in full.")] = None,
) -> None:
    """List what a scenario can be made of, each with its sentence, parameters and source."""
    from netware.commands import describe

    typer.echo(describe.listing(what, name))


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario; its file is NAME.yaml.")],
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Scenario to begin with, of 'netware list scenarios'; if left out, a short one "
            "with comments.",
        ),
    ] = None,
) -> None:
    """Begin a scenario of your own that runs, with the schema beside it."""
    from netware.commands import beginning

    typer.echo(beginning.begin(name, source))


@app.command()
def demo(out: Out = RUNS) -> None:
    """Run memory_consensus on real handwritten digits, and say what was found."""
    from netware.commands import demo as demonstration

    demonstration.show(out)


def main() -> None:
    """Runs the command line; mistakes are said without a traceback."""
    try:
        app()
    except NetwareError as error:
        typer.echo(error.render(), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
