"""Events that change parameters during a run: what may change, and the scenario after a change."""

from collections.abc import Callable, Mapping
from typing import Any

from netware.errors import Problem
from netware.scenario.document import Document, Path, placed
from netware.scenario.expects import shown
from netware.scenario.overrides import misplaced, path_of
from netware.scenario.schema import Scenario
from netware.scenario.sweep import alone, budget, refused


CHANGEABLE = ("relations", "rules", "probes")

Examine = Callable[[Document], tuple[Any, list[Problem]]]


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Returns a scenario with the values of an event's `set` in their places."""
    data: Any = scenario.model_dump(by_alias=True, exclude_unset=True)
    for key, value in changes.items():
        data = placed(data, path_of(key), value)
    return Scenario.model_validate(data)


def mistakes_of_changes(
    document: Document, examine: Examine, before: list[Problem]
) -> list[Problem]:
    """Returns what is wrong with the keys that events set and with the values they give them."""
    single = alone(document)
    events = document.data.get("events")
    changes = [
        (("events", index, "set", key), key, value)
        for index, event in enumerate(events if isinstance(events, list) else [])
        if isinstance(event, dict) and isinstance(event.get("set"), dict)
        for key, value in event["set"].items()
    ]
    known = {(one.code, one.found) for one in before}
    problems: list[Problem] = []
    for path, key, value in changes[: budget(document, before)]:
        target = path_of(key)
        wrong = unchangeable(document, path, target)
        refusal = None if wrong else misplaced(target, single)
        if refusal:
            wrong = [refused(document, path, refusal)]
        if not wrong:
            _, wrong = examine(within(single, path, target, value))
        for one in wrong:
            if (one.code, one.found) not in known:
                known.add((one.code, one.found))
                problems.append(one)
    return problems


def within(document: Document, path: Path, target: Path, value: Any) -> Document:
    """Returns the document with the value written at `path` put at `target`."""
    size = len(path)
    values = {target + p[size:]: m for p, m in document.values.items() if p[:size] == path}
    keys = {target + p[size:]: m for p, m in document.keys.items() if p[:size] == path}
    return document.within(target, value, keys, values)


def unchangeable(document: Document, path: Path, key: Path) -> list[Problem]:
    """Refuses an event that changes what is fixed once a run has begun."""
    inputs = key[:1] == ("populations",) and key[2:3] == ("inputs",)
    if (key[:1] and key[0] in CHANGEABLE and len(key) > 2 and key[2] != "type") or inputs:
        return []
    return [
        document.problem(
            path,
            "S-EVENT",
            found=f"{shown(path[-1])} cannot change during a run",
            expected="a parameter of a relation, a rule, a probe or of inputs: rules.agree.gain",
            fix="write such a key, or start another run",
            key=path,
        )
    ]
