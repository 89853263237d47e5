"""A NetwareModel is a Mesa model: Mesa's own machinery works on it unchanged."""

import json
import subprocess
import sys

import mesa
import pytest
import torch

from netware.simulation.agents import NetwareAgent
from netware.simulation.model import NetwareModel
from tests.simulation.worlds import RING, model, write


def test_the_clock_is_mesas_and_the_worlds(tmp_path) -> None:
    ring = model(tmp_path)
    for _ in range(3):
        ring.step()
    assert ring.steps == ring.world.step == 3


def test_data_collector_with_model_and_agent_reporters(tmp_path) -> None:
    ring = model(tmp_path)
    collector = mesa.DataCollector(
        model_reporters={"mean": lambda m: float(m.world["nodes"]["x"].mean())},
        agent_reporters={"x": "x", "replica": "replica"},
    )
    for _ in range(2):
        collector.collect(ring)
        ring.step()
    table = collector.get_agent_vars_dataframe()
    assert len(table) == 2 * 12 and set(table["replica"]) == {0, 1}
    assert table["x"].tolist()[0] == 1.0
    means = collector.get_model_vars_dataframe()["mean"].tolist()
    assert means[0] == pytest.approx(means[1])


def test_its_own_collector_asks_the_probes_of_the_scenario(tmp_path) -> None:
    ring = model(tmp_path)
    ring.step()
    table = ring.datacollector.get_model_vars_dataframe()
    assert list(table["disagreement.disagreement"]) == sorted(
        table["disagreement.disagreement"], reverse=True
    )
    assert len(table) == 2


def test_batch_run(tmp_path) -> None:
    rows = mesa.batch_run(
        NetwareModel,
        parameters={
            "scenario": str(write(tmp_path)),
            "overrides": [("rules.agree.gain=0.1",), ("rules.agree.gain=0.3",)],
        },
        max_steps=4,
        number_processes=1,
        display_progress=False,
    )
    final = {row["overrides"]: row["disagreement.disagreement"] for row in rows}
    assert final[("rules.agree.gain=0.3",)] < final[("rules.agree.gain=0.1",)]


def test_agent_sets_select_do_shuffle_do_agg_and_groupby(tmp_path) -> None:
    agents = model(tmp_path).agents
    first = agents.select(lambda agent: agent.replica == 0)
    assert first.get("x") == [1.0, -1.0, 1.0, -1.0, 2.0, 0.5]
    agents.do(lambda agent: setattr(agent, "x", agent.x + 1))
    assert first.agg("x", sum) == pytest.approx(8.5)
    agents.shuffle_do(lambda agent: setattr(agent, "x", 2 * agent.x))
    assert first.agg("x", sum) == pytest.approx(17.0)
    assert agents.groupby("replica").agg("x", max) == {0: 6.0, 1: 6.0}


def test_a_class_of_the_users_own_steps_beside_the_rules(tmp_path, monkeypatch) -> None:
    (tmp_path / "own_lab.py").write_text(
        "from netware.simulation.agents import NetwareAgent\n"
        "class Bird(NetwareAgent):\n"
        "    def step(self):\n"
        "        self.y = self.x + max(n.x for n in self.neighbors('talks'))\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    text = RING.replace("agents: 6", "agents: 6\n    agent: own_lab.Bird")
    ring = model(tmp_path, text=text)
    plain = model(tmp_path)
    ring.step()
    plain.step()
    x = plain.world["nodes"]["x"]
    assert torch.equal(ring.world["nodes"]["x"], x)
    expected = torch.tensor(
        [x[i] + max(x[i // 6 * 6 + (i + 1) % 6], x[i // 6 * 6 + (i - 1) % 6]) for i in range(12)]
    )
    assert torch.equal(ring.world["nodes"]["y"], expected)
    assert [cls.__name__ for cls in ring.agent_types] == ["Bird"]


def test_shuffled_python_agents_are_the_same_twice(tmp_path, monkeypatch) -> None:
    (tmp_path / "own_order.py").write_text(
        "from netware.simulation.agents import NetwareAgent\n"
        "class Follower(NetwareAgent):\n"
        "    def step(self):\n"
        "        self.x = self.neighbors('talks')[0].x + self.random.random()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    text = RING.replace("agents: 6", "agents: 6\n    agent: own_order.Follower")
    twice = [model(tmp_path, "activation=shuffled", text=text) for _ in range(2)]
    for ring in twice:
        for _ in range(3):
            ring.step()
    assert torch.equal(twice[0].world["nodes"]["x"], twice[1].world["nodes"]["x"])
    in_order = model(tmp_path, "activation=sequential", text=text)
    for _ in range(3):
        in_order.step()
    assert not torch.equal(in_order.world["nodes"]["x"], twice[0].world["nodes"]["x"])


def test_a_world_held_by_somebody_is_not_written_into(tmp_path) -> None:
    ring = model(tmp_path)
    held = ring.world
    ring.agents[0].x = 99.0
    again = ring.world
    ring.agents[1].x = 98.0
    assert held["nodes"]["x"][0] == 1.0
    assert again["nodes"]["x"][0] == 99.0 and again["nodes"]["x"][1] == -1.0
    assert ring.world["nodes"]["x"][1] == 98.0


def test_a_million_agents_cost_no_objects_until_asked_for(tmp_path) -> None:
    big = RING.replace("agents: 6", "agents: 500000").replace(
        "x: [1, -1, 1, -1, 2, 0.5]", "x: uniform"
    )
    large = model(tmp_path, text=big)
    large.step()
    assert large._views == {} and len(large._all_agents) == 0
    assert large.world["nodes"].total == 1_000_000


def test_seed_and_overrides_reach_the_world(tmp_path) -> None:
    path = write(tmp_path)
    by_seed = NetwareModel(path, seed=11)
    by_override = NetwareModel(path, ["seed=11"])
    assert torch.equal(by_seed.world["nodes"]["y"], by_override.world["nodes"]["y"])
    assert not torch.equal(by_seed.world["nodes"]["y"], NetwareModel(path).world["nodes"]["y"])


def test_importing_netware_imports_neither_torch_nor_mesa() -> None:
    code = (
        "import json, sys, netware, netware.cli;"
        "print(json.dumps([m for m in ('torch','mesa','zarr','matplotlib') if m in sys.modules]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert json.loads(found.stdout) == []


def test_views_are_mesa_agents(tmp_path) -> None:
    ring = model(tmp_path)
    assert all(isinstance(agent, NetwareAgent | mesa.Agent) for agent in ring.agents)
    assert [agent.unique_id for agent in ring.agents] == list(range(1, 13))


FLOCK = """
netware: 1
name: flock
seed: 3
steps: 9
space: {dimensions: 2, box: 5.0, periodic: true}
populations:
  birds: {agents: 30, state: {position: uniform, heading: uniform}}
  flies: {agents: 30, capacity: 40, state: {position: uniform}}
relations:
  around: {type: proximity, of: flies, radius: 2.0}
  near: {type: proximity, of: birds, radius: 1.0}
  seldom: {type: proximity, of: birds, radius: 1.0, every: 3}
rules:
  fly: {type: vicsek, on: birds, radius: 1.0, noise: 0.1, speed: 0.5}
  die: {type: death, on: flies, rate: 0.1}
"""


def test_a_restored_world_has_the_edges_that_its_next_step_begins_with(tmp_path) -> None:
    flock, again = model(tmp_path, text=FLOCK), model(tmp_path, text=FLOCK)
    for _ in range(4):
        flock.step()
    again.restore(4, flock.saved())
    found = again.plan.with_found(flock.world)
    near, seldom = (again.world.edges[name] for name in ("near", "seldom"))
    assert torch.equal(near.edge_index, found.edges["near"].edge_index)
    assert not torch.equal(near.edge_index, again.built.edges["near"].edge_index)
    assert torch.equal(seldom.edge_index, flock.world.edges["seldom"].edge_index)
    alive, around = again.world["flies"].alive, again.world.edges["around"]
    assert alive is not None
    assert around.count and not alive.all() and alive[around.edge_index.long()].all()
    flock.step()
    again.step()
    assert torch.equal(flock.world["birds"]["position"], again.world["birds"]["position"])
