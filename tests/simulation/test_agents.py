"""Agents: attributes are columns; weights, answers and ties are the agent's own."""

import pytest
import torch

from netware.errors import ShapeError
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
