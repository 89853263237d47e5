"""The living: edges go with the dead, parts go with their wholes, probes see who is there."""

import pytest
import torch

from netware.errors import ScenarioError, StateError
from netware.population import ALIVE, IDENTITY
from netware.simulation.lifecycle import all_alive
from netware.simulation.sight import seen
from tests.simulation.worlds import model


LIFE = """
netware: 1
name: life
seed: 5
steps: 20
replicas: 2
tasks:
  digits: {type: digits, classes: [0, 1, 2]}
populations:
  people:
    agents: 12
    capacity: 18
    state: {x: uniform, output: {uniform: [0, 1], size: 2}}
  limbs: {agents: 24, state: {y: uniform}}
  hairs: {agents: 48, state: {z: uniform}}
relations:
  talks: {type: association, between: [people, people], topology: {type: ring, k: 4}}
  has: {type: composition, between: [people, limbs]}
  wears: {type: composition, between: [limbs, hairs]}
rules:
  agree: {type: average_consensus, on: people, over: talks, state: x, gain: 0.1}
  die: {type: death, on: people, rate: 0.1}
  bear: {type: birth, on: people, rate: 0.1, over: talks}
probes:
  disagreement: {type: disagreement, on: people, state: x}
"""


def joined_dead(world) -> int:
    """Counts edges that touch somebody who is not there."""
    many = 0
    for name, edges in world.edges.items():
        first, second = (world[end][ALIVE] for end in world.edges[name].ends)
        many += int((~first[edges.source.long()] | ~second[edges.target.long()]).sum())
    return many


def test_edges_go_with_the_dead_and_parts_of_parts_with_their_wholes(tmp_path) -> None:
    life = model(tmp_path, text=LIFE)
    initial_agents = life.world.edges["has"]
    for _ in range(20):
        life.step()
        world = life.world
        assert joined_dead(world) == 0
        people, limbs, hairs = world["people"], world["limbs"], world["hairs"]
        founder = people[ALIVE] & (people[IDENTITY] < 12)
        alive = founder[initial_agents.source.long()]
        assert torch.equal(limbs[ALIVE], alive)
        assert torch.equal(hairs[ALIVE], alive.repeat_interleave(2))
    assert 0 < int(world["limbs"][ALIVE].sum()) < 48


def test_ids_are_never_given_twice(tmp_path) -> None:
    life = model(tmp_path, text=LIFE)
    known: list[set[int]] = [set(range(12)), set(range(12))]
    alive = [set(range(12)), set(range(12))]
    for _ in range(20):
        life.step()
        people = life.world["people"]
        for replica in range(2):
            there = people.per_replica(people[ALIVE])[replica]
            ids = set(people.per_replica(people[IDENTITY])[replica][there].tolist())
            assert len(ids) == int(there.sum())
            newborn = ids - alive[replica]
            assert not newborn & known[replica]
            known[replica] |= newborn
            alive[replica] = ids
    assert len(known[0]) > 12


def test_replica_r_lives_the_life_of_a_single_run(tmp_path) -> None:
    life = model(tmp_path, text=LIFE)
    seed = life.blueprint.seed
    alone = model(tmp_path, "replicas=1", f"seed={seed}", text=LIFE)
    for _ in range(10):
        life.step()
        alone.step()
    for column in (ALIVE, IDENTITY, "x"):
        both, one = life.world["people"][column][:18], alone.world["people"][column]
        there = alone.world["people"][ALIVE]
        assert torch.allclose(both[there].double(), one[there].double(), atol=1e-5)


def test_probes_see_the_living_alone(tmp_path) -> None:
    life = model(tmp_path, text=LIFE)
    probe = life.blueprint.members.probes["disagreement"].member
    for _ in range(8):
        life.step()
    people = life.world["people"]
    assert not all_alive(life.world)
    found = seen(probe, life.world)["spread"]
    for replica in range(2):
        x = people.per_replica(people["x"])[replica][people.per_replica(people[ALIVE])[replica]]
        assert float(found[replica]) == pytest.approx(float(x.max() - x.min()), rel=1e-6)
    garbage = people["x"].masked_fill(~people[ALIVE], 1e6)
    assert torch.equal(seen(probe, life.world.with_state("people", x=garbage))["spread"], found)


def test_whoever_has_died_out_is_no_number(tmp_path) -> None:
    life = model(tmp_path, "rules.die.rate=1", "rules.bear.rate=0", text=LIFE)
    life.step()
    assert life.reading("disagreement", "spread") != life.reading("disagreement", "spread")
    assert life.world.edges["talks"].count == 0


def test_mesa_sees_births_and_deaths(tmp_path) -> None:
    life = model(tmp_path, text=LIFE)
    assert len(life.agents) == 2 * (12 + 24 + 48)
    for _ in range(6):
        life.step()
        world = life.world
        there = sum(int(one[ALIVE].sum()) for one in world.populations.values())
        assert len(life.agents) == there
        people = [agent for agent in life.agents if agent.population == "people"]
        assert all(world["people"][IDENTITY][agent.row] == agent.id for agent in people)


def test_an_agent_may_be_removed_as_mesa_does_it(tmp_path) -> None:
    life = model(tmp_path, text=LIFE)
    agent = next(one for one in life.agents if one.population == "people")
    many, limbs = len(life.agents), int(life.world["limbs"][ALIVE].sum())
    friends = agent.neighbors("talks")
    agent.remove()
    assert len(life.agents) == many - 1 - 2 - 4
    assert int(life.world["limbs"][ALIVE].sum()) == limbs - 2
    assert agent not in friends[0].neighbors("talks")
    assert agent.row not in life.world.edges["talks"].source


def test_nobody_is_removed_where_nobody_can_die(tmp_path) -> None:
    ring = model(tmp_path)
    with pytest.raises(StateError, match="write 'capacity: 6' under"):
        ring.agents[0].remove()


def test_rules_that_heed_the_dead_are_refused(tmp_path) -> None:
    flock = LIFE.replace(
        "state: {x: uniform, output: {uniform: [0, 1], size: 2}}",
        "state: {x: uniform, position: uniform, heading: uniform}",
    ).replace("tasks:", "space: {dimensions: 2, box: 5.0}\ntasks:")
    flock = flock.replace("rules:", "rules:\n  fly: {type: vicsek, on: people}")
    with pytest.raises(ScenarioError, match="that may die, which this rule would read"):
        model(tmp_path, text=flock)


def test_less_room_than_agents_is_refused(tmp_path) -> None:
    with pytest.raises(ScenarioError, match="a capacity of 12 agents or more"):
        model(tmp_path, "populations.people.capacity=11", text=LIFE)


EVENTS = """
netware: 1
name: events
seed: 2
steps: 10
populations:
  people: {agents: 30, capacity: 60, state: {opinion: uniform}}
relations:
  talks: {type: association, between: [people, people], topology: {type: ring, k: 4}}
rules:
  agree: {type: average_consensus, on: people, over: talks, state: opinion, gain: 0.1}
events:
  - {at: 2, rule: birth, on: people, rate: 1, over: talks}
  - {at: 4, rule: death, on: people, rate: 0.5}
  - {at: 6, rule: random_rewiring, on: people, over: talks, rate: 1}
"""


def test_events_add_agents_and_take_them_and_rewire(tmp_path) -> None:
    life, living, edges = model(tmp_path, text=EVENTS), [], []
    for _ in range(8):
        life.step()
        living.append(int(life.world["people"][ALIVE].sum()))
        edges.append(life.world.edges["talks"])
    assert living[:4] == [30, 30, 60, 60]
    assert 15 < living[4] < 45 and living[4:] == [living[4]] * 4
    assert edges[2].count == edges[1].count + 60
    assert edges[4].count < edges[2].count
    assert edges[5] is edges[4] and edges[7] is edges[6]
    assert edges[6].count == edges[5].count
    assert not torch.equal(edges[6].source, edges[5].source)
