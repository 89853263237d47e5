import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError, ShapeError
from netware.population import Population
from netware.relations.proximity import Proximity
from netware.space.box import Space
from tests.relations.scenes import scene


def birds(agents: int, replicas: int, space: Space, seed: int, dtype=torch.float64) -> Population:
    stream = Draws.of(seed, replicas).stream(Purpose.STATE, "birds", agents)
    low, high = (0.0, space.box) if space.periodic else (-space.box, 2 * space.box)
    return Population(
        "birds",
        agents,
        replicas,
        state={"position": stream.uniform(low, high, (space.dimensions,), dtype)},
        dtype=dtype,
    )


def connect(relation: Proximity, population: Population, space: Space | None):
    draws = Draws.of(1, population.replicas)
    return relation.connect(*scene("near", {"birds": population}, space, draws))


@given(
    st.integers(0, 2**31),
    st.sampled_from([2, 3]),
    st.booleans(),
    st.floats(0.05, 4.0),
    st.integers(1, 3),
    st.sampled_from([torch.float32, torch.float64]),
)
def test_edges_are_those_of_brute_force(seed, dimensions, periodic, radius, replicas, dtype):
    space = Space(dimensions, 3.0, periodic)
    population = birds(17, replicas, space, seed, dtype)
    edges = connect(Proximity("birds", radius), population, space)
    expected = set()
    position = population.per_replica(population["position"])
    for r in range(replicas):
        for i in range(17):
            for j in range(17):
                gap = space.displacement(position[r, j] - position[r, i])
                if i != j and gap.square().sum() <= radius**2:
                    expected.add((r * 17 + i, r * 17 + j))
    found = set(zip(edges.target.tolist(), edges.source.tolist(), strict=True))
    assert found == expected
    assert edges.count == len(found)


def test_many_agents_and_few_have_the_same_edges():
    space = Space(2, 30.0)
    population = birds(900, 2, space, 4)
    by_cells = connect(Proximity("birds", 1.0), population, space)
    one_by_one = set()
    for target, row in enumerate(population["position"]):
        own = slice(target // 900 * 900, target // 900 * 900 + 900)
        gap = space.displacement(population["position"][own] - row)
        near = (gap.square().sum(1) <= 1).nonzero()[:, 0] + own.start
        one_by_one |= {(target, s) for s in near.tolist() if s != target}
    assert set(zip(by_cells.target.tolist(), by_cells.source.tolist(), strict=True)) == one_by_one


def test_nearness_is_mutual():
    space = Space(2, 40.0)
    edges = connect(Proximity("birds", 1.0), birds(5000, 1, space, 5, torch.float32), space)
    forth = edges.target.long() * 5000 + edges.source
    back = edges.source.long() * 5000 + edges.target
    assert torch.equal(forth, back.sort().values)


def test_edges_follow_the_agents():
    space = Space(2, 10.0)
    here = torch.tensor([[1.0, 1.0], [1.5, 1.0], [9.9, 1.0]])
    population = Population("birds", 3, state={"position": here})
    assert Proximity("birds", 1.0).dynamic
    assert connect(Proximity("birds", 1.0), population, space).count == 2
    moved = population.with_state({"position": here - torch.tensor([1.0, 0.0])})
    assert connect(Proximity("birds", 1.0), moved, space).count == 2
    spread = population.with_state({"position": here * torch.tensor([0.5, 1.0])})
    assert connect(Proximity("birds", 1.0), spread, space).count == 2
    nearer = population.with_state({"position": here * torch.tensor([0.0, 1.0])})
    assert connect(Proximity("birds", 1.0), nearer, space).count == 6


def test_a_column_flows_from_neighbours():
    space = Space(2, 10.0)
    population = Population(
        "birds",
        3,
        state={
            "position": torch.tensor([[1.0, 1.0], [1.5, 1.0], [5.0, 5.0]]),
            "call": torch.tensor([[1.0], [2.0], [4.0]]),
            "heard": torch.full((3, 1), 9.0),
        },
    )
    relation = Proximity("birds", 1.0, "call", "heard")
    assert relation.flow_phase == "transmit" and Proximity("birds", 1.0).flow_phase is None
    edges = connect(relation, population, space)
    after = relation.flow(edges, population, population)
    assert after["heard"].tolist() == [[2.0], [1.0], [0.0]]
    assert Proximity("birds", 1.0).flow(edges, population, population) is population


def test_without_a_space_nobody_is_near():
    population = birds(4, 1, Space(2, 1.0), 1)
    with pytest.raises(ScenarioError) as caught:
        connect(Proximity("birds", 1.0), population, None)
    assert "relations.near: no 'space' in the scenario" in str(caught.value)
    assert "fix: write 'space: {dimensions: 2, box: 10.0, periodic: true}'" in str(caught.value)


def test_the_expected_number_of_edges_is_about_right():
    space = Space(2, 30.0)
    relation = Proximity("birds", 1.0)
    edges = connect(relation, birds(2000, 1, space, 6), space)
    expected = relation.expected_edges(2000, 2000, space)
    assert expected is not None and abs(expected / edges.count - 1) < 0.1


@pytest.mark.parametrize(
    ("carries", "heading", "named"),
    [
        ("fear", 2, "fear of shape"),
        ("velocity", 0, "heading not there"),
        ("velocity", 3, "heading"),
    ],
)
def test_no_one_sees_in_its_own_frame_what_is_no_vector_of_the_plane(carries, heading, named):
    space = Space(2, 3.0)
    flock = birds(4, 1, space, 1)
    flock = flock.with_state({"fear": torch.zeros(4), "velocity": torch.zeros(4, 2)})
    if heading:
        flock = flock.with_state({"heading": torch.zeros(4, heading)})
    relation = Proximity("birds", 1.0, carries, "seen", frame="own")
    with pytest.raises(ShapeError, match=rf"relations\.near\.frame: .*birds.{named}"):
        connect(relation, flock, space)
