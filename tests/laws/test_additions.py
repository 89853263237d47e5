"""What is added elsewhere in a scenario leaves every bit of the rest as it was."""

from copy import deepcopy
from random import Random

from tests.laws import worlds
from tests.laws.cases import blocks, hold
from tests.laws.draft import Draft, Plain
from tests.laws.scenarios import fitting, passes, tidy


SECTIONS = ("tasks", "populations", "relations", "rules", "probes")
BESIDE = ("plain", "plain", "network", "memory", "denoiser")


def addition(seed: int, data: Plain) -> Plain:
    """Returns another population, with relations, rules, probes and a task of its own."""
    chance = Random(seed + 2)
    empty = {**{section: {} for section in SECTIONS}, "events": []}
    draft = Draft(seed, chance, deepcopy(data) | empty, {}, "also_")
    theme = chance.choice(BESIDE)
    draft.population("other", theme)
    draft.relation("association", "other", "other")
    for family, add in (("rules", draft.rule), ("probes", draft.probe)):
        if names := fitting(draft, family, theme):
            add(chance.choice(names), "other")
    if names := fitting(draft, "rules", theme):
        part = draft.part("rules", chance.choice(names), "other")
        draft.data["events"] = [{"at": chance.choice((0, 1)), "rule": part.pop("type"), **part}]
    return {section: draft.data[section] for section in (*SECTIONS, "events")}


def with_addition(seed: int, data: Plain) -> Plain | None:
    """Returns a scenario with an addition before or after what is there, if `check` passes it."""
    chance, more = Random(seed + 3), addition(seed, data)
    more["events"] = [*more["events"], *data.get("events", [])]
    for section in SECTIONS:
        there = data.get(section, {})
        before = chance.random() < 0.5
        parts = (more[section], there) if before else (there, more[section])
        more[section] = {**parts[0], **parts[1]}
    whole = tidy({**data, **more})
    return whole if passes(whole) else None


@blocks("an addition elsewhere changes nothing")
def test_an_addition_elsewhere_changes_nothing(block):
    def law(seed, data):
        whole = with_addition(seed, data)
        if whole is None:
            return
        alone, beside = worlds.built(data), worlds.built(whole)
        for step in range(data["steps"] + 1):
            expected, read = worlds.arrays(alone), worlds.readings(alone)
            found = {k: v for k, v in worlds.arrays(beside).items() if k in expected}
            assert worlds.differing(found, expected) == [], f"after {step} steps"
            found = {k: v for k, v in worlds.readings(beside).items() if k in read}
            assert worlds.apart(found, read, data["precision"]) == [], f"read after {step} steps"
            worlds.after(alone, 1)
            worlds.after(beside, 1)

    hold(law, block)


@blocks("a probe changes nothing")
def test_a_run_without_its_probes_is_the_same_run(block):
    def law(seed, data):
        watched = worlds.built(data)
        alone = worlds.built({key: part for key, part in data.items() if key != "probes"})
        for _ in range(data["steps"]):
            worlds.readings(watched)
            worlds.after(watched, 1)
            worlds.after(alone, 1)
        assert worlds.differing(worlds.arrays(watched), worlds.arrays(alone)) == []

    hold(law, block)
