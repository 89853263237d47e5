"""All that is wrong with a scenario is said at once, with line and column, and nothing is left."""

import pytest
from typer.testing import CliRunner

from netware.cli import app
from netware.errors import ScenarioError
from netware.simulation.build import blueprint
from netware.simulation.construction import world_of
from tests.simulation.worlds import write


WRONG = """
netware: 1
name: wrong
seed: 5
steps: 4
tasks:
  shells: {type: shells, dimensions: 3}
populations:
  a: {agents: 5, state: {x: uniform, y: [1, 2, 3]}}
  b: {agents: 4, capacity: 6, state: {x: uniform}}
  nets: {agents: 3, model: {type: multilayer, inputs: 2, outputs: 2}}
relations:
  odd: {type: association, between: [b, b], topology: {type: ring, k: 3}}
  talks: {type: association, between: [b, b], topology: {type: ring, k: 2}}
  sends: {type: association, between: [b, nets], topology: {type: complete}, carries: z}
rules:
  learn: {type: gradient, on: nets, task: shells}
  agree: {type: average_consensus, on: b, over: talks, state: opinion}
  play: {type: replicator, on: b}
events:
  - {at: 1, rule: leader_following, on: b, over: talks, leaders: [9]}
probes:
  spread: {type: disagreement, on: b, state: height}
  rate: {type: convergence_rate, on: b, over: sends}
"""


def test_building_says_every_mistake_with_its_line(tmp_path) -> None:
    with pytest.raises(ScenarioError) as caught:
        world_of(blueprint(write(tmp_path, WRONG)))
    found = [problem.where.split("scenario.yaml:")[1] for problem in caught.value.problems]
    lines = {where.split(":")[0]: where.rsplit(": ", 1)[1] for where in found}
    assert lines == {
        "9": "populations.a.state.y",
        "13": "relations.odd.topology.k",
        "15": "relations.sends.carries",
    }


def test_what_stands_on_sound_relations_is_said_at_once_as_well(tmp_path) -> None:
    text = WRONG.replace(", y: [1, 2, 3]", "").replace("k: 3", "k: 2").replace(", carries: z", "")
    with pytest.raises(ScenarioError) as caught:
        world_of(blueprint(write(tmp_path, text)))
    lines = {p.where.split("scenario.yaml:")[1].split(":")[0] for p in caught.value.problems}
    assert lines == {"17", "18", "19", "21", "23", "24"}


@pytest.mark.parametrize("command", ["check", "run"])
def test_check_and_run_refuse_alike_and_leave_nothing(tmp_path, monkeypatch, command) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, WRONG)
    found = CliRunner().invoke(app, [command, str(path)])
    assert isinstance(found.exception, ScenarioError) and found.exception.exit_code == 2
    assert len(found.exception.problems) == 3
    assert [one.name for one in tmp_path.iterdir()] == ["scenario.yaml"]
