"""Former words: parameters that switched the algorithm of a type, and the types that are it now."""

from collections.abc import Mapping
from typing import Any

from netware.errors import Problem
from netware.scenario.checks.allowed import shown
from netware.scenario.checks.suggest import listed
from netware.scenario.document import Document, Path


FORMER = {
    ("relations", "generation"): {
        "per": {
            "whole": "generation",
            "layer": "layer_generation",
            "synapse": "synapse_generation",
        },
    },
    ("rules", "lesion"): {
        "what": {
            "weights": "lesion",
            "neurons": "neuron_lesion",
            "agents": "agent_lesion",
            "state": "state_lesion",
        },
    },
    ("rules", "recall"): {
        "order": {"synchronous": "recall", "asynchronous": "asynchronous_recall"},
    },
}
"""Of a family and a type: the parameter that is gone, and the type of today for each value."""


def former_key(family: str, name: str, part: Mapping[str, Any]) -> str:
    """Returns the parameter of a part that has become types of its own, or ''."""
    return next((key for key in FORMER.get((family, name), {}) if key in part), "")


def today(family: str, name: str, key: str, value: Any) -> str:
    """Returns the type that is today what a value of a former parameter was, or ''."""
    return FORMER[family, name][key].get(value, "") if isinstance(value, str) else ""


def former_problem(
    family: str, name: str, key: str, by: str, path: Path, value: Any, document: Document
) -> Problem:
    """Words that a parameter has become types of their own, and which of them to write."""
    new = today(family, name, key, value)
    types = listed([f"'{by}: {one}'" for one in FORMER[family, name][key].values()], most=30)
    if new == name:
        fix = f"delete '{key}'"
    elif new:
        fix = f"write '{by}: {new}' and delete '{key}'"
    else:
        fix = f"delete '{key}', and write one of these"
    return document.problem(
        (*path, key),
        "S-UNKNOWN",
        found=f"'{key}' of {name}: {shown(value)}, whose values are types of their own",
        expected=types,
        fix=fix,
        key=(*path, key),
    )
