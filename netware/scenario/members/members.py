"""The members of a scenario: instances of the classes that its types name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from netware.errors import Problem
from netware.scenario.checks.consistency import entries
from netware.scenario.members.assemble import Builder, Outcome
from netware.scenario.parts import ALWAYS, TIMED_KEYS, Cadence


@dataclass(frozen=True)
class Timed:
    """A relation, a rule or a probe, and when it is due."""

    member: Any
    cadence: Cadence = ALWAYS


@dataclass(frozen=True)
class Planned:
    """An event: when it happens, and the rule that is applied or the parameters that change."""

    cadence: Cadence
    rule: Any = None
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Members:
    """All members of a scenario.

    Args:
        tasks: By name.
        models: By the name of their population; populations without a network are left out.
        agents: The users' own agent classes, by the name of their population.
        relations: By name, in the order of the file.
        rules: By name, in the order of the file.
        probes: By name, in the order of the file.
        events: In the order of the file.
    """

    tasks: Mapping[str, Any]
    models: Mapping[str, Any]
    agents: Mapping[str, type]
    relations: Mapping[str, Timed]
    rules: Mapping[str, Timed]
    probes: Mapping[str, Timed]
    events: tuple[Planned, ...]


Built = dict[str, dict[Any, Any]]
MOST_PROBLEMS = 100
SECTIONS = ("tasks", "models", "agents", "relations", "rules", "probes", "events")


def build_all(assembly: Builder) -> tuple[Built, list[Problem]]:
    """Builds every member, by section and name, and says what is wrong, 100 mistakes at most."""
    built: Built = {section: {} for section in SECTIONS}
    problems: list[Problem] = []
    for section, name, build in places(assembly):
        outcome = build()
        problems += outcome.problems
        if outcome.value is not None:
            built[section][name] = outcome.value
        if len(problems) >= MOST_PROBLEMS:
            break
    return built, problems[:MOST_PROBLEMS]


def places(assembly: Builder) -> Iterator[tuple[str, Any, Callable[[], Outcome]]]:
    """Yields section, name and building of every member, in the order of the sections."""
    document = assembly.document
    for section in ("tasks", "relations", "rules", "probes"):
        reserved = () if section == "tasks" else TIMED_KEYS
        for name, part in entries(document, section).items():
            yield section, name, partial(assembly.build, section, part, (section, name), reserved)
    for name in entries(document, "populations"):
        path = ("populations", name, "model")
        yield "models", name, partial(assembly.build, "models", document.get(path), path)
        yield "agents", name, partial(assembly.agent_class, name)
    events = document.data.get("events")
    for index, event in enumerate(events if isinstance(events, list) else []):
        if isinstance(event, dict) and event.get("set") is None:
            reserved, path = ("at", "set"), ("events", index)
            build = partial(assembly.build, "rules", event, path, reserved, by="rule")
            yield "events", index, build
