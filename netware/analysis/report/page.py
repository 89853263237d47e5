"""One HTML page about a run or a sweep: self-contained, offline, without scripts."""

import os
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from string import Template

from netware.analysis.plotting import default_figures, prepared
from netware.analysis.report.html import facts, listing, measured, number, pairs, table, text
from netware.analysis.report.sources import links, sources
from netware.analysis.statistics import against, summary
from netware.analysis.style import words
from netware.record.files import write_atomically
from netware.record.reader import Run
from netware.record.sweep_reader import Sweep, open_any
from netware.record.tables import FINAL_SHARE, replicas_in


CSS = Path(__file__).with_name("report.css")
LARGEST_SVG = 400_000
PNG_DPI = 220
SCREEN = 1.25
PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="netware $version">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header>
<p class="kind">$kind</p>
<h1>$title</h1>
$lede
$facts
</header>
<main>
$body
</main>
<footer>$footer</footer>
</body>
</html>
""")


def write(path: str | os.PathLike[str]) -> Path:
    """Writes `report.html` into the folder of a run or a sweep, and returns its path."""
    source = open_any(path)
    place = source.path / "report.html"
    write_atomically(place, page(source).encode("utf-8", "backslashreplace"))
    return place


def page(source: Run | Sweep) -> str:
    """Returns the page."""
    run = source if isinstance(source, Run) else source.runs[0]
    style = CSS.read_text("utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    about = str(run.scenario.get("about") or "")
    sections = sweep_sections(source) if isinstance(source, Sweep) else run_sections(source)
    return PAGE.substitute(
        policy=policy,
        version=text(run.version),
        title=text(words(str(run.scenario.get("name", source.name)))),
        style=style,
        kind="netware sweep" if isinstance(source, Sweep) else "netware run",
        lede=f'<p class="lede">{text(about)}</p>' if about else "",
        facts=sweep_facts(source) if isinstance(source, Sweep) else run_facts(source),
        body="\n".join(sections),
        footer=text(f"{source.name} · netware {run.version}"),
    )


def run_sections(run: Run) -> list[str]:
    """Returns the sections of a page about a run."""
    return [
        unfinished(run),
        found(run),
        *figures(run),
        scenario(run),
        made(run),
        reproduce(run),
        cite(run),
    ]


def sweep_sections(sweep: Sweep) -> list[str]:
    """Returns the sections of a page about a sweep."""
    first = sweep.runs[0]
    return [
        *figures(sweep),
        settings(sweep),
        scenario(first, f"Scenario of the first run, {first.path.name}"),
        made(first),
        reproduce(sweep),
        cite(first),
    ]


def run_facts(run: Run) -> str:
    """Returns the facts that place a run."""
    step, steps = run.status.get("step"), run.status.get("steps")
    replicas = run.scenario.get("replicas", 1)
    agents = sum(int(given.get("agents", 0)) for given in run.populations.values())
    seeds = run.manifest.get("seeds") or []
    return facts(
        [
            ("state", run.status.get("state")),
            ("steps", f"{step:,} of {steps:,}" if isinstance(step, int) and steps else step),
            ("agents", f"{agents:,}"),
            ("replicas", f"{replicas:,}"),
            ("seed", run.seed or (seeds[0] if seeds else "")),
            ("device", run.manifest.get("device")),
            ("made", str(run.manifest.get("created", ""))[:10]),
        ]
    )


def sweep_facts(sweep: Sweep) -> str:
    """Returns the facts that place a sweep."""
    return facts(
        [
            ("runs", len(sweep.runs)),
            ("not to be read", len(sweep.failed) or ""),
            ("replicas a run", sweep.runs[0].scenario.get("replicas", 1)),
            ("swept", ", ".join(map(str, sweep.parameters.columns))),
        ]
    )


def unfinished(run: Run) -> str:
    """Says so if the run did not come to its end."""
    state, reason = run.status.get("state"), run.status.get("reason")
    if state in ("done", None):
        return ""
    why = f": {reason}" if reason else ""
    return f'<p class="warning">This run is not complete; it is {text(state)}{text(why)}.</p>'


def found(run: Run) -> str:
    """Returns the table of what was measured at the beginning and at the end."""
    if run.metrics.empty:
        return "<h2>What was found</h2><p>Nothing was measured: the scenario has no probes.</p>"
    rows, before = [], ""
    for row in summary(run.metrics).to_dict("records"):
        probe, before = ("" if row["probe"] == before else row["probe"]), row["probe"]
        over = f"<small>mean over {text(row['over'])}</small>" if row["over"] else ""
        finite, replicas = row["replicas"], replicas_in(run.metrics)
        short = f" <small>{finite} of {replicas} replicas are finite</small>"
        rows.append(
            [
                text(words(probe)),
                f"{text(words(row['quantity']))} {over}",
                text(number(row["first"])),
                text(measured(row["mean"], row["deviation"])) + short * (finite < replicas),
            ]
        )
    replicas = replicas_in(run.metrics)
    spread = (
        f"mean ± standard deviation over {replicas} replicas" if replicas > 1 else "one replica"
    )
    note = f"At the end: average over the last {100 * FINAL_SHARE:g} % of the steps; {spread}."
    shown = table(("probe", "quantity", "at the beginning", "at the end"), rows, (2, 3))
    return f'<h2>What was found</h2>{shown}<p class="quiet">{text(note)}</p>'


def settings(sweep: Sweep) -> str:
    """Returns the table of final values at every setting of the parameters."""
    keys = [str(key) for key in sweep.parameters.columns]
    quantities = sweep.quantities[:6]
    if not keys:
        return "<h2>What was found</h2><p>The runs differ in nothing but their seeds.</p>"
    columns: dict[tuple[str, ...], list[str]] = {}
    for probe, quantity in quantities:
        for row in against(sweep.values(probe, quantity), keys).to_dict("records"):
            setting = tuple(str(row[key]) for key in keys)
            columns.setdefault(setting, []).append(text(measured(row["mean"], row["deviation"])))
    head = (*keys, *(words(quantity) for _, quantity in quantities))
    rows = [[*map(text, setting), *values] for setting, values in columns.items()]
    note = (
        f"Average over the last {100 * FINAL_SHARE:g} % of the steps; mean ± standard deviation "
        "over replicas."
    )
    without = ", ".join(sweep.failed)
    missing = f'<p class="warning">Nothing to read in: {text(without)}.</p>' if without else ""
    shown = table(head, rows, range(len(head)))
    return f'<h2>What was found</h2>{missing}{shown}<p class="quiet">{text(note)}</p>'


def figures(source: Run | Sweep) -> list[str]:
    """Returns every figure that there is data for, inlined."""
    shown = []
    for place, name in enumerate(default_figures(source), 1):
        drawing = prepared(source, name)
        drawn, caption = drawing.draw(source), drawing.caption(source)
        image, kind = drawn.render("svg"), "svg+xml"
        if len(image) > LARGEST_SVG:
            image, kind = drawn.render("png", PNG_DPI), "png"
        width = round(96 * drawn.get_figwidth() * SCREEN)
        shown.append(
            f'<figure><img src="data:image/{kind};base64,{b64encode(image).decode()}" '
            f'width="{width}" alt="{text(caption)}">'
            f"<figcaption><b>Figure {place}.</b> {text(caption)}</figcaption></figure>"
        )
    return ["<h2>Figures</h2>", *shown] if shown else []


def scenario(run: Run, title: str = "Scenario") -> str:
    """Returns the scenario with every default written out, and where each value came from."""
    lines = (run.path / "resolved.yaml").read_text("utf-8")
    summary_line = "Every value, and where it was written"
    return (
        f"<h2>{text(title)}</h2><details open><summary>{summary_line}</summary>"
        f"{listing(lines)}</details>"
    )


def made(run: Run) -> str:
    """Returns what the run was made with."""
    given, processor = run.manifest, run.manifest.get("processor") or {}
    settings_set = {k: v for k, v in (given.get("settings") or {}).items() if v is not None}
    hashes = given.get("hashes") or {}
    code = {name: one["sha256"][:12] for name, one in (given.get("code") or {}).items()}
    accepted = [c for one in given.get("accepted code") or () for c in one["changes"]]
    rows = [
        ("versions", joined(given.get("versions") or {})),
        ("git", given.get("git")),
        ("git of the scenario's folder", (given.get("folder") or {}).get("git")),
        ("own code, by sha256", joined(code)),
        ("own code that changed on the way", ", ".join(accepted)),
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
    promise = [(f"the {key}", value) for key, value in (given.get("promise") or {}).items()]
    promised = f"<h3>What comes out the same</h3>{pairs(promise)}" if promise else ""
    return f"<h2>How it was made</h2>{pairs(rows)}{promised}"


def joined(values: dict[str, object]) -> str:
    """Writes names and values on one line."""
    return ", ".join(f"{key} {value}" for key, value in values.items())


def shortened(values: Sequence[object], most: int = 16) -> str:
    """Writes a list on one line, cut after some."""
    rest = f", ... ({len(values) - most} more)" if len(values) > most else ""
    return ", ".join(map(str, values[:most])) + rest


def reproduce(source: Run | Sweep) -> str:
    """Returns the commands that make it again."""
    run = source if isinstance(source, Run) else source.runs[0]
    lines = [f"pip install netware=={run.version}"]
    if run.commit:
        lines.append(f"git checkout {run.commit.rstrip('+')}    # if you work in a clone")
    if isinstance(source, Run):
        lines.append(f"netware run {run.path.name}/resolved.yaml")
        told = "The resolved scenario above holds every value and the seed; save it, and run it:"
    else:
        lines += [f"netware run {one.path.name}/resolved.yaml" for one in source.runs[:3]]
        lines += [f"# ... and {len(source.runs) - 3} more"] if len(source.runs) > 3 else []
        told = "Each run of the sweep holds its own resolved scenario and seed:"
    command = run.manifest.get("command") or []
    first = f"<p>It was made by <code>{text(' '.join(map(str, command)))}</code>.</p>"
    return (
        f"<h2>How to make it again</h2>{first if command else ''}"
        f"<p>{text(told)}</p><pre>{text(chr(10).join(lines))}</pre>"
    )


def cite(run: Run) -> str:
    """Returns what to cite: netware, and the sources of the parts that the scenario uses."""
    items = []
    for name, source in sources(run.scenario):
        parts = [
            f'<a href="{text(address)}">{text(part)}</a>' if address else text(part)
            for part, address in links(source)
        ]
        items.append(f"<li><code>{text(name)}</code>: {''.join(parts)}</li>")
    own = (
        f"netware {run.version}, a simulator of populations of neural agents; run {run.name}"
        + (f", seed {run.seed}" if run.seed else "")
        + "."
    )
    parts = f"<p>and the sources of what the scenario uses:</p><ul>{''.join(items)}</ul>"
    return f"<h2>How to cite</h2><p>{text(own)}</p>{parts if items else ''}"
