"""The scenario with every default written out, and where each value came from."""

import json
from collections.abc import Mapping
from typing import Any

from netware.scenario.document import Document, Path
from netware.scenario.members.members import Members
from netware.scenario.members.signature import part_of
from netware.scenario.schema import Scenario
from netware.scenario.variants.overrides import COMMAND_LINE


DEFAULT = "default"


def resolved(scenario: Scenario, members: Members) -> dict[str, Any]:
    """Returns plain values that load as the same scenario, with every default written out."""
    data = scenario.model_dump(by_alias=True)
    for name, task in members.tasks.items():
        data["tasks"][name] = part_of(task)
    for name, model in members.models.items():
        data["populations"][name]["model"] = part_of(model)
    for section in ("relations", "rules", "probes"):
        for name, timed in getattr(members, section).items():
            data[section][name] = part_of(timed.member) | due(data[section][name])
    for index, event in enumerate(members.events):
        data["events"][index] = event_of(data["events"][index], event.rule)
    return data


def event_of(written: dict[str, Any], rule: Any) -> dict[str, Any]:
    """Returns an event with the parameters of its rule written out."""
    if rule is None:
        return {key: written[key] for key in ("at", "set")}
    part = part_of(rule)
    return {"at": written["at"], "rule": part.pop("type"), **part}


def due(written: dict[str, Any]) -> dict[str, Any]:
    """Returns the keys of a cadence that may stand together."""
    if written.get("at") is not None:
        return {"at": written["at"]}
    keys = {key: written[key] for key in ("every", "from", "until")}
    return {key: value for key, value in keys.items() if value is not None}


def origin(document: Document, path: Path) -> str:
    """Returns where the value at `path` was written: a line, an argument, or `default`."""
    mark = document.values.get(path)
    if mark is None or document.get(path) is None:
        return DEFAULT
    if mark.source.name == COMMAND_LINE:
        return f"{COMMAND_LINE}: {mark.source.text}"
    return f"{mark.source.name}:{mark.line}"


def origins(data: Any, document: Document, path: Path = ()) -> dict[Path, str]:
    """Returns the origin of every value in `data` that is no mapping."""
    if isinstance(data, dict) and data:
        return {
            inner: text
            for key, value in data.items()
            for inner, text in origins(value, document, (*path, key)).items()
        }
    if isinstance(data, list) and any(isinstance(value, dict) for value in data):
        return {
            inner: text
            for index, value in enumerate(data)
            for inner, text in origins(value, document, (*path, index)).items()
        }
    return {path: origin(document, path)}


def render(data: Mapping[str, Any], origins: Mapping[Path, str]) -> str:
    """Writes `resolved.yaml`: one value a line, with its origin as a comment."""
    return "\n".join(lines(data, origins, (), "")) + "\n"


def lines(data: Any, origins: Mapping[Path, str], path: Path, indent: str) -> list[str]:
    """Writes one mapping, or one list of mappings."""
    items = data.items() if isinstance(data, Mapping) else enumerate(data)
    written = []
    for key, value in items:
        inner = (*path, key)
        head = f"{indent}-" if isinstance(key, int) else f"{indent}{word(key)}:"
        if inner in origins:
            comment = origins[inner].encode("unicode_escape").decode("ascii")[:200]
            written.append(f"{head} {flow(value)}  # {comment}")
        else:
            written += [head, *lines(value, origins, inner, f"{indent}  ")]
    return written


def word(key: str) -> str:
    """Writes a key, in quotes where a plain one could be taken for something else."""
    simple = key.replace("_", "").replace(".", "").isalnum() and key[0].isalpha()
    return key if simple and key not in ("on", "off", "yes", "no", "y", "n") else json.dumps(key)


def flow(value: Any) -> str:
    """Writes a value on one line, so that YAML 1.1 and 1.2 read the same."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{word(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(flow(inner) for inner in value)}]"
    if isinstance(value, float):
        text = repr(value)
        mantissa, e, exponent = text.partition("e")
        return f"{mantissa}.0e{exponent}" if e and "." not in mantissa else text
    return json.dumps(value, ensure_ascii=False)
