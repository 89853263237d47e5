"""The catalog: the class behind each type of a scenario, found by the names of files."""

import importlib
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path as FilePath
from types import ModuleType
from typing import Any

from pydantic import ValidationError

from netware.errors import Problem, ScenarioError
from netware.scenario.checks.allowed import shown
from netware.scenario.checks.consistency import inconsistencies
from netware.scenario.checks.suggest import closest, listed, meant
from netware.scenario.checks.validation_errors import mistakes
from netware.scenario.document import Document, Path, Source
from netware.scenario.members.assemble import Builder, Outcome, is_torch_module
from netware.scenario.members.members import Members, Planned, Timed, build_all
from netware.scenario.parts import TIMED_KEYS
from netware.scenario.schema import Scenario
from netware.scenario.variants.validation_errors import mistakes_of_changes, mistakes_of_sweep
from netware.scenario.written import json_schema
from netware.scenario.written.describe import Description, description
from netware.scenario.written.resolved import resolved as written_out


ROOT = FilePath(__file__).parents[2]
FAMILIES = (
    "tasks",
    "models",
    "relations",
    "topologies",
    "optimisers",
    "coalition_games",
    "rules",
    "probes",
)
FOLDERS = {family: family for family in FAMILIES} | {
    "topologies": "graphs/topologies",
    "optimisers": "learning/optimisers",
    "coalition_games": "measures/coalition_games",
    "figures": "analysis/figures",
}
CONTRACTS = {
    "tasks": "netware.tasks.base.AbstractTask",
    "models": "netware.models.base.AbstractModel",
    "relations": "netware.relations.base.AbstractRelation",
    "topologies": "netware.graphs.topology.AbstractTopology",
    "optimisers": "netware.learning.optimisers.base.AbstractOptimiser",
    "coalition_games": "netware.measures.coalition_games.base.AbstractCoalitionGame",
    "rules": "netware.rules.base.AbstractRule",
    "probes": "netware.probes.base.AbstractProbe",
    "figures": "netware.analysis.figures.base.AbstractFigure",
}
DECLARED = {"rules": ("on", "reads"), "probes": ("quantities",)}
FORMER = {
    "rules": {"heard": "reads", "population": "on", "activations": "orders"},
    "relations": {
        "ends": "between",
        "flows": "flow_phase",
        "equipped": "with_columns",
        "bears_loss": "tolerates_deaths",
    },
}
NO_MORE = {
    "tasks": {"head": "write 'type: multi_head', which it is called now"},
    "rules": {
        "agreement_clock": "take it out: the probe 'time_to_consensus' looks at 'state' and "
        "'tolerance' of its own at every step",
        "order_moments": "take it out: the probes 'susceptibility' and 'binder_cumulant' look at "
        "'state' at every step; write its 'from' as their 'warmup'",
    },
}
"""Types that are no more, and what to write instead."""
BASE = re.compile(r"^class (\w+)\((Abstract\w+)", re.MULTILINE)
DOTTED = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")


def class_name(type_name: str) -> str:
    """Returns the name of the class of a type: `order_parameter` is `OrderParameter`."""
    return "".join(word.capitalize() for word in type_name.split("_"))


@cache
def modules(family: str) -> Mapping[str, str]:
    """Returns the class of each type, dotted: files that define the class of their own name.

    The text tells, without an import: a member derives from the contract of its family, or from
    an abstract class of the family that does.
    """
    folder = ROOT / FOLDERS.get(family, family)
    files = sorted(folder.rglob("*.py"))
    bases = {file: dict(BASE.findall(file.read_text("utf-8"))) for file in files}
    together = {name: base for one in bases.values() for name, base in one.items()}
    contract = CONTRACTS.get(family, "").rpartition(".")[2]
    found: dict[str, str] = {}
    for file in bases:
        name = class_name(file.stem)
        base = bases[file].get(name)
        while base in together:
            base = together[base]
        if base == contract:
            inside = file.relative_to(ROOT).with_suffix("")
            found[file.stem] = ".".join(("netware", *inside.parts, name))
    for entry in entry_points(group=f"netware.{family}"):
        found.setdefault(entry.name, entry.value.replace(":", "."))
    return found


def names(family: str) -> tuple[str, ...]:
    """Returns the types of a family, sorted; a family is one of `FAMILIES`."""
    return tuple(sorted(modules(family)))


def find(family: str, type_name: str) -> type:
    """Returns the class of a type: a file of netware's, or a dotted name of the user's own."""
    known = modules(family)
    if type_name in known:
        module, _, name = known[type_name].rpartition(".")
        return getattr(importlib.import_module(module), name)
    if "." in type_name:
        return own_class(family, type_name)
    if fix := NO_MORE.get(family, {}).get(type_name):
        found = f"'{type_name}', which is no more: probes remember by themselves"
        raise ScenarioError(type_name, found=found, expected="no such rule", fix=fix, code="S-ENUM")
    near = closest(type_name, known)
    raise ScenarioError(
        type_name,
        found=f"unknown type {shown(type_name)}{meant(near)}",
        expected=listed(sorted(known), most=60),
        fix=f"write '{near}'" if near else "write one of these, or a dotted name of your own",
        code="S-ENUM",
    )


def own_class(family: str, dotted: str) -> type:
    """Imports the class of `my_lab.herding` (class Herding) or of `my_lab.nets.Policy`."""
    before, _, last = dotted.rpartition(".")
    module, name = (before, last) if last[:1].isupper() else (dotted, class_name(last))
    found = getattr(imported(dotted, module), name, None)
    if not isinstance(found, type):
        raise refused(dotted, f"module '{module}' has no class '{name}'")
    if family not in CONTRACTS or (family == "models" and is_torch_module(found)):
        return found
    contract, _, base = CONTRACTS[family].rpartition(".")
    asked = getattr(importlib.import_module(contract), base)
    if not issubclass(found, asked):
        raise refused(dotted, f"class '{name}' is not derived from {CONTRACTS[family]}")
    missing = sorted(found.__abstractmethods__)
    if not is_dataclass(found):
        raise refused(dotted, f"class '{name}' is no dataclass, so it has no parameters")
    if missing:
        raise refused(dotted, f"class '{name}' has no {', '.join(missing)}")
    for declared in DECLARED.get(family, ()):
        if getattr(found, declared, None) is None and declared not in found.__annotations__:
            raise refused(dotted, f"class '{name}' does not say '{declared}': see {base}")
    former = {old: new for old, new in FORMER.get(family, {}).items() if old in vars(found)}
    for old, new in former.items():
        raise refused(dotted, f"class '{name}' has '{old}', which is now '{new}': see {base}")
    if hidden := [one.name for one in fields(found) if callable(vars(asked).get(one.name))]:
        raise refused(
            dotted, f"class '{name}' has a field '{hidden[0]}', which is a method of {base}"
        )
    return found


def imported(dotted: str, module: str) -> ModuleType:
    """Imports a module of an installed package or below the current directory."""
    top = module.partition(".")[0]
    if not DOTTED.fullmatch(dotted) or top in sys.stdlib_module_names:
        raise refused(dotted, f"{shown(dotted)} is no class of your own")
    if os.getcwd() not in sys.path and "" not in sys.path:
        sys.path.append(os.getcwd())
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise refused(dotted, f"no module named '{error.name}'") from None
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:160]
        raise refused(dotted, f"module '{module}' cannot be imported: {reason}") from error


def refused(dotted: str, found: str) -> ScenarioError:
    """Returns the error for a dotted name that leads to no class."""
    top = dotted.partition(".")[0][:40]
    return ScenarioError(
        dotted,
        found=found,
        expected="module.Class, importable from the current directory",
        fix=f"mend that class, or run where '{top}' can be imported",
        code="S-ENUM",
    )


def build(family: str, part: Mapping[str, Any], document: Document, path: Path) -> Outcome:
    """Builds the member that a part describes: its instance, or the problems with it."""
    reserved = TIMED_KEYS if family in ("relations", "rules", "probes") else ()
    return Builder(find, document).build(family, dict(part), path, reserved)


def check(document: Document) -> Scenario:
    """Returns the scenario of a document, or raises one error with all its mistakes."""
    scenario, problems = examine(document)
    problems += mistakes_of_sweep(document, examine, problems)
    problems += mistakes_of_changes(document, examine, problems)
    if scenario is None or problems:
        raise ScenarioError.together(in_order(problems))
    return scenario


def examine(document: Document) -> tuple[Scenario | None, list[Problem]]:
    """Returns the scenario, if it has the right form, and everything that is wrong with it."""
    scenario, problems = None, []
    try:
        scenario = Scenario.model_validate(document.data)
    except ValidationError as error:
        problems = mistakes(error, document, (), scenario_schema())
    built, unbuilt = build_all(Builder(find, document))
    problems += [*unbuilt, *inconsistencies(document, built["probes"])]
    return scenario, problems


def in_order(problems: list[Problem]) -> list[Problem]:
    """Sorts problems by line and column, the same one listed once."""

    def place(problem: Problem) -> tuple[int, ...]:
        match = re.search(r":(\d+):(\d+)(?::|$)", problem.where)
        return tuple(int(number) for number in match.groups()) if match else (0, 0)

    return sorted(dict.fromkeys(problems), key=place)


@cache
def scenario_schema() -> dict[str, Any]:
    """Returns the JSON Schema of the sections, parameters of types left open."""
    return Scenario.model_json_schema()


def members(scenario: Scenario) -> Members:
    """Builds the members of a checked scenario."""
    document = Document(Source(f"scenario {scenario.name}", ""), written(scenario))
    built, problems = build_all(Builder(find, document))
    if problems:
        raise ScenarioError.together(problems)
    timed = {
        section: {
            name: Timed(member, getattr(scenario, section)[name].cadence)
            for name, member in built[section].items()
        }
        for section in ("relations", "rules", "probes")
    }
    events = tuple(
        Planned(event.cadence, built["events"].get(index), event.set or {})
        for index, event in enumerate(scenario.events)
    )
    return Members(
        tasks=built["tasks"],
        models=built["models"],
        agents=built["agents"],
        relations=timed["relations"],
        rules=timed["rules"],
        probes=timed["probes"],
        events=events,
    )


def written(scenario: Scenario) -> dict[str, Any]:
    """Returns what was written in a scenario, defaults left out, as YAML has it."""
    return scenario.model_dump(by_alias=True, exclude_unset=True)


def resolved(scenario: Scenario) -> dict[str, Any]:
    """Returns the scenario with every default written out; it loads as the same scenario."""
    return written_out(scenario, members(scenario))


def schema() -> dict[str, Any]:
    """Returns the JSON Schema of scenarios, every type with its parameters."""
    return json_schema.schema(
        {family: {name: find(family, name) for name in names(family)} for family in FAMILIES}
    )


def describe(family: str, type_name: str) -> Description:
    """Describes a type: its sentence, its parameters and its source."""
    return description(family, type_name, find(family, type_name))
