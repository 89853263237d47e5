from dataclasses import replace

import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ScenarioError
from netware.population import Population
from netware.probes.consensus.tie_difference import TieDifference
from netware.world import World


def world(x: list, replicas: int = 1) -> World:
    people = Population("people", len(x) // replicas, replicas, state={"opinion": torch.tensor(x)})
    steps = torch.tensor([r * people.agents + i for r in range(replicas) for i in (0, 1)])
    edges = Edges.from_pairs(
        steps, steps + 1, people.total, people.total, between=("people", "people")
    )
    return World(Draws.of(1, replicas), {"people": people}, {"knows": edges})


PROBE = TieDifference("people", "knows", tolerance=0.25)


def test_every_edge_counts_in_its_own_replica():
    found = PROBE.read(world([0.0, 0.1, 0.6, 1.0, 1.0, 1.0], replicas=2))
    assert found["mean"].tolist() == pytest.approx([0.3, 0.0], abs=1e-6)
    assert found["unlike"].tolist() == [0.5, 0.0]


def test_vectors_differ_by_their_distance():
    found = PROBE.read(world([[0.0, 0.0], [0.3, 0.4], [0.3, 0.4]]))
    assert found["mean"].tolist() == pytest.approx([0.25])


def test_without_edges_there_is_no_difference():
    now = world([0.0, 1.0, 2.0])
    none = torch.zeros(0, dtype=torch.long)
    now = now.with_edges("knows", Edges.from_pairs(none, none, 3, 3))
    assert all(values.isnan().all() for values in PROBE.read(now).values())


def test_another_populations_edges_are_refused():
    now = world([0.0, 1.0, 2.0])
    now = now.with_population(replace(now["people"], name="others"))
    with pytest.raises(ScenarioError, match="a relation between agents of 'others'"):
        TieDifference("others", "knows").read(now)
    with pytest.raises(ScenarioError, match="no population 'strangers'"):
        TieDifference("strangers", "knows").read(now)


def test_a_difference_of_just_the_tolerance_is_none_in_float32_either():
    probe = TieDifference("people", "knows", tolerance=0.2)
    assert probe.read(world([0.0, 0.2, 0.5]))["unlike"].tolist() == [0.5]
