"""Who sees what in a step: rules, and agents with a Python class, under each activation."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import ClassVar

import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.population import Population
from netware.rules.base import AbstractRule, Acting, Reads
from netware.scenario.members import catalog
from netware.simulation.model import NetwareModel
from netware.simulation.order.pairs import partners
from netware.simulation.plan import Plan, Timed
from netware.simulation.refusals import refuse_activation
from netware.simulation.schedule import Schedule
from netware.world import World
from tests.simulation.worlds import RING, model, write


ACTIVATIONS = ("synchronous", "sequential", "shuffled", "by_population", "pairs")


@dataclass(frozen=True)
class Adds(AbstractRule):
    """Adds to one population what the other one has, or a number."""

    on: str
    other: str = ""
    number: float = 0.0
    reads: ClassVar[Reads] = "anyone"

    def apply(self, world: World, acting: Acting) -> World:
        more = world[self.other]["x"] if self.other else self.number
        return world.with_state(self.on, x=world[self.on]["x"] + more)


def two() -> World:
    names = {"sheep": 1.0, "wolves": 10.0}
    herds = {n: Population(n, 3, state={"x": torch.full((3,), x)}) for n, x in names.items()}
    return World(Draws.of(1), herds)


def stepped(activation, *rules: AbstractRule, act=None) -> tuple[list[str], dict[str, float]]:
    """Returns the parts of a step in their order, and what both populations have then."""
    parts, seen = tuple(Timed(f"r{number}", rule) for number, rule in enumerate(rules)), []

    def agents_act(world: World, only: str | None = None) -> World:
        seen.append(only or "agents")
        return world if act is None else act(world, only)

    world = Schedule(Plan(rules=parts, activation=activation)).step(
        two(), agents_act, lambda part, world: seen.append(part)
    )
    return seen, {name: herd["x"][0].item() for name, herd in world.populations.items()}


GREEDY = (Adds("wolves", other="sheep"), Adds("sheep", number=2.0), Adds("wolves", number=0.5))


def test_by_population_the_second_sees_what_all_rules_did_with_the_first() -> None:
    seen, x = stepped("by_population", *GREEDY)
    assert seen == ["rules.r1", "sheep", "rules.r0", "rules.r2", "wolves"]
    assert x == {"sheep": 3.0, "wolves": 13.5}


def test_otherwise_rules_act_in_the_order_of_the_scenario_and_python_agents_after_them() -> None:
    seen, x = stepped("synchronous", *GREEDY)
    assert seen == ["rules.r0", "rules.r1", "rules.r2", "agents"]
    assert x == {"sheep": 3.0, "wolves": 11.5}


def test_by_population_wolves_see_what_python_sheep_did() -> None:
    def graze(world: World, only: str | None) -> World:
        if only == "wolves":
            return world
        return world.with_state("sheep", x=world["sheep"]["x"] * 0)

    for activation, wolves in (("by_population", 10.0), ("synchronous", 11.0)):
        assert stepped(activation, GREEDY[0], act=graze)[1] == {"sheep": 0.0, "wolves": wolves}


def test_by_population_with_one_population_is_synchronous(tmp_path: Path) -> None:
    one, other = (model(tmp_path, f"activation={a}") for a in ("by_population", "synchronous"))
    for _ in range(5):
        one.step()
        other.step()
    assert torch.equal(one.world["nodes"]["x"], other.world["nodes"]["x"])


def test_every_rule_acts_all_at_once_and_by_population_and_few_in_pairs() -> None:
    rules = [catalog.find("rules", name) for name in catalog.names("rules")]
    for rule in rules:
        assert rule.orders >= {"synchronous", "by_population"}
    with pytest.raises(ScenarioError) as caught:
        rule = Timed("r", Adds("sheep"))
        refuse_activation(rule, Plan(rules=(rule,), activation="pairs"), two())
    assert str(caught.value).splitlines() == [
        "rules.r: 'activation: pairs', which this rule cannot honour",
        "  expected: activation: by_population, synchronous",
        "  fix: write 'activation: synchronous'",
    ]


CLASSES = """
from netware.simulation.agents import NetwareAgent

class Adder(NetwareAgent):
    def step(self):
        drawn = self.random.random()
        self.x = self.x + sum(n.x for n in self.neighbors('talks')) + drawn / 8
        log.append((self.population, self.row, drawn))

class Taker(NetwareAgent):
    def step(self):
        drawn = self.random.random()
        self.y = self.world['nodes']['x'][self.row].item() + drawn / 8
        log.append((self.population, self.row, drawn))

log = []
"""

HERDS = (
    RING.replace("replicas: 2", "replicas: 1")
    .replace("agents: 6", "agents: 6\n    agent: own_herds.Adder")
    .replace(
        "relations:\n",
        "  takers: {agents: 6, agent: own_herds.Taker, state: {x: uniform, y: uniform}}\n"
        "relations:\n  meets: {type: association, between: [takers, takers], "
        "topology: {type: ring, k: 2}}\n",
    )
    .replace(
        "probes:", "  mix: {type: average_consensus, on: takers, over: meets, state: y}\nprobes:"
    )
)


@pytest.fixture
def herds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Returns what makes a model with Python agents, and the log of who has acted."""
    (tmp_path / "own_herds.py").write_text(CLASSES)
    monkeypatch.syspath_prepend(str(tmp_path))
    path = write(tmp_path, HERDS)

    def make(activation: str) -> tuple[NetwareModel, list[tuple[str, int, float]]]:
        made = NetwareModel(path, (f"activation={activation}",))
        log = import_module("own_herds").log
        log.clear()
        return made, log

    return make


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_python_agents_act_once_a_step_and_the_same_again(herds, activation: str) -> None:
    worlds = []
    for _ in range(2):
        made, log = herds(activation)
        for _ in range(3):
            log.clear()
            made.step()
            everybody = [(name, row) for name in ("nodes", "takers") for row in range(6)]
            acted = [(name, row) for name, row, _ in log]
            assert sorted(acted) == everybody
            assert (acted == everybody) == (activation != "shuffled")
            assert [name for name, _ in acted] == ["nodes"] * 6 + ["takers"] * 6
        worlds.append(made.world)
    for name in ("nodes", "takers"):
        for column in ("x", "y"):
            assert torch.equal(worlds[0][name][column], worlds[1][name][column])


@pytest.mark.parametrize("activation", ["synchronous", "sequential", "by_population", "pairs"])
def test_python_agents_see_what_rules_and_those_before_them_have_done(
    herds, activation: str
) -> None:
    made, _ = herds(activation)
    world, edges = made.world, made.world.edges["talks"]
    x = world["nodes"]["x"].double()
    if activation == "sequential":
        for i in range(6):
            x[i] += 0.2 * (x[i - 1] + x[(i + 1) % 6] - 2 * x[i])
    else:
        heard = x.roll(1) + x.roll(-1) - 2 * x
        if activation == "pairs":
            heard = x[partners(world, "talks", world["nodes"])] - x
        x = x + 0.2 * heard
    made.step()
    found = made.world["nodes"]["x"].double()
    for i in range(6):
        x[i] += x[i - 1] + x[(i + 1) % 6]
        assert -1e-5 <= found[i] - x[i] < 1 / 8 + 1e-5
        x[i] = found[i]
    assert made.world.edges["talks"] is edges, "all neighbours are back when agents act"
    # Takers act after the nodes, and by_population after the rule on takers as well.
    above = made.world["takers"]["y"].double() - found
    assert bool(((above >= -1e-5) & (above < 1 / 8 + 1e-5)).all())


def test_by_population_each_population_has_chance_of_its_own(herds) -> None:
    made, log = herds("by_population")
    made.step()
    drawn = [number for *_, number in log]
    assert len(set(drawn)) == 12


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_lesion_and_a_changed_gain_come_at_their_steps(tmp_path: Path, activation: str) -> None:
    events = """events:
  - {at: 2, rule: state_lesion, on: nodes, state: y, fraction: 0.5}
  - {at: 3, set: {rules.agree.gain: 1.0e-9}}
"""
    ring, lost, moved = model(tmp_path, f"activation={activation}", text=RING + events), [], []
    for _ in range(4):
        before = ring.world["nodes"]["x"]
        ring.step()
        lost.append((ring.world.per_replica(ring.world["nodes"]["y"]) == 0).sum(1).tolist())
        moved.append(bool((ring.world["nodes"]["x"] - before).abs().max() > 1e-6))
    assert lost == [[0, 0], [0, 0], [3, 3], [3, 3]]
    assert moved == [True, True, True, False]
