"""One HTML page about a run or a sweep: self-contained, offline, without scripts.

`report.html` lays out what is gathered here. Whatever a run folder holds is escaped there: it is
shown, and never obeyed.
"""

import os
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from netware.analysis.plotting import default_figures, prepared
from netware.analysis.report.numbers import DASH, measured, number
from netware.analysis.report.sources import links, sources
from netware.analysis.statistics import against, summary
from netware.analysis.style import words
from netware.record.files import write_atomically
from netware.record.own_code import code_rows
from netware.record.reader import Run
from netware.record.sweep_reader import Sweep, open_any
from netware.record.tables import FINAL_SHARE, replicas_in


HERE = Path(__file__).parent
LARGEST_SVG = 400_000
PNG_DPI = 220
SCREEN = 1.25
Pairs = list[tuple[str, Any]]


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what stands in it, and a small note after it."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A table; columns in `numbers` stand to the right."""

    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    numbers: Sequence[int]


@dataclass(frozen=True)
class Findings:
    """What was measured: its tables, and what their numbers are."""

    tables: Sequence[Table]
    note: str


@dataclass(frozen=True)
class Picture:
    """A figure, ready to stand in the page."""

    kind: str
    data: str
    width: int
    caption: str


def write(path: str | os.PathLike[str]) -> Path:
    """Writes `report.html` into the folder of a run or a sweep, and returns its path."""
    source = open_any(path)
    place = source.path / "report.html"
    write_atomically(place, page(source).encode("utf-8", "backslashreplace"))
    return place


def page(source: Run | Sweep) -> str:
    """Returns the page."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html")
    of_kind = of_sweep(source) if isinstance(source, Sweep) else of_run(source)
    run = source if isinstance(source, Run) else source.runs[0]
    return template.render(**of_all(source, run), **of_kind).lstrip()


def of_all(source: Run | Sweep, run: Run) -> dict[str, Any]:
    """Returns what every page holds; `run` is the run, or the first of a sweep."""
    style = (HERE / "report.css").read_text("utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    seed = f", seed {run.seed}" if run.seed else ""
    return {
        "style": style,
        "policy": f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'",
        "version": run.version,
        "title": words(str(run.scenario.get("name", source.name))),
        "about": str(run.scenario.get("about") or ""),
        "figures": figures(source),
        "scenario": noted((run.path / "resolved.yaml").read_text("utf-8")),
        "made": with_value(made(run)),
        "promises": [
            (f"the {key}", value) for key, value in (run.manifest.get("promise") or {}).items()
        ],
        "command": " ".join(map(str, run.manifest.get("command") or [])),
        "cite": f"netware {run.version}, a simulator of populations of neural agents; "
        f"run {run.name}{seed}.",
        "cited": [(name, list(links(told))) for name, told in sources(run.scenario)],
        "footer": f"{source.name} · netware {run.version}",
    }


def of_run(run: Run) -> dict[str, Any]:
    """Returns what the page about a run holds besides."""
    state, reason = run.status.get("state"), run.status.get("reason")
    why = f": {reason}" if reason else ""
    unfinished = f"This run is not complete; it is {state}{why}."
    return {
        "kind": "netware run",
        "facts": with_value(run_facts(run)),
        "warnings": [] if state in ("done", None) else [unfinished],
        "found": found(run),
        "scenario_title": "Scenario",
        "again_told": "The resolved scenario above holds every value and the seed; save it, and "
        "run it:",
        "again": [*installed(run), f"netware run {run.path.name}/resolved.yaml"],
    }


def of_sweep(sweep: Sweep) -> dict[str, Any]:
    """Returns what the page about a sweep holds besides."""
    first, more = sweep.runs[0], len(sweep.runs) - 3
    again = [f"netware run {one.path.name}/resolved.yaml" for one in sweep.runs[:3]]
    without = f"Nothing to read in: {', '.join(sweep.failed)}."
    return {
        "kind": "netware sweep",
        "facts": with_value(
            [
                ("runs", len(sweep.runs)),
                ("not to be read", len(sweep.failed) or ""),
                ("replicas a run", first.scenario.get("replicas", 1)),
                ("swept", ", ".join(map(str, sweep.parameters.columns))),
            ]
        ),
        "warnings": [without] if sweep.failed else [],
        "found": settings(sweep),
        "scenario_title": f"Scenario of the first run, {first.path.name}",
        "again_told": "Each run of the sweep holds its own resolved scenario and seed:",
        "again": [*installed(first), *again, *([f"# ... and {more} more"] if more > 0 else [])],
    }


def run_facts(run: Run) -> Pairs:
    """Returns the facts that place a run."""
    step, steps = run.status.get("step"), run.status.get("steps")
    replicas = run.scenario.get("replicas", 1)
    agents = sum(int(given.get("agents", 0)) for given in run.populations.values())
    seeds = run.manifest.get("seeds") or []
    return [
        ("state", run.status.get("state")),
        ("steps", f"{step:,} of {steps:,}" if isinstance(step, int) and steps else step),
        ("agents", f"{agents:,}"),
        ("replicas", f"{replicas:,}"),
        ("seed", run.seed or (seeds[0] if seeds else "")),
        ("device", run.manifest.get("device")),
        ("made", str(run.manifest.get("created", ""))[:10]),
    ]


def found(run: Run) -> Findings:
    """Returns what was measured at the beginning and at the end."""
    if run.metrics.empty:
        return Findings((), "Nothing was measured: the scenario has no probes.")
    rows, before, replicas = [], "", replicas_in(run.metrics)
    for row in summary(run.metrics).to_dict("records"):
        probe, before = ("" if row["probe"] == before else row["probe"]), row["probe"]
        short = f"{row['replicas']} of {replicas} replicas are finite"
        rows.append(
            (
                Cell(words(probe)),
                Cell(words(row["quantity"]), f"mean over {row['over']}" if row["over"] else ""),
                Cell(number(row["first"])),
                Cell(
                    measured(row["mean"], row["deviation"]),
                    short if row["replicas"] < replicas else "",
                ),
            )
        )
    spread = (
        f"mean ± standard deviation over {replicas} replicas" if replicas > 1 else "one replica"
    )
    note = f"At the end: average over the last {100 * FINAL_SHARE:g} % of the steps; {spread}."
    head = heads(("probe", "quantity", "at the beginning", "at the end"))
    return Findings((Table(head, rows, (2, 3)),), note)


def settings(sweep: Sweep) -> Findings:
    """Returns the final values at every setting of the parameters, a table for each probe."""
    keys = [str(key) for key in sweep.parameters.columns]
    if not keys:
        return Findings((), "The runs differ in nothing but their seeds.")
    of_probe: dict[str, list[str]] = {}
    for probe, quantity in sweep.quantities:
        of_probe.setdefault(probe, []).append(quantity)
    note = (
        f"Average over the last {100 * FINAL_SHARE:g} % of the steps; mean ± standard deviation "
        "over replicas."
    )
    tables = [at_settings(sweep, keys, probe, names) for probe, names in of_probe.items()]
    return Findings(tables, note)


def at_settings(sweep: Sweep, keys: list[str], probe: str, quantities: list[str]) -> Table:
    """Returns the final values of one probe: a row for each setting, a dash for what is not."""
    values: dict[tuple[str, ...], dict[str, str]] = {}
    for quantity in quantities:
        for row in against(sweep.values(probe, quantity), keys).to_dict("records"):
            setting = tuple(str(row[key]) for key in keys)
            values.setdefault(setting, {})[quantity] = measured(row["mean"], row["deviation"])
    rows = [
        [Cell(one) for one in (*setting, *(given.get(each, DASH) for each in quantities))]
        for setting, given in values.items()
    ]
    names = [Cell(words(each), words(probe)) for each in quantities]
    return Table((*heads(keys), *names), rows, range(len(keys) + len(quantities)))


def heads(names: Iterable[str]) -> list[Cell]:
    """Returns the cells of the first row."""
    return [Cell(name) for name in names]


def figures(source: Run | Sweep) -> list[Picture]:
    """Returns every figure that there is data for, inlined."""
    shown = []
    for name in default_figures(source):
        drawing = prepared(source, name)
        drawn, caption = drawing.draw(source), drawing.caption(source)
        image, kind = drawn.render("svg"), "svg+xml"
        if len(image) > LARGEST_SVG:
            image, kind = drawn.render("png", PNG_DPI), "png"
        width = round(96 * drawn.get_figwidth() * SCREEN)
        shown.append(Picture(kind, b64encode(image).decode(), width, caption))
    return shown


def noted(text: str) -> list[tuple[str, str]]:
    """Splits the lines of a scenario into what is written and the comment after it."""
    parts = (line.partition("  # ") for line in text.rstrip("\n").split("\n"))
    return [(before, mark + note) for before, mark, note in parts]


def made(run: Run) -> Pairs:
    """Returns what the run was made with."""
    given, processor = run.manifest, run.manifest.get("processor") or {}
    settings_set = {k: v for k, v in (given.get("settings") or {}).items() if v is not None}
    hashes = given.get("hashes") or {}
    return [
        ("versions", joined(given.get("versions") or {})),
        *code_rows(given),
        ("device", given.get("device")),
        ("processor", ", ".join(map(str, processor.values()))),
        ("precision", given.get("precision")),
        ("threads", given.get("threads")),
        ("settings", joined(settings_set)),
        ("seeds of the replicas", shortened(given.get("seeds") or [])),
        ("sha256 of the scenario", hashes.get("scenario")),
        ("sha256, resolved", hashes.get("resolved")),
        ("created", given.get("created")),
    ]


def with_value(rows: Pairs) -> Pairs:
    """Leaves out the names that have no value."""
    return [(key, value) for key, value in rows if value not in (None, "", [], {})]


def joined(values: dict[str, object]) -> str:
    """Writes names and values on one line."""
    return ", ".join(f"{key} {value}" for key, value in values.items())


def shortened(values: Sequence[object], most: int = 16) -> str:
    """Writes a list on one line, cut after some."""
    rest = f", ... ({len(values) - most} more)" if len(values) > most else ""
    return ", ".join(map(str, values[:most])) + rest


def installed(run: Run) -> list[str]:
    """Returns the commands that bring back the program that made a run."""
    commit = run.commit.rstrip("+") if run.commit else ""
    checkout = [f"git checkout {commit}    # if you work in a clone"] if commit else []
    return [f"pip install netware=={run.version}", *checkout]
