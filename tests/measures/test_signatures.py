"""Signatures: who is told apart by relations, and by what."""

import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ScenarioError
from netware.measures.signatures import Paths, signatures
from netware.population import Population
from netware.probes.representation.relational_signature import RelationalSignature
from netware.world import World


def world_of(
    agents: int, blocks: dict[str, list[tuple[int, ...]]], replicas: int = 1, **state: torch.Tensor
) -> World:
    """A world of one population `them`; each relation is a list (source, target[, weight])."""
    them = Population("them", agents, replicas).with_state(state)
    world = World(Draws.of(1, replicas), {"them": them})
    for name, rows in blocks.items():
        offsets = [replica * agents for replica in range(replicas)]
        source = torch.tensor([row[0] + k for k in offsets for row in rows], dtype=torch.int64)
        target = torch.tensor([row[1] + k for k in offsets for row in rows], dtype=torch.int64)
        weight = None
        if rows and len(rows[0]) > 2:
            weight = torch.tensor([float(row[2]) for row in rows] * replicas)
        total = agents * replicas
        edges = Edges.from_pairs(source, target, total, total, weight, between=("them", "them"))
        world = world.with_edges(name, edges)
    return world


def found(
    world: World, over: tuple[str, ...] = (), paths: Paths = "both", equal: tuple[str, ...] = ()
) -> list[list[int]]:
    return signatures(world, "them", over, paths, equal).tolist()


def test_a_directed_path_tells_all_apart_and_a_ring_nobody() -> None:
    assert found(world_of(4, {"r": [(0, 1), (1, 2), (2, 3)]})) == [[0, 1, 2, 3]]
    assert found(world_of(4, {"r": [(0, 1), (1, 2), (2, 3), (3, 0)]})) == [[0, 0, 0, 0]]


def test_types_tell_apart_what_the_bare_graph_does_not() -> None:
    one, other = [(0, 1), (1, 0)], [(2, 3), (3, 2)]
    assert found(world_of(4, {"r": one + other})) == [[0, 0, 0, 0]]
    typed = world_of(4, {"friends": one, "rivals": other})
    assert found(typed) == [[0, 0, 2, 2]]
    assert found(typed, over=("friends",)) == [[0, 0, 2, 2]]
    assert found(world_of(4, {"friends": one + other, "rivals": one}), over=("friends",)) == [
        [0, 0, 0, 0]
    ]


def test_weights_tell_apart() -> None:
    assert found(world_of(4, {"r": [(0, 1, 1), (2, 3, 1)]})) == [[0, 1, 0, 1]]
    assert found(world_of(4, {"r": [(0, 1, 1), (2, 3, 2)]})) == [[0, 1, 2, 3]]
    # 1 + 1 is not 2: rules that are not linear tell two weak ties from a strong one.
    assert found(world_of(5, {"r": [(0, 3, 1), (1, 3, 1), (2, 4, 2)]}), paths="into") == [
        [0, 0, 0, 3, 4]
    ]


def test_directions_tell_apart_where_they_are_asked_for() -> None:
    world = world_of(4, {"r": [(0, 1), (0, 2), (3, 2)]})
    assert found(world, paths="into") == [[0, 1, 2, 0]]
    assert found(world, paths="out_of") == [[0, 1, 1, 3]]
    assert found(world, paths="both") == [[0, 1, 2, 3]]


def test_columns_that_must_be_equal_split_classes_on() -> None:
    ring = [(i, (i + k) % 6) for i in range(6) for k in (1, 5)]
    x = torch.tensor([1.0, 0, 0, 0, 0, 0])
    world = world_of(6, {"r": ring}, x=x)
    assert found(world) == [[0] * 6]
    assert found(world, equal=("x",)) == [[0, 1, 2, 3, 2, 1]]


def test_replicas_are_told_apart_by_themselves() -> None:
    x = torch.tensor([1.0, 0, 0, 0, 0, 1])
    world = world_of(3, {"r": [(0, 1), (1, 0), (1, 2), (2, 1)]}, 2, x=x)
    assert found(world) == [[0, 1, 0], [0, 1, 0]]
    assert found(world, equal=("x",)) == [[0, 1, 2], [0, 1, 2]]


def test_agents_of_two_populations_are_never_alike_but_tell_others_apart() -> None:
    world = world_of(3, {})
    makers = Population("makers", 2).with_state({"kind": torch.tensor([0.0, 1.0])})
    world = world.with_population(makers)
    pairs = torch.tensor([0, 0, 1]), torch.tensor([0, 1, 2])
    makes = Edges.from_pairs(*pairs, 2, 3, between=("makers", "them"))
    world = world.with_edges("makes", makes)
    assert found(world, paths="into") == [[0, 0, 0]]
    assert found(world) == [[0, 0, 2]]
    equal = ("kind",)
    with pytest.raises(ScenarioError, match="no column 'kind' in 'them'"):
        RelationalSignature("them", equal=equal).read(world)
    both = world.with_state("them", kind=torch.zeros(3))
    assert found(both, paths="into", equal=equal) == [[0, 0, 2]]


def test_agents_without_edges_are_alike_and_the_dead_like_no_living_one() -> None:
    world = world_of(5, {"r": [(1, 2)]})
    assert found(world) == [[0, 1, 2, 0, 0]]
    world = world.with_state("them", alive=torch.tensor([True, True, True, True, False]))
    assert found(world) == [[0, 1, 2, 0, 4]]


def test_no_relations_and_unknown_columns_are_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        RelationalSignature("them").read(world_of(3, {}))
    assert "RelationalSignature.over: no relations" in str(caught.value)
    plain = world_of(3, {"r": [(0, 1)]}, x=torch.zeros(3))
    with pytest.raises(ScenarioError) as caught:
        RelationalSignature("them", equal=("weights",)).read(plain)
    message = str(caught.value)
    assert "RelationalSignature.equal: no column 'weights' in 'them'" in message
    assert "expected: one of weights, x" in message
