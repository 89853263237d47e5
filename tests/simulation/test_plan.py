"""The plan: definitions, once; what is due, and in which order."""

from dataclasses import fields

import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.population import Population
from netware.relations.generation import Generation
from netware.relations.proximity import Proximity
from netware.scenario.parts import Cadence
from netware.simulation.model import NetwareModel
from netware.simulation.plan import Plan, Timed
from netware.world import World
from tests.simulation.worlds import write


SETS = """
netware: 1
name: turning
seed: 3
steps: 6
populations: {people: {agents: 6, state: {x: uniform}}}
relations: {talks: {type: association, between: [people, people], topology: {type: ring, k: 2}}}
rules: {agree: {type: average_consensus, on: people, over: talks, state: x, gain: 0.1}}
probes: {gap: {type: disagreement, on: people, state: x}}
events:
- {at: 2, set: {rules.agree.gain: 0.2, relations.talks.topology.k: 4}}
"""


def test_a_world_holds_no_definitions():
    names = {one.name for one in fields(World)}
    assert names == {"draws", "populations", "edges", "examples", "space", "step", "dt"}


def test_each_step_has_the_plan_of_its_events_and_the_world_the_edges_of_that_plan(tmp_path):
    model = NetwareModel(write(tmp_path, SETS))
    gains, degrees = [], []
    for _ in range(4):
        gains.append(model.plan.acting("agree").relations["talks"])
        degrees.append(int(model.world.edges["talks"].in_degree[0]))
        model.step()
    assert [one.topology.k for one in gains] == [2, 2, 4, 4] == degrees
    assert model.world.edges["talks"].ends == ("people", "people")
    assert [timed.part.gain for timed in model.plan.rules] == [0.2]


def test_parts_are_due_in_their_order_and_generators_after_those_that_make_them():
    makes, begins = Generation(("makers", "nets")), Generation(("origin", "makers"))
    plan = Plan(
        relations=(
            Timed("makes", makes),
            Timed("begins", begins, Cadence(every=2)),
            Timed("near", Proximity("nets", 1.0), Cadence(every=3)),
        ),
        making=("origin", "makers", "nets"),
    )
    assert [timed.name for timed in plan.generators(0)] == ["begins", "makes"]
    assert [timed.name for timed in plan.generators(1)] == ["makes"]
    assert [plan.found_again(step) for step in range(4)] == [("near",), (), (), ("near",)]
    assert plan.definitions["begins"] is begins and plan.flowing("think", 0) == ()


def test_edges_that_do_not_say_whom_they_join_are_between_the_ends_of_the_old():
    here = torch.tensor([0, 1])
    talks = Edges.from_pairs(here, here, 2, 2, between=("people", "people"))
    world = World(Draws.of(1), {"people": Population("people", 2)}, {"talks": talks})
    after = world.with_edges("talks", Edges.from_pairs(here, here.flip(0), 2, 2))
    assert after.edges["talks"].ends == ("people", "people")
