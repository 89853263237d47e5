"""Room above the agents changes nothing for the living while no one is born."""

from random import Random

from tests.laws import worlds
from tests.laws.cases import blocks, hold
from tests.laws.draft import Plain
from tests.laws.scenarios import passes


STEPS = 2


def without_births(data: Plain) -> Plain:
    """Returns a scenario in which no one is born, and no population has room."""
    rules = {name: part for name, part in data.get("rules", {}).items() if part["type"] != "birth"}
    events = [
        event
        for event in data.get("events", [])
        if event.get("rule") != "birth"
        and all(key.split(".")[1] in rules for key in event.get("set", {}) if key[:5] == "rules")
    ]
    populations = {
        name: {key: value for key, value in entry.items() if key != "capacity"}
        for name, entry in data["populations"].items()
    }
    return {**data, "rules": rules, "events": events, "populations": populations}


def with_room(seed: int, data: Plain) -> Plain:
    """Returns a scenario in which populations have room for births."""
    chance = Random(seed + 6)
    populations = {
        name: {**entry, "capacity": entry["agents"] + chance.choice((0, 1, 1, 3))}
        for name, entry in data["populations"].items()
    }
    return {**data, "populations": populations}


def of_the_first(found: worlds.Arrays, like: worlds.Arrays) -> worlds.Arrays:
    """Returns columns and readings of as many agents as others have; edges are all compared."""
    cut = {}
    for name, wanted in like.items():
        values = found[name]
        if "/state/" in name or "/weights/" in name or "/" not in name:
            values = values[tuple(slice(0, size) for size in wanted.shape)]
        cut[name] = values
    return cut


@blocks("room changes nothing")
def test_room_changes_nothing_while_no_one_is_born(block):
    def law(seed, data):
        alone = without_births(data)
        roomy = with_room(seed, alone)
        if not (passes(alone) and passes(roomy)):
            return
        one, other = worlds.built(alone), worlds.built(roomy)
        for step in range(STEPS + 1):
            for replica in range(data["replicas"]):
                expected = worlds.pieces(one, replica)
                found = of_the_first(worlds.pieces(other, replica), expected)
                wrong = worlds.apart(found, expected, data["precision"])
                assert wrong == [], f"replica {replica} after {step} steps"
            worlds.after(one, 1)
            worlds.after(other, 1)

    hold(law, block)
