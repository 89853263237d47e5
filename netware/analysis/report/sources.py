"""Where the parts of a scenario come from: the `Source:` of each, read without importing it."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from netware.scenario.members import catalog


SECTIONS = {"tasks": "tasks", "relations": "relations", "rules": "rules", "probes": "probes"}
DOI = re.compile(r"\b(?:doi:\s*)?(10\.\d{4,9}/[^\s;,]+[^\s;,.)])")
ARXIV = re.compile(r"\barXiv:(\d{4}\.\d{4,5})")


def types_in(scenario: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Lists (family, type) of every part of a scenario, in the order in which they stand."""
    for population in (scenario.get("populations") or {}).values():
        model = population.get("model") or {}
        if model.get("type"):
            yield "models", str(model["type"])
    for section, family in SECTIONS.items():
        for part in (scenario.get(section) or {}).values():
            if isinstance(part, Mapping) and part.get("type"):
                yield family, str(part["type"])
                topology = part.get("topology")
                if isinstance(topology, Mapping) and topology.get("type"):
                    yield "topologies", str(topology["type"])
    for event in scenario.get("events") or []:
        if isinstance(event, Mapping) and event.get("rule"):
            yield "rules", str(event["rule"])


def sources(scenario: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Lists (type, source) of netware's own parts of a scenario; parts of the user's have none."""
    found: dict[str, str] = {}
    for family, name in types_in(scenario):
        source = source_of(catalog.modules(family).get(name, ""))
        if source:
            found.setdefault(name, source)
    return list(found.items())


def source_of(dotted: str) -> str:
    """Returns what stands under `Source:` in the docstring of one of netware's classes."""
    top, *modules, class_name = dotted.split(".") if dotted else ("", "")
    if top != "netware":
        return ""
    file = catalog.ROOT.joinpath(*modules).with_suffix(".py")
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            return section(ast.get_docstring(node) or "", "Source")
    return ""


def section(docstring: str, name: str) -> str:
    """Returns one section of a docstring, such as `Source`, on one line."""
    found = re.search(rf"^{name}: (.+?)(?=^[A-Z][a-z ]+:|\n\s*\n|\Z)", docstring, re.M | re.S)
    return " ".join(found.group(1).split()) if found else ""


def links(source: str) -> Iterator[tuple[str, str]]:
    """Splits a source into texts and the addresses they lead to, or nothing."""
    places = [(m.start(1), m.end(1), f"https://doi.org/{m.group(1)}") for m in DOI.finditer(source)]
    places += [
        (m.start(), m.end(), f"https://arxiv.org/abs/{m.group(1)}") for m in ARXIV.finditer(source)
    ]
    end = 0
    for first, last, address in sorted(places):
        yield source[end:first], ""
        yield source[first:last], address
        end = last
    yield source[end:], ""
