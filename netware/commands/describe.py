"""Says what a scenario will cost, what it can be made of, and begins new ones."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import indent
from typing import Any

import typer

from netware.commands.cost import measured, sweep_lines, time_of
from netware.errors import NetwareError, ScenarioError
from netware.record.files import write_atomically
from netware.scenario.checks.suggest import closest, listed
from netware.scenario.members import catalog
from netware.scenario.variants.sweep import extend
from netware.scenario.written.describe import Description, Parameter, parameter
from netware.scenario.written.resolved import origins, render
from netware.scenario.yaml.load import load
from netware.simulation.build import Blueprint, blueprint, planned
from netware.simulation.doubts import doubts
from netware.simulation.estimate import Cost, estimate, refuse, shown
from netware.simulation.naming import reading_lines
from netware.world import World


SECTIONS = {
    "populations": "Population",
    "inputs": "Inputs",
    "space": "Space",
    "stop": "Stop",
    "record": "Record",
}
KINDS = (*catalog.FAMILIES, "figures", "sections", *SECTIONS, "scenarios", "table")
SHIPPED = Path(__file__).parents[1] / "shipped"
REPOSITORY = Path(__file__).parents[2] / "scenarios"


def cost_of(path: Path, arguments: Sequence[str]) -> str:
    """Returns the scenario with every default, and what it will cost; raises all its mistakes.

    What only building can find, such as a graph that cannot be, is found by building it, and its
    time by taking some steps, unless that takes more than a gigabyte or very long.
    """
    document = extend(load(path), arguments)
    plan = planned(document)
    cost = estimate(plan.scenario, plan.members)
    refuse(plan.scenario, cost, Path.cwd())
    pace, built = measured(plan, cost) or (None, None)
    try:
        said = reading_lines(plan.plan.definitions, plan.names)
    except NetwareError as error:
        raise plan.anchored(error) from error
    values = catalog.resolved(plan.scenario)
    return "\n".join(
        [
            render(values, origins(values, plan.document)).rstrip(),
            "",
            f"# {path}: no mistakes",
            *(f"# {line}" for line in models_of(plan)),
            *(f"# {line}" for line in said),
            *(f"# note     {line}" for line in plan.notes),
            *(f"# warning  {line}" for line in (doubts(plan.plan, built) if built else ())),
            f"# agents   {cost.agents:,} in {plan.scenario.replicas} replicas",
            f"# weights  {cost.weights:,}",
            f"# edges    {edges_in(plan, cost, built)}",
            f"# memory   {shown(cost.memory)}",
            f"# disk     {shown(cost.disk)}",
            f"# time     {time_of(plan, cost, pace)}",
            *(f"# {line}" for line in sweep_lines(document)),
        ]
    )


def edges_in(plan: Blueprint, cost: Cost, built: World | None) -> str:
    """Returns how many edges there are once it is built, or about will be where that is known."""
    relations = plan.members.relations
    moving = [name for name, timed in relations.items() if timed.member.dynamic]
    if built is not None:
        parts = [f"{sum(edges.count for edges in built.edges.values()):,} at step 0"]
    else:
        known = len(cost.uncounted) < len(relations) or not relations
        parts = [f"about {cost.edges:,}"] if known else []
        parts += [f"unknown in {', '.join(cost.uncounted)}"] if cost.uncounted else []
    parts += [f"those of {', '.join(moving)} are found again as it runs"] if moving else []
    return "; ".join(parts)


def models_of(plan: Blueprint) -> list[str]:
    """Returns a line for each population with a model: its weights and arithmetic."""
    return [
        f"{name}: {plan.scenario.populations[name].agents:,} agents, each "
        f"{model.parameter_count():,} weights and {model.flops():,} operations a sample"
        for name, model in plan.members.models.items()
    ]


def say_schema(out: Path | None) -> None:
    """Writes the JSON Schema to a file, or to the terminal."""
    text = json.dumps(catalog.schema(), indent=1) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_atomically(out, text.encode())
        typer.echo(f"{out}: write '# yaml-language-server: $schema={out.name}' atop a scenario")


def listing(what: str, name: str | None) -> str:
    """Returns what there is of a kind, or one of it in full."""
    if what not in KINDS:
        raise unknown("netware list", what, KINDS)
    if what == "table":
        return f"{scenario_table()}\n\n{table()}"
    if what == "scenarios":
        return "\n".join(f"{one.stem:<32} {about(one)}" for one in scenario_files())
    if what == "sections" or what in SECTIONS:
        return keys_of(what, name)
    if name is not None:
        return whole(catalog.describe(what, name))
    return "\n\n".join(brief(catalog.describe(what, one)) for one in catalog.names(what))


def table() -> str:
    """Returns all that a scenario can be made of as one Markdown table, for the README."""
    lines = ["| kind | type | what it does | source |", "|---|---|---|---|"]
    for family in catalog.FAMILIES:
        for name in catalog.names(family):
            one = catalog.describe(family, name)
            lines.append(f"| {family} | `{name}` | {one.sentence} | {cited(one.source)} |")
    return "\n".join(lines)


def scenario_table() -> str:
    """Returns the scenarios as one Markdown table, for the README."""
    lines = ["| scenario | what its figure shows |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{one.stem}` | {about(one)} |" for one in scenario_files())])


def cited(source: str) -> str:
    """Returns a source on one line, its DOIs and preprints as links."""
    text = " ".join(source.split()).rstrip(".")
    text = re.sub(r"doi:(10\.[^\s,;]+)", r"[doi](https://doi.org/\1)", text)
    return re.sub(r"arXiv:(\d{4}\.\d{4,5})", r"[arXiv:\1](https://arxiv.org/abs/\1)", text)


def brief(one: Description) -> str:
    """Returns a member's sentence, parameters and source, a line each."""
    keys = ", ".join(
        each.name if each.default is None else f"{each.name}={each.default}"
        for each in one.parameters
    )
    return "\n".join(
        [
            typer.style(one.name, bold=True),
            f"  {one.sentence}",
            f"  {keys or '(no parameters)'}",
            f"  {' '.join(one.source.split())}",
        ]
    )


def whole(one: Description) -> str:
    """Returns everything that is known of a member."""
    lines = [brief(one), ""]
    lines += [indent(one.equation, "  "), ""] if one.equation else []
    lines += [in_full(each) for each in one.parameters]
    lines += ["", f"  measures {', '.join(one.quantities)}"] if one.quantities else []
    lines += ["", *(f"  needs {need}" for need in one.needs)] if one.needs else []
    return "\n".join(lines)


def in_full(one: Parameter) -> str:
    """Returns what may stand at a key, its default, unit and meaning."""
    default = "must be written" if one.default is None else f"default {one.default}"
    unit = f" [{one.unit}]" if one.unit else ""
    return (
        f"  {one.name}: {one.allowed}; {default}{unit}\n      {' '.join(one.description.split())}"
    )


def keys_of(what: str, name: str | None) -> str:
    """Returns the keys of a scenario, or of one section of it, or one of these keys."""
    schema = catalog.schema()
    held = schema if what == "sections" else schema["$defs"][SECTIONS[what]]
    keys = held["properties"]
    if name is not None and name not in keys:
        raise unknown(f"netware list {what}", name, tuple(keys))
    asked = [name] if name is not None else list(keys)
    needed = {"$defs": schema["$defs"], "required": held.get("required", [])}
    return "\n".join(in_full(key_of(key, keys[key], needed)) for key in asked)


def key_of(name: str, one: dict[str, Any], schema: dict[str, Any]) -> Parameter:
    """Describes one key; where a member stands there, by the list of such members."""
    families = [each.get("$ref", "").rpartition("/")[2] for each in one.get("anyOf", [])]
    whole = parameter(name, one, schema)
    for family in catalog.FAMILIES:
        if family in families:
            return replace(whole, allowed=f"one of those that 'netware list {family}' lists")
    return whole


def scenario_files() -> list[Path]:
    """Returns the scenarios that come with netware: inside its wheel, or beside it in a clone."""
    folder = SHIPPED if SHIPPED.is_dir() else REPOSITORY
    return sorted(folder.glob("*.yaml"))


def about(path: Path) -> str:
    """Returns the sentence of a scenario."""
    return " ".join(str(blueprint(path).scenario.about).split())


def scenario_named(name: str) -> Path:
    """Returns the file of a scenario that comes with netware."""
    files = {path.stem: path for path in scenario_files()}
    if name not in files:
        raise unknown("--from", name, tuple(files))
    return files[name]


def unknown(where: str, found: str, choices: Sequence[str]) -> ScenarioError:
    """Returns the error for a name that is none of the choices."""
    near = closest(found, choices)
    return ScenarioError(
        where,
        found=f"'{found[:60]}'",
        expected=listed(list(choices)),
        fix=f"write '{near}'" if near else "write one of these",
        code="S-ENUM",
    )
