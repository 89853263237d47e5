"""`set` at step 0 is the same as written so from the start, or `check` refuses it."""

from copy import deepcopy
from random import Random
from typing import Any

from tests.laws import worlds
from tests.laws.cases import blocks, hold
from tests.laws.draft import Draft, Plain
from tests.laws.scenarios import passes
from tests.laws.suits import OWN_DRAWS, TASTE
from tests.laws.themes import Kind
from tests.laws.values import drawn_value


TRIED = 2
FIXED = ("type", "on", "between", "of", "over", "task", "every", "from", "until", "at")


def changes(seed: int, data: Plain) -> list[tuple[tuple[str, ...], Any]]:
    """Returns parameters by the path to them, each with another value of its type."""
    chance = Random(seed + 4)
    draft = Draft(seed, chance, deepcopy(data) | {"tasks": data.get("tasks", {})})
    draft.data["relations"] = data.get("relations", {})
    draft.kinds = {name: Kind("plain", entry) for name, entry in data["populations"].items()}
    found: list[tuple[tuple[str, ...], Any]] = []
    for section in ("rules", "relations", "probes"):
        for name, part in data.get(section, {}).items():
            on = part.get("on") or part.get("of") or [*part.get("between", [])][-1:] or ["a"]
            found += of_part(
                draft, section, (section, name), part, on if isinstance(on, str) else on[0]
            )
            if topology := part.get("topology"):
                path = (section, name, "topology")
                found += of_part(draft, "topologies", path, topology, "a")
    for name, entry in data["populations"].items():
        for key, ways in (("corruption", (0.0, 0.5, 1.0)), ("sample", ("shared", "own"))):
            if "inputs" in entry:
                found.append((("populations", name, "inputs", key), chance.choice(ways)))
    chance.shuffle(found)
    return found[:TRIED]


def of_part(
    draft: Draft, family: str, path: tuple[str, ...], part: Plain, on: str
) -> list[tuple[tuple[str, ...], Any]]:
    """Returns another value of each parameter of one member."""
    kind, found = part["type"], []
    for key, (hint, _) in worlds.parameters(family, kind).items():
        own = TASTE.get((kind, key)) or OWN_DRAWS.get(key)
        if (
            key in FIXED
            or key in ("topology", "optimiser")
            or (own is None and "Refers" in str(hint))
        ):
            continue
        columns = [*draft.data["populations"].get(on, {}).get("state", {})] or ["output"]
        value = own(draft.chance) if own else drawn_value(hint, draft.chance, {"columns": columns})
        if value is not None and value != part.get(key):
            found.append(((*path, key.removesuffix("_")), value))
    return found


def written(data: Plain, path: tuple[str, ...], value: Any) -> Plain:
    """Returns a scenario with a value at a path."""
    first, *rest = path
    inner = written(data.get(first, {}), tuple(rest), value) if rest else value
    return {**data, first: inner}


@blocks("set at step 0 is written so from the start")
def test_set_at_step_0_is_written_so_from_the_start(block):
    def law(seed, data):
        for path, value in changes(seed, data):
            event = {"at": 0, "set": {".".join(path): value}}
            later = {**data, "events": [event, *data.get("events", [])]}
            start = written(data, path, value)
            if not (passes(start) and passes(later)):
                continue
            one, other = worlds.built(start), worlds.built(later)
            for step in range(1, data["steps"] + 1):
                worlds.after(one, 1)
                worlds.after(other, 1)
                found, expected = (worlds.everything(model) for model in (other, one))
                assert worlds.differing(found, expected) == [], f"{event} after {step} steps"

    hold(law, block)
