"""Random valid scenarios: from a seed a scenario as plain data, composed from the whole catalog."""

import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

from tests.laws import worlds
from tests.laws.draft import Draft, Plain
from tests.laws.suits import COMPANIONS, themes_of
from tests.laws.themes import THEMES, Kind, layers
from tests.laws.worlds import NetwareError


MEMBERS = tuple((family, name) for family in worlds.FAMILIES for name in worlds.members(family))
NAMES = ("a", "b", "c")
COUNTS = {"file": 3, "minority_game": 3, "volatility": 5, "number_fluctuations": 40}
"""Agents that some members ask for, about which a scenario is."""
ACROSS_TWO = ("aggregation", "composition", "dependency", "realization")
"""Relations that are best tried between two populations."""
MOST_MENDED = 5
REFUSED = re.compile(r"\b(relations|rules|probes|events)[.:\[ '](\w+)")


def begun(seed: int) -> Draft:
    """Returns an empty scenario with everything that stands above its parts."""
    chance = Random(seed)
    data: Plain = {
        "netware": 1,
        "name": f"law-{seed}",
        "seed": chance.choice((0, 1, seed, 2**63 - 1)),
        "steps": chance.randint(3, 8),
        "replicas": chance.choice((1, 2, 3)),
        "device": "cpu",
        "precision": chance.choice(("float32", "float64")),
        **{section: {} for section in ("tasks", "populations", "relations", "rules", "probes")},
        "events": [],
    }
    if chance.random() < 0.5:
        data["dt"] = chance.choice((0.02, 0.1, 0.5, 2.0))
    return Draft(seed, chance, data)


def fitting(draft: Draft, family: str, theme: str) -> list[str]:
    """Names the rules or probes that suit a population, and the scenario's activation."""
    order = draft.data.get("activation", "synchronous")
    return [
        name
        for name in worlds.members(family)
        if theme in themes_of(family, name)
        and (family == "probes" or order in worlds.orders_of(name))
        and not (name in ("birth", "death") and draft.chance.random() < 0.7)
    ]


WRITING = (
    "generation",
    "layer_generation",
    "synapse_generation",
    "inheritance",
    "unfolding",
)
"""Relations that write weights of others."""


def pair_of_networks(draft: Draft, kind: str) -> None:
    """Adds a relation that writes weights, and two populations that fit it."""
    chance = draft.chance
    wide = chance.choice((2, 3))
    if kind == "unfolding":
        one = {"type": "multilayer", "inputs": 2, "widths": [wide], "outputs": 1}
        other = {**one, "widths": [4] * wide}
    elif kind == "inheritance":
        one = other = layers(chance, 2, 2)
    elif kind == "synapse_generation" or (kind == "generation" and chance.random() < 0.3):
        other = {"type": "multilayer", "inputs": 2, "widths": [3], "outputs": 1, "bias": "none"}
        one = {"type": "cppn", "outputs": 2}
    else:
        other = {"type": "multilayer", "inputs": 2, "outputs": wide, "bias": "none"}
        one = {"type": "multilayer", "inputs": 2, "widths": [2], "outputs": 2 * wide}
        if kind == "generation" and chance.random() < 0.4:
            one = {"type": "static_hypernetwork", "channels_in": 2, "channels_out": wide}
            one["embedding"] = 2
    state = {"embedding": {"normal": [0, 1], "size": 2}, "input": {"normal": [0, 1], "size": 2}}
    draft.join("a", Kind("network", {"model": one, "state": {"x": 0.5}}))
    draft.join("b", Kind("network", {"model": other, "state": {**state, "x": 0.5}}))
    part: Plain = {"type": kind, "between": ["a", "b"]}
    if one["type"] == "cppn":
        part["type"] = "synapse_generation"
    if kind == "inheritance":
        part |= {"rank": chance.choice((0, 1)), "spread": chance.choice((0.0, 0.5))}
    draft.data["relations"]["makes"] = {**part, **draft.cadence()}


def composed(seed: int) -> Draft:
    """Composes a scenario about one member of the catalog, and whatever chance puts beside it."""
    draft, chance = begun(seed), Random(seed + 1)
    family, lead = MEMBERS[seed % len(MEMBERS)]
    acting = lead if family == "rules" else COMPANIONS.get(lead, ("",))[0]
    orders = sorted(worlds.orders_of(acting)) if acting else list(worlds.ALL_ORDERS)
    if chance.random() < 0.5:
        draft.data["activation"] = chance.choice(orders)
    generated = {"cppn": "generation", "static_hypernetwork": "generation"}
    writing = lead if family == "relations" else generated.get(lead, "")
    if writing in WRITING:
        while lead in generated and lead not in str(draft.data["populations"]):
            draft.data["populations"].clear()
            draft.data["relations"].clear()
            pair_of_networks(draft, writing)
        if lead not in generated:
            pair_of_networks(draft, writing)
    else:
        begin_with(draft, family, lead)
    beside(draft, chance)
    return draft


def begin_with(draft: Draft, family: str, lead: str) -> None:
    """Adds the member that a scenario is about, and a population that it suits."""
    theme = draft.chance.choice(themes_of(family, lead))
    theme = {"proximity": "moving", "realization": "network"}.get(lead, theme)
    theme = {"random_geometric": "moving", "steered": "steered"}.get(lead, theme)
    draft.population("a", theme, lead)
    if family == "topologies":
        other = draft.population("b", theme) if lead == "one_to_one" else "a"
        draft.relation("association", "a", other, lead)
    elif family == "relations":
        other = draft.population("b", theme) if lead in ACROSS_TWO else "a"
        name = draft.relation(lead, "a", other)
        if lead == "realization":
            draft.data["relations"][name] |= {"carries": "output", "into": "answer"}
    elif family == "rules":
        draft.rule(lead, "a")
    elif family == "probes":
        draft.probe(lead, "a")
    elif family == "optimisers":
        draft.rule("gradient", "a")
        draft.data["rules"]["r0"]["optimiser"] = draft.part(family, lead, "a")
    elif family == "coalition_games":
        draft.rule("merge_and_split", "a")
        draft.data["rules"]["r0"]["game"] = draft.part(family, lead, "a")
    if lead in COUNTS:
        draft.data["populations"]["a"]["agents"] = COUNTS[lead]
        draft.data["populations"]["a"].pop("capacity", None)
    if lead == "number_fluctuations":
        draft.data["space"]["periodic"] = True


def beside(draft: Draft, chance: Random) -> None:
    """Adds populations, relations, rules, probes and events by chance."""
    data = draft.data
    for name in NAMES[len(data["populations"]) : chance.choice((1, 1, 2, 3))]:
        draft.population(name, chance.choice(sorted(THEMES)))
    for _ in range(chance.choice((0, 0, 1, 2))):
        ends = (
            chance.choice(sorted(data["populations"])),
            chance.choice(sorted(data["populations"])),
        )
        kind = chance.choice(("association", "influence", "dependency", "aggregation"))
        kind = chance.choice((kind, kind, kind, "composition", "realization", "proximity"))
        draft.relation(kind, *ends)
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        on = chance.choice(sorted(data["populations"]))
        if rules := fitting(draft, "rules", draft.kinds[on].theme):
            draft.rule(chance.choice(rules), on)
    for _ in range(chance.choice((0, 1, 2, 2))):
        on = chance.choice(sorted(data["populations"]))
        probes = fitting(draft, "probes", draft.kinds[on].theme)
        draft.probe(chance.choice([p for p in probes if p not in COMPANIONS]), on)
    happen(draft, chance)


def happen(draft: Draft, chance: Random) -> None:
    """Adds events: rules that are applied, and parameters that change."""
    data = draft.data
    at = chance.choice((0, 1, 2, 3, [0, 2]))
    on = chance.choice(sorted(data["populations"]))
    if chance.random() < 0.25 and (rules := fitting(draft, "rules", draft.kinds[on].theme)):
        part = draft.part("rules", chance.choice(rules), on)
        data["events"].append({"at": at, "rule": part.pop("type"), **part})
    if chance.random() < 0.25 and data["rules"]:
        name = chance.choice(sorted(data["rules"]))
        part = draft.part("rules", data["rules"][name]["type"], data["rules"][name]["on"])
        keys = [key for key in part if key not in ("type", "on", "over", "task", "state", "into")]
        if keys:
            key = chance.choice(keys)
            data["events"].append({"at": at, "set": {f"rules.{name}.{key}": part[key]}})


def tidy(data: Plain) -> Plain:
    """Returns a scenario without its empty sections."""
    return {key: value for key, value in data.items() if value not in ({}, [])}


def culprit(data: Plain, error: NetwareError) -> tuple[str, str] | None:
    """Returns section and name of what may be left out of a refused scenario.

    That is what the error names, or what was added last; None if only one rule is left.
    """
    for one in error.problems:
        if match := REFUSED.search(one.where):
            section, name = match.groups()
            if section == "events" or name.startswith("event"):
                return "events", ""
            if name in data.get(section, {}):
                return section, name
    if "events" in data:
        return "events", ""
    rules = [*data.get("rules", {})]
    return ("rules", rules[-1]) if len(rules) > 1 else None


def mended(data: Plain, error: NetwareError) -> Plain | None:
    """Returns a scenario without the part that `check` refuses, or None if that cannot go."""
    found = culprit(data, error)
    if found is None:
        return None
    section, name = found
    if section == "events":
        return {**data, "events": []}
    gone = {name}
    if section == "relations":
        asking = [(other, key) for other in ("rules", "probes") for key in data.get(other, {})]
        gone |= {key for other, key in asking if name in str(data[other][key].get("over", ""))}
    left = {
        other: {key: part for key, part in data.get(other, {}).items() if key not in gone}
        for other in ("relations", "rules", "probes")
    }
    events = [one for one in data.get("events", []) if not any(key in str(one) for key in gone)]
    return {**data, **left, "events": events}


def searched(seed: int) -> tuple[Plain | None, worlds.NetwareModel | None, str]:
    """Returns the valid scenario of a seed and its model, or why `check` refuses what it composes.

    What is refused is left out, part by part, as long as something of it remains.
    """
    data, why = tidy(composed(seed).data), ""
    for _ in range(MOST_MENDED):
        try:
            return data, worlds.built(data), ""
        except NetwareError as error:
            why = str(error)
            less = mended(data, error)
        if less is None:
            break
        data = tidy(less)
    return None, None, why


@cache
def refusal(seed: int) -> tuple[Plain | None, str]:
    """Returns the valid scenario of a seed, or None and why `check` refuses what it composes."""
    data, _, why = searched(seed)
    return data, why


@cache
def valid(seed: int) -> Plain | None:
    """Returns the valid scenario of a seed, or None where what it composes is refused.

    Probes that cannot be read are left out, and what `check` refuses in any other way than it
    should: that is for the laws of checks alone to tell.
    """
    try:
        data, model, _ = searched(seed)
        if data is None or model is None:
            return None
        bad = worlds.unreadable(model)
        if not bad:
            return data
        probes = {name: part for name, part in data.get("probes", {}).items() if name not in bad}
        data = tidy({**data, "probes": probes})
        worlds.built(data)
        return data
    except Exception:
        return None


def passes(data: Plain) -> bool:
    """Tells whether `check` passes a scenario."""
    try:
        worlds.built(data)
    except NetwareError:
        return False
    return True


def watched(seed: int, data: Plain, many: int = 2) -> Plain:
    """Returns a scenario with more probes, those that `check` passes and that can be read."""
    draft, rules = composed(seed), data.get("rules", {})
    draft.chance, draft.prefix = Random(seed + 5), "more_"
    for _ in range(many):
        empty = {"tasks": {}, "relations": {}, "rules": {}, "probes": {}}
        draft.data = {**empty, **deepcopy(data)}
        on = draft.chance.choice(sorted(draft.kinds))
        draft.probe(draft.chance.choice(fitting(draft, "probes", draft.kinds[on].theme)), on)
        if draft.data["rules"] == rules and passes(draft.data):
            data = draft.data if not worlds.unreadable(worlds.built(draft.data)) else data
    return tidy(data)


def about(seed: int, *members: tuple[str, str]) -> int:
    """Returns a seed whose scenario is about one of these members of the catalog."""
    return seed * len(MEMBERS) + MEMBERS.index(Random(seed).choice(members))


def appearing(data: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Names the members that a scenario is made of."""
    found = {
        (section, part["type"])
        for section in ("tasks", "relations", "rules", "probes")
        for part in data.get(section, {}).values()
    }
    for part in data.get("rules", {}).values():
        if "optimiser" in part:
            found.add(("optimisers", part["optimiser"]["type"]))
    for part in (one for section in ("rules", "probes") for one in data.get(section, {}).values()):
        if "game" in part and isinstance(part["game"], dict):
            found.add(("coalition_games", part["game"]["type"]))
    found |= {("rules", one["rule"]) for one in data.get("events", []) if "rule" in one}
    for part in data.get("tasks", {}).values():
        while "task" in part:
            part = part["task"]
            found.add(("tasks", part["type"]))
    for entry in data["populations"].values():
        model = entry.get("model")
        while model:
            found.add(("models", model["type"]))
            model = model.get("base")
    for part in data.get("relations", {}).values():
        if "topology" in part:
            found.add(("topologies", part["topology"]["type"]))
    return found


__all__ = [
    "MEMBERS",
    "Plain",
    "about",
    "appearing",
    "begun",
    "composed",
    "passes",
    "refusal",
    "tidy",
    "valid",
    "watched",
]
