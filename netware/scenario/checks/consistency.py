"""What must hold between the sections of a scenario: references, events, stop and records."""

from collections.abc import Mapping
from typing import Any

from netware.errors import Problem
from netware.scenario import stop_condition
from netware.scenario.checks.validation_errors import missing, undefined
from netware.scenario.document import Document, Mark, Path


def entries(document: Document, section: str) -> dict[str, Any]:
    """Returns the entries of a section, none if it is no mapping."""
    found = document.data.get(section)
    return found if isinstance(found, dict) else {}


def inconsistencies(document: Document, probes: Mapping[str, Any]) -> list[Problem]:
    """Returns what does not fit together; what the schema refuses is skipped here.

    Args:
        document: The scenario.
        probes: The probes that could be built.
    """
    return [
        *tasks_of_inputs(document),
        *capacities(document),
        *events(document),
        *refused_stop(document, probes),
        *recorded(document),
    ]


def tasks_of_inputs(document: Document) -> list[Problem]:
    """Refuses inputs from a task that is not there."""
    problems = []
    for name in entries(document, "populations"):
        path: Path = ("populations", name, "inputs", "task")
        task, choices = document.get(path), list(entries(document, "tasks"))
        if isinstance(task, str) and task not in choices:
            problems.append(undefined(path, document, "tasks", task, choices))
    return problems


def capacities(document: Document) -> list[Problem]:
    """Refuses fewer places than agents at the start."""
    problems = []
    for name in entries(document, "populations"):
        path: Path = ("populations", name, "capacity")
        places, agents = document.get(path), document.get(("populations", name, "agents"))
        if type(places) is int and type(agents) is int and places < agents:
            problems.append(
                document.problem(
                    path,
                    "S-RANGE",
                    found=f"{places} places",
                    expected=f"a capacity of {agents} agents or more",
                    fix=f"write 'capacity: {agents}', or begin with fewer agents",
                )
            )
    return problems


def events(document: Document) -> list[Problem]:
    """Refuses events that never happen, that do nothing, or that contradict each other."""
    found = document.data.get("events")
    problems: list[Problem] = []
    changed: dict[tuple[int, str], Path] = {}
    for index, event in enumerate(found if isinstance(found, list) else []):
        if isinstance(event, dict):
            path: Path = ("events", index)
            problems += [*what_happens(document, event, path), *when(document, event, path)]
            problems += contradictions(document, event, path, changed)
    return problems


def steps_of(event: dict[str, Any]) -> list[int]:
    """Returns the steps of an event, as far as they are steps."""
    at = event.get("at")
    return [one for one in (at if isinstance(at, list) else [at]) if type(one) is int]


def what_happens(document: Document, event: dict[str, Any], path: Path) -> list[Problem]:
    """Refuses an event with neither a rule nor a change, or with both."""
    if event.get("rule") is None and event.get("set") is None:
        return [missing((*path, "rule"), document, "the type of a rule, or a 'set' of parameters")]
    if event.get("rule") is not None and event.get("set") is None:
        return []
    beside = [key for key in event if key not in ("at", "set")]
    return [
        document.problem(
            (*path, key),
            "S-UNKNOWN",
            found=f"'{key}' beside 'set'",
            expected="at and set",
            fix="write two events",
            key=(*path, key),
        )
        for key in beside
    ]


def when(document: Document, event: dict[str, Any], path: Path) -> list[Problem]:
    """Refuses an event after the last step."""
    last, where = document.data.get("steps"), document.mark(("steps",))
    late = [step for step in steps_of(event) if type(last) is int and step > last]
    if not late:
        return []
    line = f" (line {where.line})" if where else ""
    return [
        document.problem(
            (*path, "at"),
            "S-EVENT",
            found=f"event at step {late[0]}, but the run has {last} steps{line}",
            expected=f"a step, 0 to {last}",
            fix=f"write an earlier step, or 'steps: {late[0]}'",
        )
    ]


def contradictions(
    document: Document, event: dict[str, Any], path: Path, changed: dict[tuple[int, str], Path]
) -> list[Problem]:
    """Refuses a second change of a parameter at the same step."""
    problems = []
    keys = event.get("set")
    for key in keys if isinstance(keys, dict) else {}:
        for step in dict.fromkeys(steps_of(event)):
            before = changed.setdefault((step, key), (*path, "set", key))
            if before[:2] == path:
                continue
            first = document.key_mark(before)
            line = f"line {first.line}" if first else "another event"
            problems.append(
                document.problem(
                    (*path, "set", key),
                    "S-EVENT",
                    found=f"'{key}' changes twice at step {step}, first at {line}",
                    expected="one change of a parameter at a step",
                    fix="delete one of the two, or move it to another step",
                    key=(*path, "set", key),
                )
            )
            break
    return problems


def refused_stop(document: Document, probes: Mapping[str, Any]) -> list[Problem]:
    """Refuses a condition that is none, or that asks for a probe or quantity that is not there."""
    path: Path = ("stop", "when")
    text = document.get(path)
    if not isinstance(text, str):
        return []
    try:
        condition = stop_condition.parse(text)
    except stop_condition.ExpressionError as error:
        mark = inside(document, path, text, error.place)
        excerpt = mark.excerpt() if mark else ""
        fix = "write for example 'disagreement < 1e-4'"
        where = document.named(mark, path)
        return [Problem(where, error.found, stop_condition.EXPECTED, fix, "X-EXPR", excerpt)]
    problems = []
    for name in sorted(condition.names):
        probe, _, quantity = name.partition(".")
        choices = list(entries(document, "probes"))
        known = getattr(type(probes.get(probe)), "quantities", {})
        if probe not in choices:
            problems.append(undefined(path, document, "probes", probe, choices))
        elif quantity and known and quantity not in known:
            problems.append(undefined(path, document, "quantities", quantity, list(known)))
    return problems


def inside(document: Document, path: Path, text: str, place: int) -> Mark | None:
    """Returns the place of a character of a text, if it was written on one line as it is."""
    mark = document.mark(path)
    if mark is None:
        return None
    line = mark.source.line(mark.line)
    for column in (mark.column, mark.column + 1):
        if line[column - 1 :].startswith(text):
            return Mark(mark.source, mark.line, column + place)
    return mark


def recorded(document: Document) -> list[Problem]:
    """Refuses to record a probe that is not there."""
    metrics, choices = document.get(("record", "metrics")), list(entries(document, "probes"))
    return [
        undefined(("record", "metrics", index), document, "probes", name, choices)
        for index, name in enumerate(metrics if isinstance(metrics, list) else [])
        if isinstance(name, str) and name not in choices
    ]
