"""Agents of one population that depend on each other compute one after the other in a step."""

from itertools import pairwise
from pathlib import Path

import networkx
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.edges import Edges
from netware.errors import ScenarioError
from netware.simulation.model import NetwareModel
from netware.simulation.order.waves import waves
from tests.simulation.worlds import write


TEXT = """
netware: 1
name: dag
seed: 17
steps: 3
replicas: 2
precision: float64
populations:
  a:
    agents: {agents}
    model: {{type: multilayer, inputs: 2, widths: [3], outputs: 2, activation: tanh}}
    state: {{input: {{normal: [0, 1], size: 2}}}}
relations:
  d: {{type: dependency, between: [a, a], topology: {{type: file, path: {path}, lines: directed}}, combine: {combine}}}
"""  # noqa: E501


def dag(agents: int, links: int, seed: int) -> networkx.DiGraph:
    """A random acyclic graph: links lead up an order of the agents that is not that of ids."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(agents)
    graph = networkx.DiGraph()
    for low, high in np.sort(chance.integers(0, agents, (links, 2)), 1):
        if low < high:
            graph.add_edge(int(order[low]), int(order[high]))
    return graph


def built(folder: Path, graph: networkx.DiGraph, agents: int, combine: str) -> NetwareModel:
    networkx.write_edgelist(graph, path := folder / "dag.csv", delimiter=",", data=False)
    text = TEXT.format(agents=agents, path=path, combine=combine)
    return NetwareModel(write(folder, text))


def reference(model: NetwareModel, graph: networkx.DiGraph, combine: str, start) -> np.ndarray:
    """Computes agent by agent, suppliers first; who has none keeps its own input."""
    population, outputs = start["a"], {}
    for replica in range(population.replicas):
        for agent in [*networkx.topological_sort(graph), *range(population.agents)]:
            row = replica * population.agents + agent
            if row in outputs:
                continue
            suppliers = sorted(graph.predecessors(agent)) if agent in graph else []
            given = population["input"][row].numpy()
            if suppliers:
                sent = [outputs[replica * population.agents + one] for one in suppliers]
                given = np.sum(sent, 0) if combine == "sum" else np.mean(sent, 0)
            w = {name: values[row].numpy() for name, values in population.weights.items()}
            hidden = np.tanh(given @ w["w1"] + w["b1"])
            outputs[row] = hidden @ w["w2"] + w["b2"]
    return np.stack([outputs[row] for row in range(population.total)])


@pytest.mark.parametrize(("agents", "links"), [(20, 30), (60, 150), (200, 900)])
@pytest.mark.parametrize("combine", ["sum", "mean"])
def test_outputs_are_those_of_agents_computed_one_by_one(tmp_path, agents, links, combine) -> None:
    graph = dag(agents, links, seed=agents)
    model = built(tmp_path, graph, agents, combine)
    start = model.world
    for _ in range(2):
        expected = reference(model, graph, combine, model.world)
        model.step()
        np.testing.assert_allclose(model.world["a"]["output"].numpy(), expected, atol=1e-12)
    roots = [agent for agent in range(agents) if not graph.pred.get(agent)]
    assert torch.equal(model.world["a"]["input"][roots], start["a"]["input"][roots])


@pytest.mark.parametrize("seed", range(5))
def test_changing_one_agent_changes_its_descendants_in_the_same_step_and_no_others(
    tmp_path, seed
) -> None:
    agents = 60
    graph = dag(agents, 120, seed)
    model, other = (built(tmp_path, graph, agents, "sum") for _ in range(2))
    agent = sorted(graph, key=lambda one: len(networkx.descendants(graph, one)))[-1]
    weights = dict(other.world["a"].weights)
    weights["b2"] = weights["b2"].clone()
    weights["b2"][agent] += 1.0
    other.world = other.world.with_weights("a", weights)
    model.step()
    other.step()
    differs = (model.world["a"]["output"] != other.world["a"]["output"]).any(1).nonzero()[:, 0]
    assert set(differs.tolist()) == {agent, *networkx.descendants(graph, agent)}
    assert len(differs) > 3


def test_a_cycle_of_agents_is_refused_and_named(tmp_path) -> None:
    graph = networkx.DiGraph()
    graph.add_edges_from([(0, 1), (1, 2), (2, 0), (2, 3)])
    with pytest.raises(ScenarioError) as caught:
        built(tmp_path, graph, 5, "sum")
    (problem,) = caught.value.problems
    assert problem.code == "S-CYCLE" and "relations.d" in problem.where
    path = problem.found.split("agents: ")[1].split(" -> ")
    assert path[0] == path[-1] and sorted(path[:-1]) == ["0", "1", "2"]
    assert all(graph.has_edge(int(a), int(b)) for a, b in pairwise(path))


def test_what_comes_from_another_population_adds_to_what_comes_from_within(tmp_path) -> None:
    text = TEXT.replace("relations:", "  b: {{agents: 1, state: {{y: [[1.0, -2.0]]}}}}\nrelations:")
    text += "  o: {{type: dependency, between: [b, a], carries: y, topology: {{type: complete}}}}\n"
    networkx.write_edgelist(networkx.DiGraph([(0, 1)]), path := tmp_path / "one.csv", data=False)
    path.rename(path := tmp_path / "one.edgelist")
    model = NetwareModel(write(tmp_path, text.format(agents=3, path=path, combine="sum")))
    for _ in range(2):
        model.step()
        a, outer = model.world["a"], torch.tensor([1.0, -2.0], dtype=torch.float64)
        for row in (0, 2, 3, 5):
            assert torch.equal(a["input"][row], outer)
        for row in (1, 4):
            torch.testing.assert_close(a["input"][row], outer + a["output"][row - 1])


@given(st.integers(2, 30), st.integers(0, 60), st.integers(0, 2**31))
def test_every_agent_computes_once_and_after_its_suppliers(agents, links, seed) -> None:
    pairs = list(dag(agents, links, seed).edges)
    source, target = torch.tensor(pairs, dtype=torch.long).reshape(-1, 2).T
    found = waves([("d", Edges.from_pairs(source, target, agents, agents))])
    assert sorted(torch.cat(found).tolist()) == list(range(agents))
    place = {agent: number for number, wave in enumerate(found) for agent in wave.tolist()}
    assert all(place[a] < place[b] for a, b in pairs)
