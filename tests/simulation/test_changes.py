"""What events set acts from its step on, everywhere that it is read, or is refused."""

from pathlib import Path

import networkx
import pytest
import torch

import netware
from netware.errors import NetwareError, ScenarioError
from netware.record.recorder import Recorder
from netware.running.run import recorder_of
from netware.simulation.model import NetwareModel
from tests.simulation.worlds import write


FLOCK = """
netware: 1
name: flock
seed: 3
steps: 6
space: {dimensions: 2, box: 10.0}
populations:
  birds: {agents: 60, state: {position: uniform, heading: uniform, x: normal}}
relations:
  near: {type: proximity, of: birds, radius: 0.5}
  talks: {type: association, between: [birds, birds], topology: {type: ring, k: 2}}
rules:
  fly: {type: vicsek, on: birds, speed: 0.0}
probes:
  clusters: {type: cluster_sizes, on: birds, radius: 0.5}
record: {graph: always}
"""

PAIR = """
netware: 1
name: pair
seed: 5
steps: 3
populations:
  p: {agents: 2, state: {x: [0, 1]}}
relations:
  g: {type: association, between: [p, p], topology: {type: complete}}
rules:
  r: {type: leader_following, on: p, over: g, state: x, leaders: [0], gain: 0.5}
probes:
  d: {type: disagreement, on: p, state: x}
"""


def changed(folder: Path, text: str, *events: str) -> NetwareModel:
    lines = "\n".join(f"  - {event}" for event in events)
    return NetwareModel(write(folder, f"{text}\nevents:\n{lines}\n"))


def read_until(model: NetwareModel, step: int) -> Recorder:
    recorder = recorder_of(model.blueprint)
    recorder.observe(model.sight, model.plan.probes)
    while model.steps < step:
        model.step()
        recorder.observe(model.sight, model.plan.probes)
    return recorder


def test_a_probe_measures_with_what_was_set_from_that_step_on(tmp_path) -> None:
    model = changed(tmp_path, FLOCK, "{at: 2, set: {probes.clusters.radius: 9.0}}")
    assert read_until(model, 1).latest()["clusters.largest"] < 0.5
    before = read_until(changed(tmp_path, FLOCK, "{at: 2, set: {probes.clusters.radius: 9.0}}"), 2)
    assert before.latest()["clusters.largest"] == 1


def test_mesa_collects_with_what_was_set(tmp_path) -> None:
    model = changed(tmp_path, FLOCK, "{at: 2, set: {probes.clusters.radius: 9.0}}")
    for _ in range(3):
        model.step()
    largest = model.datacollector.get_model_vars_dataframe()["clusters.largest"].tolist()
    assert largest[:2] == [largest[0]] * 2 and largest[0] < 0.5 and largest[2:] == [1, 1]


def test_a_fixed_relation_is_joined_anew_from_that_step_on(tmp_path) -> None:
    model = changed(tmp_path, FLOCK, "{at: 4, set: {relations.talks.topology.k: 6}}")
    counts = []
    for _ in range(6):
        counts.append(model.world.edges["talks"].count)
        model.step()
    assert counts == [120, 120, 120, 120, 360, 360]
    written_so = NetwareModel(write(tmp_path, FLOCK), ["relations.talks.topology.k=6"])
    assert torch.equal(model.world.edges["talks"].source, written_so.world.edges["talks"].source)


def test_graphml_holds_the_edges_that_the_run_had(tmp_path) -> None:
    path = write(tmp_path, FLOCK + "\nevents: [{at: 1, set: {relations.near.radius: 6.0}}]\n")
    run = netware.run(path, out=tmp_path / "runs")
    graph = networkx.read_graphml(run.path / "relations.graphml")
    near = [key for *_, key in graph.edges(keys=True) if key.startswith("near")]
    model = NetwareModel(path)
    for _ in range(6):
        model.step()
    assert model.world.edges["near"].count > 1000
    assert len(near) == model.world.edges["near"].count


def test_leaders_that_are_set_lead_from_that_step_on(tmp_path) -> None:
    model = changed(tmp_path, PAIR, "{at: 1, set: {rules.r.leaders: [1]}}")
    states = []
    for _ in range(3):
        model.step()
        states.append(model.world["p"]["x"].tolist())
    assert states == [[0, 0.5], [0.25, 0.5], [0.375, 0.5]]


def test_what_is_set_at_step_0_is_as_if_it_had_been_written_so(tmp_path) -> None:
    for key, value in (("rules.r.leaders", "[1]"), ("rules.r.gain", "0.25")):
        one = changed(tmp_path, PAIR, f"{{at: 0, set: {{{key}: {value}}}}}")
        other = NetwareModel(write(tmp_path, PAIR), [f"{key}={value}"])
        for _ in range(3):
            one.step()
            other.step()
            assert torch.equal(one.world["p"]["x"], other.world["p"]["x"])


GAME = """
netware: 1
name: game
seed: 5
steps: 6
populations:
  p: {agents: 5, state: {x: uniform}}
relations:
  g: {type: association, between: [p, p], topology: {type: complete}}
rules:
  play: {type: minority_game, on: p}
  late: {type: delayed_consensus, on: p, over: g, state: x, delay: 2.0, gain: 0.1}
"""


@pytest.mark.parametrize(
    "change",
    [
        "rules.play.strategies: 3",
        "rules.late.delay: 3.0",
        "rules.late.delay: 1.0",
        "rules.late.delay: 0.5",
        "relations.g.between: [p, q]",
    ],
)
def test_what_a_run_could_not_follow_is_refused_at_its_line(tmp_path, change) -> None:
    text = GAME.replace("relations:", "  q: {agents: 5}\nrelations:")
    with pytest.raises(ScenarioError) as caught:
        changed(tmp_path, text, f"{{at: 2, set: {{{change}}}}}")
    (problem,) = caught.value.problems
    assert "scenario.yaml:16:" in problem.where and "events[0].set" in problem.where
    assert change.split(".")[1] in problem.found


def test_all_refused_changes_are_said_at_once(tmp_path) -> None:
    with pytest.raises(NetwareError) as caught:
        changed(
            tmp_path,
            GAME,
            "{at: 2, set: {rules.play.strategies: 3}}",
            "{at: 3, set: {rules.late.delay: 3.0}}",
        )
    assert [problem.where.split(": ")[1] for problem in caught.value.problems] == [
        "events[0].set",
        "events[1].set",
    ]


def test_a_graph_between_agents_that_may_die_is_not_joined_anew(tmp_path) -> None:
    text = PAIR.replace(
        "agents: 2, state: {x: [0, 1]}", "agents: 4, capacity: 5, state: {x: uniform}"
    )
    with pytest.raises(ScenarioError, match="joined anew between agents that may die"):
        changed(tmp_path, text, "{at: 1, set: {relations.g.topology: {type: path}}}")


def test_a_run_goes_on_after_a_change_as_if_it_had_never_stopped(tmp_path) -> None:
    events = (
        "{at: 2, set: {relations.talks.topology.k: 6, relations.near.radius: 3.0}}",
        "{at: 3, set: {probes.clusters.radius: 9.0}}",
    )
    straight = changed(tmp_path, FLOCK, *events)
    for _ in range(6):
        straight.step()
    for split in range(6):
        first, again = changed(tmp_path, FLOCK, *events), changed(tmp_path, FLOCK, *events)
        for _ in range(split):
            first.step()
        again.restore(split, first.saved())
        assert read_until(again, 6).latest() == read_until(straight, 6).latest()
        for name in ("talks", "near"):
            assert torch.equal(again.world.edges[name].source, straight.world.edges[name].source)


def test_an_event_moves_the_numbers_of_no_other(tmp_path) -> None:
    shake = "{at: 1, rule: noise, on: p, state: x, sd: 0.1}"
    others = [
        "{at: 0, rule: noise, on: p, state: x, sd: 0.0}",
        "{at: 0, set: {rules.r.gain: 0.5}}",
        "{at: 1, rule: state_lesion, on: p, state: x, fraction: 0.0}",
    ]
    found = []
    for events in ([shake], [*others, shake], [shake, *others]):
        model = changed(tmp_path, PAIR, *events)
        model.step()
        model.step()
        found.append(model.world["p"]["x"].tolist())
    assert found[0] == found[1] == found[2]


def test_two_events_alike_draw_numbers_of_their_own(tmp_path) -> None:
    shake = "{at: 1, rule: noise, on: p, state: x, sd: 0.1}"
    text = PAIR.replace("rules:\n", "rules: {}\n").split("rules:")[0] + "probes: {}"
    one, two = changed(tmp_path, text, shake), changed(tmp_path, text, shake, shake)
    start = one.world["p"]["x"]
    for model in (one, two):
        model.step()
        model.step()
    first = one.world["p"]["x"] - start
    second = two.world["p"]["x"] - one.world["p"]["x"]
    assert (second != 0).all() and not torch.allclose(first, second)


def test_what_building_refuses_of_an_event_stands_at_its_line(tmp_path) -> None:
    with pytest.raises(ScenarioError) as caught:
        changed(tmp_path, PAIR, "{at: 1, rule: lesion, on: p, fraction: 0.5}")
    assert "scenario.yaml:16:" in caught.value.problems[0].where
    assert "events[0].on" in caught.value.problems[0].where
