"""Former keys: read as the word of today, in their place, with a note."""

import pytest

from netware.errors import ScenarioError
from netware.learning.optimisers.sgd import Sgd
from netware.measures.coalition_games.airport import Airport
from netware.scenario.members import catalog
from netware.scenario.variants.overrides import assign
from netware.scenario.yaml.load import parse
from netware.simulation.build import planned
from netware.simulation.construction import world_of


OLD = """netware: 1
name: town
seed: 1
steps: 2
populations:
  people: {agents: 4, room: 6, state: {x: uniform}}
  others: {agents: 2, state: {x: uniform}}
"""


def test_the_former_word_is_read_with_a_note():
    plan = planned(parse(OLD, "town.yaml"))
    assert plan.scenario.populations["people"].capacity == 6
    assert world_of(plan)["people"].agents == 6 and world_of(plan)["others"].agents == 2
    assert plan.notes == ("populations.people: 'room' is called 'capacity' now",)
    assert planned(parse(OLD.replace("room", "capacity"), "town.yaml")).notes == ()


def test_a_mistake_is_said_at_the_former_word_s_place():
    with pytest.raises(ScenarioError) as refused:
        catalog.check(parse(OLD.replace("room: 6", "room: 0"), "town.yaml"))
    assert "town.yaml:6:29: populations.people.capacity" in refused.value.render()


def test_overrides_and_sweeps_may_say_it():
    document = assign(parse(OLD, "town.yaml"), ["populations.people.room=9"])
    assert catalog.check(document).populations["people"].capacity == 9


def test_both_words_at_once_are_refused():
    with pytest.raises(ScenarioError, match="'room' is no key here"):
        catalog.check(parse(OLD.replace("room: 6", "room: 6, capacity: 7"), "town.yaml"))


LEARN = """netware: 1
name: old
steps: 3
tasks: {t: {type: shells, dimensions: 2, train: 20, test: 10}}
populations: {a: {agents: 4, model: {type: multilayer, inputs: 2, outputs: 2}}}
rules:
  learn: {type: gradient, on: a, task: t, rate: 0.05, optimiser: sgd}
"""


def test_an_optimiser_that_is_spelled_out_is_read_as_a_member():
    plan = planned(parse(LEARN, "old.yaml"))
    assert plan.members.rules["learn"].member.optimiser == Sgd(rate=0.05)
    assert plan.notes == ("rules.learn: written 'optimiser: {type: sgd, rate: 0.05}' now",)
    with pytest.raises(ScenarioError) as refused:
        planned(parse(LEARN.replace("0.05", "-1"), "old.yaml"))
    assert "old.yaml:7:49: rules.learn.optimiser.rate: S-RANGE" in refused.value.render()


def test_a_game_that_is_spelled_out_is_read_as_a_member():
    text = OLD + "probes:\n  value: {type: shapley, on: people, game: airport, scale: -1}\n"
    plan = planned(parse(text.replace("room: 6, ", ""), "town.yaml"))
    assert plan.members.probes["value"].member.game == Airport(scale=-1.0)
    assert plan.notes == ("probes.value: written 'game: {type: airport, scale: -1}' now",)
