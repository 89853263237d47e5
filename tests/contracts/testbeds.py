"""Beds: small scenarios in which every member of a family can be tried before it has tests.

A member's required parameters are filled in by their types: the bed's population, relation or
task by name. The first bed that takes the member is where its contract is tested.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import yaml

from netware.errors import NetwareError
from netware.parameters import Refers
from netware.scenario.members import catalog
from netware.scenario.yaml.load import parse
from netware.simulation.build import planned
from netware.simulation.model import NetwareModel


AGENTS = 6
RELATIONS = {
    "talks": {
        "type": "association",
        "between": ["them", "them"],
        "topology": {"type": "watts_strogatz", "k": 2, "p": 0.3},
    }
}
SPACE = {"dimensions": 2, "box": 3.0}
DIGITS = {"type": "digits", "classes": [0, 1, 2]}
PATTERNS = {"type": "random_patterns", "patterns": 3, "units": 16}
LAYERS = {"type": "multilayer", "inputs": 64, "widths": [4, 4], "outputs": 3}
STATES = {
    "x": "uniform",
    "output": {"uniform": [0, 1], "size": 2},
    "position": "uniform",
    "heading": "uniform",
    "velocity": {"normal": [0, 0.1], "size": 2},
}

BEDS: Mapping[str, dict[str, Any]] = {
    "moving": {
        "space": SPACE,
        "populations": {"them": {"state": STATES}},
    },
    "wide": {
        "dt": 0.02,
        "space": {"dimensions": 2, "box": 30.0, "periodic": False},
        "populations": {"them": {"state": STATES}},
    },
    "crowd": {"space": SPACE, "populations": {"them": {"agents": 64, "state": STATES}}},
    "numbers": {
        "populations": {"them": {"state": {"output": "uniform", "x": "uniform"}}},
    },
    "opinions": {"populations": {"them": {"state": {"opinion": "uniform", "x": "uniform"}}}},
    "sensors": {
        "populations": {
            "them": {"state": {"x": "uniform", "estimate": "uniform", "signal": "uniform"}}
        }
    },
    "memories": {
        "tasks": {"task": PATTERNS},
        "populations": {
            "them": {
                "model": {"type": "hopfield", "neurons": 16, "patterns": 2},
                "inputs": {"task": "task", "corruption": 0.2},
            }
        },
    },
    "learners": {
        "tasks": {"task": DIGITS},
        "populations": {
            "them": {
                "model": {"type": "multilayer", "inputs": 64, "widths": [4, 4], "outputs": 3},
                "inputs": {"task": "task"},
                "state": {"x": "uniform"},
            }
        },
    },
    "recursive": {
        "tasks": {"task": {"type": "shells", "train": 40, "test": 20}},
        "populations": {
            "them": {
                "model": {"type": "urn", "inputs": 10, "neurons": 20, "outputs": 2},
                "inputs": {"task": "task"},
            }
        },
    },
    "layers": {
        "dt": 0.02,
        "populations": {
            "them": {
                "state": {"connectivity": "uniform", "growth": "uniform", "amplitude": "uniform"}
            }
        },
    },
    "deep": {
        "tasks": {"task": {"type": "clusters", "dimensions": 3, "train": 40, "test": 20}},
        "populations": {
            "them": {
                "model": {"type": "multilayer", "inputs": 3, "widths": [4] * 5, "outputs": 1},
                "inputs": {"task": "task"},
            }
        },
    },
    "lattice": {
        "populations": {"them": {"state": {"x": "uniform"}}},
        "rules": {"flip": {"type": "ising", "on": "them", "over": "talks"}},
    },
    "avalanches": {
        "populations": {"them": {"state": {"x": "uniform"}}},
        "rules": {"drive": {"type": "threshold_avalanche", "on": "them"}},
    },
    "cube": {
        "tasks": {"task": {"type": "shells", "dimensions": 4, "train": 40, "test": 20}},
        "populations": {
            "them": {
                "model": {
                    "type": "urn",
                    "inputs": 4,
                    "neurons": 18,
                    "outputs": 2,
                    "cube": [3, 3, 2],
                },
                "inputs": {"task": "task"},
            }
        },
    },
    "players": {
        "populations": {
            "them": {"state": {"strategy": {"uniform": [0, 1], "size": 2}, "x": "uniform"}}
        },
        "rules": {
            "play": {"type": "minority_game", "on": "them", "memory": 2},
            "join": {"type": "merge_and_split", "on": "them"},
        },
    },
    "steered": {
        "tasks": {"task": DIGITS},
        "populations": {
            "them": {
                "model": {"type": "steered", "base": LAYERS},
                "inputs": {"task": "task"},
                "state": {"direction": {"normal": [0, 1], "size": 4}, "strength": "uniform"},
            }
        },
    },
    "adapted": {
        "tasks": {"task": DIGITS},
        "populations": {
            "them": {
                "model": {"type": "low_rank", "base": LAYERS, "rank": 2},
                "inputs": {"task": "task"},
            }
        },
    },
    "denoisers": {
        "tasks": {"task": {"type": "gaussian_mixture", "train": 40, "test": 20}},
        "populations": {
            "them": {
                "model": {"type": "denoiser", "widths": [4], "levels": 20, "beta_last": 0.3},
                "state": {"x": "uniform", "level": 10},
            }
        },
    },
    "features": {
        "tasks": {"task": {"type": "one_hot", "labels": [0, 0, 0, 0, 1, 1, 1, 1]}},
        "populations": {"them": {"model": {"type": "neurashed"}, "inputs": {"task": "task"}}},
    },
}
NAMES = {"populations": "them", "relations": "talks", "tasks": "task", "rules": "it"}


def scenario(bed: str) -> dict[str, Any]:
    """Returns the plain scenario of a bed."""
    given = BEDS[bed]
    them = {"agents": AGENTS, **given["populations"]["them"]}
    common = {"netware": 1, "name": bed, "seed": 5, "steps": 20, "replicas": 2}
    return {**common, **given, "populations": {"them": them}, "relations": RELATIONS}


def required(cls: type) -> dict[str, Any]:
    """Returns a value for each parameter that has no default and names an entry."""
    hints = get_type_hints(cls, include_extras=True)
    return {
        field.name: named(hints[field.name])
        for field in fields(cls)
        if field.default is MISSING and field.default_factory is MISSING
    }


def named(hint: Any) -> Any:
    """Returns the name of the bed's entry that a type refers to."""
    if get_origin(hint) is Annotated:
        for mark in get_args(hint)[1:]:
            if isinstance(mark, Refers):
                return NAMES[mark.section]
        return named(get_args(hint)[0])
    if get_origin(hint) is tuple:
        return [named(one) for one in get_args(hint) if one is not ...]
    return {int: 2, float: 0.5, str: "x"}.get(hint, 1)


def model(plain: Mapping[str, Any], **changes: Any) -> NetwareModel:
    """Builds the model of a plain scenario."""
    text = yaml.safe_dump({**plain, **changes}, sort_keys=False)
    return NetwareModel(planned(parse(text, "bed.yaml")), collect=0)


def with_member(family: str, name: str) -> Iterator[dict[str, Any]]:
    """Yields the scenario of each bed that takes a rule or a probe."""
    part = {"type": name, **required(catalog.find(family, name))}
    for bed in BEDS:
        plain = scenario(bed) | {family: {"it": part}}
        try:
            made = model(plain)
            if family == "probes":
                made.blueprint.members.probes["it"].member.read(made.world)
            else:
                made.step()
        except NetwareError:
            continue
        yield plain


@cache
def bed_of(family: str, name: str) -> dict[str, Any]:
    """Returns the scenario of the first bed that takes a member."""
    found = next(with_member(family, name), None)
    assert found is not None, (
        f"no bed takes {family}/{name}: add one to {Path(__file__).name}, so that its contract "
        "is tested"
    )
    return found
