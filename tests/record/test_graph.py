"""The typed graph of a run: what other tools find in it, when it is left out, and its bytes."""

import networkx
import pytest
import torch

from netware.edges import Edges
from netware.record import graph
from netware.record.graph import GRAPH, graphml
from netware.running.run import resume, start
from netware.world import World
from tests.simulation.worlds import RING, model, write


TWO = """
netware: 1
name: two
seed: 3
steps: 4
replicas: 2
space: {dimensions: 2, box: 4.0, periodic: true}
populations:
  people:
    agents: 5
    state: {x: uniform, age: [30, 40, 50, 60, 70], position: uniform, heading: uniform}
  places: {agents: 3, state: {x: [1, 2, 3]}}
relations:
  knows: {type: association, between: [people, people], topology: {type: ring, k: 2}}
  sees: {type: proximity, of: people, radius: 2.0}
  visits: {type: association, between: [people, places], topology: {type: complete}}
rules:
  fly: {type: vicsek, on: people, radius: 1.0, speed: 0.3, noise: 1.0}
"""
TYPES = {"knows": "association", "sees": "proximity", "visits": "association"}


def read(world: World, tmp_path, types=TYPES, replica: int = 0) -> networkx.MultiDiGraph:
    path = tmp_path / GRAPH
    path.write_bytes(graphml(world, types, replica))
    return networkx.read_graphml(path, force_multigraph=True)


@pytest.mark.parametrize("replica", [0, 1])
def test_networkx_finds_the_typed_graph_of_the_world(tmp_path, replica) -> None:
    world = model(tmp_path, text=TWO).world
    found, wanted = read(world, tmp_path, replica=replica), world.graph(replica)
    named = {node: f"{node[0]}.{node[1]}" for node in wanted}
    assert list(found.nodes) == list(named.values())
    pairs = {
        (named[a], named[b], key, w) for a, b, key, w in wanted.edges(keys=True, data="weight")
    }
    assert {(a, b, key, w) for a, b, key, w in found.edges(keys=True, data="weight")} == pairs
    assert {key: kind for _, _, key, kind in found.edges(keys=True, data="type")} == TYPES
    assert len(pairs) > 10 + 15


def test_nodes_say_who_they_are_and_their_state_to_the_last_bit(tmp_path) -> None:
    world = model(tmp_path, text=TWO).world
    found, people = read(world, tmp_path, replica=1), world["people"]
    for agent in range(5):
        node = found.nodes[f"people.{agent}"]
        assert (node["population"], node["id"]) == ("people", agent)
        assert node["label"] == f"people {agent}"
        position = [node["state.position.0"], node["state.position.1"]]
        assert torch.tensor(position).equal(people["position"][5 + agent])
        assert torch.tensor(node["state.x"]).equal(people["x"][5 + agent])
    assert found.nodes["places.2"]["state.x"] == 3.0
    assert not any("heading" in name for name in found.nodes["people.0"]), "two numbers"
    assert "state.age" not in found.nodes["places.0"], "only whose column it is"


def test_kinds_of_numbers_stay_what_they_are_and_what_is_not_finite_is_left_out(tmp_path) -> None:
    world = model(tmp_path).world
    x = torch.tensor([1.0, float("nan"), float("inf"), 0.1, -1e-30, 3.0]).repeat(2)
    state = {"x": x, "count": torch.arange(12), "on": torch.arange(12) % 2 == 1}
    world = world.with_state("nodes", **state, **{"rule.own": x})
    node = read(world, tmp_path, {"talks": "association"}).nodes
    assert [node[f"nodes.{i}"].get("state.x") for i in (0, 1, 2, 3)] == pytest.approx(
        [1.0, None, None, 0.1]
    )
    assert node["nodes.4"]["state.x"] == pytest.approx(-1e-30)
    assert type(node["nodes.5"]["state.count"]) is int and node["nodes.5"]["state.on"] is True
    assert "state.rule.own" not in node["nodes.0"], "a rule's own"


def test_columns_of_one_name_take_the_wider_type(tmp_path) -> None:
    world = model(tmp_path, text=TWO).world
    world = world.with_state("places", x=torch.tensor([4, 5, 6] * 2))
    text = graphml(world, TYPES).decode()
    assert text.count('attr.name="state.x"') == 1 and '"state.x" attr.type="double"' in text
    assert read(world, tmp_path).nodes["places.1"]["state.x"] == 5.0


def test_weights_and_attributes_of_edges_are_theirs(tmp_path) -> None:
    world = model(tmp_path).world
    own = Edges.from_pairs(
        torch.tensor([2, 0, 8]),
        torch.tensor([1, 3, 9]),
        12,
        12,
        torch.tensor([0.5, -2.0, 7.0]),
        {"age": torch.tensor([4, 5, 6])},
    )
    found = read(world.with_edges("talks", own), tmp_path, {"talks": "a & <b>"})
    edges = {(a, b): data for a, b, data in found.edges(data=True)}
    assert {ends: data["weight"] for ends, data in edges.items()} == {
        ("nodes.2", "nodes.1"): 0.5,
        ("nodes.0", "nodes.3"): -2.0,
    }
    assert edges["nodes.0", "nodes.3"]["age"] == 5
    assert edges["nodes.0", "nodes.3"]["type"] == "a & <b>", "escaped"


def test_who_is_not_alive_is_not_there_and_ids_are_identities(tmp_path) -> None:
    world = model(tmp_path).world
    alive = torch.tensor([1, 1, 0, 1, 1, 1] * 2).bool()
    identity = torch.tensor([0, 1, 2, 3, 4, 17] * 2)
    world = world.with_population(world["nodes"].with_state({"alive": alive, "identity": identity}))
    found = read(world, tmp_path, {"talks": "association"})
    assert list(found.nodes) == ["nodes.0", "nodes.1", "nodes.3", "nodes.4", "nodes.17"]
    assert {tuple(sorted((a, b))) for a, b in found.edges()} == {
        ("nodes.0", "nodes.1"),
        ("nodes.3", "nodes.4"),
        ("nodes.17", "nodes.4"),
        ("nodes.0", "nodes.17"),
    }


def test_a_run_leaves_the_graph_of_its_end(tmp_path) -> None:
    path = start(write(tmp_path, TWO), [], tmp_path / "runs", quiet=True).path
    found = networkx.read_graphml(path / GRAPH, force_multigraph=True)
    assert found.graph["step"] == 4 and found.graph["replica"] == 0
    near = {(a, b) for a, b, key in found.edges(keys=True) if key == "sees"}
    at = {
        node: torch.tensor([data["state.position.0"], data["state.position.1"]])
        for node, data in found.nodes(data=True)
        if data["population"] == "people"
    }
    for one, other in ((a, b) for a in at for b in at if a != b):
        apart = (at[one] - at[other] + 2).remainder(4) - 2
        assert ((one, other) in near) == (apart.norm() < 2.0), "near as the world ended"


def test_a_run_that_was_killed_before_its_graph_leaves_the_same_bytes(tmp_path) -> None:
    path = start(write(tmp_path, TWO), [], tmp_path / "runs", quiet=True).path
    whole = (path / GRAPH).read_bytes()
    (path / GRAPH).unlink()
    resume(path, quiet=True)
    assert (path / GRAPH).read_bytes() == whole


@pytest.mark.parametrize(
    ("said", "overrides", "reason"),
    [
        ("", (), ""),
        ("record: {graph: never}", (), "the scenario says 'record: {graph: never}'"),
        ("", ("populations.nodes.agents=100",), "100 agents and 200 edges, more than 250 in all"),
        ("record: {graph: always}", ("populations.nodes.agents=100",), ""),
    ],
)
def test_a_graph_that_is_not_wanted_or_large_is_left_out_and_the_log_says_why(
    tmp_path, monkeypatch, said, overrides, reason
) -> None:
    monkeypatch.setattr(graph, "MOST", 250)
    text = RING.replace("x: [1, -1, 1, -1, 2, 0.5]", "x: uniform") + said
    path = start(write(tmp_path, text), overrides, tmp_path / "runs", quiet=True).path
    assert (path / GRAPH).exists() == (not reason)
    log = (path / "log.txt").read_text()
    assert (f"{GRAPH} is not written" in log) == bool(reason) and reason in log


def test_a_world_without_relations_has_no_graph(tmp_path) -> None:
    text = "".join(line + "\n" for line in RING.splitlines() if "talks" not in line)
    text = text.replace("relations:\n", "").replace("rules:\n", "")
    path = start(write(tmp_path, text), [], tmp_path / "runs", quiet=True).path
    assert not (path / GRAPH).exists()
    assert (
        f"{GRAPH} is not written: the scenario has no relations" in (path / "log.txt").read_text()
    )
