"""Agents: attributes are columns; weights, answers and ties are the agent's own."""

from dataclasses import replace

import pytest
import torch
from torch.overrides import TorchFunctionMode

from netware.errors import ScenarioError, ShapeError
from tests.simulation.worlds import RING, model


NETS = RING.replace(
    "state: {x:", "model: {type: multilayer, inputs: 2, widths: [3], outputs: 1}\n    state: {x:"
).replace(
    "rules:",
    "  hears: {type: association, between: [nodes, nodes], topology: {type: complete}}\nrules:",
)


def test_reading_gives_numbers_and_copies(tmp_path) -> None:
    ring = model(tmp_path, "populations.nodes.state.p={uniform: [0, 1], size: 2}")
    agent = ring.agents[3]
    assert agent.x == -1.0 and isinstance(agent.x, float)
    agent.p.zero_()
    assert agent.p.abs().sum() > 0
    agent.p = [1.0, 2.0]
    assert agent.p.tolist() == [1.0, 2.0]
    with pytest.raises(AttributeError, match="their state has p, x, y"):
        agent.z  # noqa: B018


def test_an_attribute_that_is_no_column_stays_the_agents_own(tmp_path) -> None:
    agent = model(tmp_path).agents[0]
    agent.mood = "good"
    assert agent.mood == "good"


def test_weights_are_read_as_copies_and_written_for_one_agent(tmp_path) -> None:
    ring = model(tmp_path, text=NETS)
    agent, other = ring.agents[0], ring.agents[1]
    before = other.weights["w1"]
    agent.weights = {"w1": torch.ones(2, 3)}
    assert torch.equal(agent.weights["w1"], torch.ones(2, 3))
    assert torch.equal(other.weights["w1"], before)


def test_forward_is_the_agents_row_of_the_batch(tmp_path) -> None:
    ring = model(tmp_path, text=NETS)
    x = torch.tensor([[0.5, -1.0], [2.0, 0.1]])
    batch = ring.world["nodes"].forward(x.expand(12, 2, 2))
    for row in (0, 7):
        assert torch.allclose(ring.agents[row].forward(x), batch[row], atol=1e-6)
    assert ring.agents[0].forward(x[0]).shape == (1,)
    with pytest.raises(ShapeError, match="one number for each input"):
        ring.agents[0].forward(torch.zeros(3))


def test_trace_is_what_each_part_answers_of_the_agent_alone(tmp_path) -> None:
    ring = model(tmp_path, text=NETS)
    x = torch.tensor([[0.5, -1.0], [2.0, 0.1]])
    agent = ring.agents[7]
    traced, w = agent.trace(x), agent.weights
    assert list(traced) == ["hidden1", "output"]
    assert torch.allclose(traced["hidden1"], torch.relu(x @ w["w1"] + w["b1"]), atol=1e-6)
    assert torch.allclose(traced["output"], agent.forward(x), atol=1e-6)
    one = agent.trace(x[1])
    assert one["hidden1"].shape == (3,) and one["output"].shape == (1,)
    assert torch.allclose(one["hidden1"], traced["hidden1"][1], atol=1e-6)
    with pytest.raises(ShapeError, match="one number for each input"):
        agent.trace(torch.zeros(2, 3))


def test_trace_of_a_module_names_its_leaves(tmp_path) -> None:
    text = NETS.replace(
        "{type: multilayer, inputs: 2, widths: [3], outputs: 1}",
        "{type: tests.models.torch_module.thirty_nets.Squeezed, inputs: 4}",
    )
    agent, x = model(tmp_path, text=text).agents[3], torch.linspace(-1, 1, 4)
    traced, w = agent.trace(x), agent.weights
    assert list(traced) == ["body.0", "body.1", "body.2", "output"]
    hidden = torch.tanh(w["body.0.weight"] @ x + w["body.0.bias"])
    assert torch.allclose(traced["body.1"], hidden, atol=1e-6)
    assert torch.equal(traced["output"], traced["body.2"])


def test_neighbors_and_relations(tmp_path) -> None:
    ring = model(tmp_path, text=NETS)
    agent = ring.agents[6]
    assert sorted(n.id for n in agent.neighbors("talks")) == [1, 5]
    assert {n.replica for n in agent.neighbors("hears")} == {1}
    ties = agent.relations("association")
    assert {tie.relation for tie in ties} == {"talks", "hears"}
    assert sum(tie.target is agent for tie in ties) == 2 + 5
    assert agent.relations("proximity") == []
    assert all(tie.weight == 1.0 for tie in ties)


def test_neighbors_in_a_relation_that_is_not_there_are_refused_with_the_choices(tmp_path) -> None:
    agent = model(tmp_path, text=NETS).agents[6]
    with pytest.raises(ScenarioError, match="S-ENUM no relation 'talk'") as one:
        agent.neighbors("talk")
    assert "expected: one of talks, hears" in str(one.value)
    assert "fix: write 'talks'" in str(one.value)


class TouchedRelations(dict):
    """Edges by relation that note which relations were asked for."""

    def __init__(self, edges):
        dict.__init__(self, edges)
        self.asked = []

    def __getitem__(self, name):
        self.asked.append(name)
        return dict.__getitem__(self, name)


class MostTouched(TorchFunctionMode):
    """Notes the size of the largest tensor that is made from others meanwhile."""

    def __init__(self):
        TorchFunctionMode.__init__(self)
        self.most = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor):
            self.most = max(self.most, made.numel())
        return made


def test_neighbors_touch_the_row_of_the_agent_in_one_relation_alone(tmp_path) -> None:
    ring = model(tmp_path, text=NETS)
    agent = ring.agents[6]
    edges = TouchedRelations(ring.world.edges)
    ring.world = replace(ring.world, edges=edges)
    edges.asked.clear()
    with MostTouched() as touched:
        neighbors = agent.neighbors("hears")
    row = dict.__getitem__(edges, "hears").count // 12
    assert edges.asked == ["hears"] and 0 < touched.most <= row
    assert sorted(one.row for one in neighbors) == [7, 8, 9, 10, 11]
    edges.asked.clear()
    assert {tie.relation for tie in agent.relations("association")} == {"talks", "hears"}
    assert agent.relations("influence") == [] and set(edges.asked) == {"talks", "hears"}


def test_ties_are_those_that_a_look_at_every_edge_finds(tmp_path) -> None:
    ring = model(tmp_path, text=NETS)
    for agent in ring.agents:
        expected = [
            (name, source, target)
            for name, edges in ring.world.edges.items()
            for end in (1, 0)
            for source, target in edges.edge_index.T.tolist()
            if (source, target)[end] == agent.row
        ]
        ties = [(tie.relation, tie.source.row, tie.target.row) for tie in agent.relations()]
        assert ties == expected


def test_weights_are_copied_once_a_step_and_worlds_handed_out_stay(tmp_path) -> None:
    ring = model(tmp_path, text=NETS)
    kept = ring.world
    before, agents = kept["nodes"].weights["w1"].clone(), list(ring.agents)
    agents[0].weights = {"w1": torch.ones(2, 3)}
    lies = ring.peek()["nodes"].weights["w1"].data_ptr()
    agents[1].weights = {"w1": torch.zeros(2, 3)}
    assert ring.peek()["nodes"].weights["w1"].data_ptr() == lies
    assert torch.equal(kept["nodes"].weights["w1"], before)
    seen = ring.world["nodes"].weights["w1"]
    agents[2].weights = {"w1": torch.full((2, 3), 5.0)}
    assert ring.peek()["nodes"].weights["w1"].data_ptr() != lies
    assert torch.equal(seen[2], before[2]) and torch.equal(agents[1].weights["w1"], seen[1])
