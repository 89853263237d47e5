"""Memories: kept once a step, whoever reads; who is new begins; what does not agree is refused."""

import textwrap
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import pandas as pd
import pytest
import torch

import netware
from netware.axes import AGENT, SIZE
from netware.errors import ScenarioError, ShapeError, StateError, StoreError
from netware.parameters import PopulationName
from netware.population import ALIVE
from netware.probes.base import AbstractRememberingProbe
from netware.simulation.memories import Memories, memories_in
from netware.simulation.plan import Plan, Timed
from netware.simulation.sight import Sight
from netware.world import World
from tests.simulation.worlds import RING, model, write


OWN = '''
"""A user's own probes that remember, in one file."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import torch

from netware.axes import AGENT
from netware.parameters import Column, PopulationName
from netware.probes.base import AbstractRememberingProbe


@dataclass(frozen=True)
class Path(AbstractRememberingProbe):
    """Measures how far each agent has gone: sum_t |x_i(t) - x_i(t - 1)|, and for how many steps."""

    on: PopulationName
    state: Column = "x"

    quantities: ClassVar = {"far": (), "own": (AGENT,), "steps": (AGENT,)}
    memory: ClassVar = {"last": (AGENT,), "gone": (AGENT,), "steps": (AGENT,)}

    def begin(self, world):
        x = world[self.on].per_replica(world[self.on][self.state])
        zeros = torch.zeros_like(x)
        return {"last": x, "gone": zeros, "steps": zeros.long()}

    def remember(self, world, memory):
        x = world[self.on].per_replica(world[self.on][self.state])
        gone = memory["gone"] + (x - memory["last"]).abs()
        return {"last": x, "gone": gone, "steps": memory["steps"] + 1}

    def recall(self, world, memory):
        gone = memory["gone"]
        return {"far": gone.sum(1), "own": gone, "steps": memory["steps"]}
'''
LIFE = """
netware: 1
name: life
seed: 5
steps: 12
replicas: 2
populations:
  people: {agents: 8, capacity: 12, state: {x: uniform}}
relations:
  talks: {type: association, between: [people, people], topology: {type: ring, k: 2}}
rules:
  bear: {type: birth, on: people, rate: 0.2, over: talks}
  die: {type: death, on: people, rate: 0.15}
  shake: {type: noise, on: people, sd: 0.5, state: x}
probes:
  path: {type: lab_of_memories.Path, on: people}
record: {checkpoint: 5}
"""
WALK = RING.replace("probes:", "probes:\n  path: {type: lab_of_memories.Path, on: nodes}")


@pytest.fixture
def lab(tmp_path, monkeypatch):
    (tmp_path / "lab_of_memories.py").write_text(textwrap.dedent(OWN))
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_probe_of_ones_own_in_one_file_remembers_as_the_shipped_ones_do(lab) -> None:
    walk = model(lab, text=WALK)
    x, far = [walk.world["nodes"]["x"].double()], 0.0
    for _ in range(4):
        walk.step()
        x.append(walk.world["nodes"]["x"].double())
        far = sum(float((b - a).abs().sum()) for a, b in pairwise(x)) / 2
        assert walk.reading("path", "far") == pytest.approx(far, rel=1e-6)
    run = netware.run(write(lab, WALK), ["steps=4"], out=lab / "runs")
    rows = run.metrics.query("quantity == 'far' and step == 4")
    assert rows["value"].to_numpy().mean() == pytest.approx(far, rel=1e-6)


def test_agents_are_remembered_by_who_they_are(lab) -> None:
    """Against a loop over agents that keeps a dictionary by replica and identity."""
    life, known = model(lab, text=LIFE), {}

    def look(begins: bool) -> None:
        people = life.world["people"]
        x, ids, alive = (people[name].tolist() for name in ("x", "identity", ALIVE))
        there = {
            (place // 12, ids[place]): (place, x[place]) for place in range(24) if alive[place]
        }
        for who, (_, now) in there.items():
            last, gone, steps = known.get(who, (now, 0.0, 0))
            met = who in known
            known[who] = (now, gone + abs(now - last), steps + met)
        assert begins or any(who in known for who in there)
        read = life.sight.read("path", life.plan.probe("path"))
        own, steps = read["own"].flatten(), read["steps"].flatten()
        for who, (place, _) in there.items():
            assert float(own[place]) == pytest.approx(known[who][1], abs=1e-5), who
            assert int(steps[place]) == known[who][2]
        assert own[~people[ALIVE]].isnan().all() or bool(people[ALIVE].all())

    look(True)
    for _ in range(12):
        life.step()
        look(False)
    assert len(known) > 20


def test_life_is_resumed_to_the_same_bits(lab) -> None:
    through, checkpoints = model(lab, text=LIFE), {}
    for step in range(12):
        checkpoints[step] = {name: values.clone() for name, values in through.saved().items()}
        through.step()
    assert "identities/path" in checkpoints[5] and "memories/path/gone" in checkpoints[5]
    for step in (0, 5, 11):
        again = model(lab, text=LIFE)
        again.restore(step, checkpoints[step])
        for _ in range(12 - step):
            again.step()
        found, expected = again.saved(), through.saved()
        assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_two_probes_share_nothing(tmp_path) -> None:
    """Two clocks once shared one column of one rule."""
    clocks = (
        "  loose: {type: time_to_consensus, on: nodes, state: x, tolerance: 0.5}\n"
        "  tight: {type: time_to_consensus, on: nodes, state: x, tolerance: 0.01}\n"
        "  other: {type: time_to_consensus, on: nodes, state: y, tolerance: 0.01}\n"
    )
    ring = model(tmp_path, text=RING.replace("probes:\n", f"probes:\n{clocks}"))
    for _ in range(40):
        ring.step()
    loose, tight, other = (ring.reading(name, "time") for name in ("loose", "tight", "other"))
    alone = model(tmp_path, text=RING.replace("probes:\n", f"probes:\n{clocks.splitlines()[0]}\n"))
    for _ in range(40):
        alone.step()
    assert loose == alone.reading("loose", "time") and 0 < loose < tight and other != other


SPINS = """
netware: 1
name: spins
seed: 3
steps: 20
populations:
  spins: {agents: 12}
relations:
  near: {type: association, between: [spins, spins], topology: {type: ring, k: 2}}
  far: {type: association, between: [spins, spins], topology: {type: ring, k: 4}}
rules:
  flip: {type: ising, on: spins, over: near, temperature: 2.0}
  flop: {type: ising, on: spins, over: far, temperature: 2.0}
probes:
  order: {type: magnetisation, on: spins, over: near}
"""


def test_two_rules_of_spins_count_a_step_once(tmp_path) -> None:
    spins, seen = model(tmp_path, text=SPINS), []
    for _ in range(20):
        spins.step()
        seen.append(float(spins.world["spins"]["spin"].double().mean().abs()))
    assert spins.sight.memories["order"]["steps"].tolist() == [20]
    chi = 12 * torch.tensor(seen, dtype=torch.float64).var(unbiased=False) / 2
    assert spins.reading("order", "susceptibility") == pytest.approx(float(chi), rel=1e-9)


def test_steps_that_the_guard_takes_again_are_remembered_once(lab) -> None:
    """It takes them again to say which part let a number go; memories are no part of a step."""
    walk = model(lab, text=WALK)
    walk.step()
    walk.step()
    before = dict(walk.sight.memories["path"])
    again = walk._guard.good
    for _ in range(2):
        again = walk.stepped(again)
    walk.insist_finite()
    assert all(walk.sight.memories["path"][name] is values for name, values in before.items())
    assert walk.sight.memories["path"]["steps"].eq(2).all()


def test_another_world_of_the_same_step_changes_no_memory_and_of_another_step_begins(lab) -> None:
    walk = model(lab, text=WALK)
    start = walk.world
    for _ in range(3):
        walk.step()
    walk.world = walk.world.with_state("nodes", x=walk.world["nodes"]["x"] + 1)
    assert walk.sight.memories["path"]["steps"].eq(3).all()
    walk.world = start
    assert walk.sight.memories["path"]["steps"].eq(0).all()
    assert walk.reading("path", "far") == 0
    walk.step()
    assert walk.sight.memories["path"]["steps"].eq(1).all()


def test_readings_are_those_of_now_where_mesa_collects_nothing(tmp_path) -> None:
    ring = netware.NetwareModel(write(tmp_path), collect=0)
    first = ring.reading("disagreement", "spread")
    ring.step()
    second = ring.reading("disagreement", "spread")
    ring.agents[0].x = 50.0
    assert first > second and ring.reading("disagreement", "spread") > 20
    ring.agents[0].x = 90.0
    assert ring.reading("disagreement", "spread") > 40
    ring.agents[0].x = 200.0
    assert ring.world.step == 1 and ring.reading("disagreement", "spread") > 95


def test_a_checkpoint_without_the_memory_is_refused(lab) -> None:
    walk = model(lab, text=WALK)
    tensors = {name: v for name, v in walk.saved().items() if name != "memories/path/gone"}
    with pytest.raises(StoreError, match="memories/path/gone: a memory that is not as the probe"):
        walk.restore(0, tensors)
    wide = walk.saved() | {"memories/path/gone": torch.zeros(2, 7)}
    with pytest.raises(StoreError, match="memories/path/gone"):
        memories_in(wide, walk.world, walk.plan)


def test_a_run_that_is_killed_resumes_with_its_memory(lab) -> None:
    whole = netware.run(write(lab, LIFE), out=lab / "whole")
    cut = netware.run(write(lab, LIFE), out=lab / "cut")
    for folder in sorted((cut.path / "checkpoints").glob("step-*"))[1:]:
        (folder / "header.json").unlink()
    from_5 = netware.running.run.resume(cut.path, quiet=True)
    assert from_5.step == 12
    parts = [sorted((run.path / "metrics").iterdir()) for run in (whole, cut)]
    one, other = (pd.concat([pd.read_parquet(part) for part in files]) for files in parts)
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@dataclass(frozen=True)
class Odd(AbstractRememberingProbe):
    on: PopulationName
    begins: str = "well"
    goes_on: str = "well"
    quantities: ClassVar = {"x": ()}
    memory: ClassVar = {"kept": (), "each": (AGENT,)}

    def made(self, world: World, how: str):
        them = world[self.on]
        found = {
            "kept": torch.zeros(them.replicas),
            "each": torch.zeros(them.replicas, them.agents),
        }
        if how == "less":
            found.pop("each")
        if how == "more":
            found["other"] = found["kept"]
        if how == "wide":
            found["kept"] = torch.zeros(them.replicas, 2)
        if how == "double":
            found["kept"] = found["kept"].double()
        return found

    def begin(self, world):
        return self.made(world, self.begins)

    def remember(self, world, memory):
        return self.made(world, self.goes_on)

    def recall(self, world, memory):
        return {"x": memory["kept"]}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("less", "probes.odd.each: nothing in its memory"),
        ("more", "probes.odd.other: a memory of shape"),
        ("wide", r"probes.odd.kept: a memory of shape \(2, 2\)"),
    ],
)
def test_a_memory_that_is_not_what_the_probe_declares_is_refused(tmp_path, how, said) -> None:
    world = model(tmp_path).world
    plan = Plan(probes=(Timed("odd", Odd("nodes", begins=how)),))
    with pytest.raises(ShapeError, match=said):
        Memories.begun(world, plan)


@pytest.mark.parametrize("how", ["less", "more", "wide", "double"])
def test_a_memory_that_changes_its_kind_is_refused(tmp_path, how) -> None:
    world = model(tmp_path).world
    plan = Plan(probes=(Timed("odd", Odd("nodes", goes_on=how)),))
    begun = Memories.begun(world, plan)
    with pytest.raises(ShapeError, match=r"let 'remember' of Odd return what 'begin' does"):
        begun.after(world.advanced(), plan)


@dataclass(frozen=True)
class Sizes(AbstractRememberingProbe):
    on: PopulationName
    quantities: ClassVar = {"x": ()}
    memory: ClassVar = {"sizes": (SIZE,)}

    def begin(self, world):
        return {"sizes": torch.zeros(world[self.on].replicas, world[self.on].agents)}

    def remember(self, world, memory):
        return self.begin(world)

    def recall(self, world, memory):
        return {"x": memory["sizes"].sum(1)}


def test_a_memory_as_long_as_there_are_living_is_refused(lab) -> None:
    life = model(lab, text=LIFE)
    people = life.world["people"]
    some = people[ALIVE] & (people.ids < 8 - people.replica)
    world = life.world.with_state("people", **{ALIVE: some})
    with pytest.raises(ShapeError, match=r"shapes \(7,\), \(8,\)"):
        Memories.begun(world, Plan(probes=(Timed("sizes", Sizes("people")),)))


def test_a_probe_that_remembers_is_not_read_without_its_memory(lab) -> None:
    walk = model(lab, text=WALK)
    with pytest.raises(StateError, match=r"fix: read it with 'model\.reading'"):
        Sight(walk.world).read("path", walk.plan.probe("path"))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("agreement_clock", "the probe 'time_to_consensus' looks at 'state' and 'tolerance'"),
        ("order_moments", "write its 'from' as their 'warmup'"),
    ],
)
def test_rules_that_kept_for_probes_are_no_more_and_the_error_says_what_to_write(
    tmp_path, rule, said
) -> None:
    text = RING.replace("rules:", f"rules:\n  keep: {{type: {rule}, on: nodes}}")
    with pytest.raises(ScenarioError, match=rf"(?s)scenario\.yaml:.*which is no more.*{said}"):
        model(tmp_path, text=text)
