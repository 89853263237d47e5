"""Building: what cannot be is refused at its line of the scenario, before anything is run."""

import pytest
import torch

from netware.errors import NetwareError, ScenarioError, ShapeError
from netware.simulation.build import blueprint
from netware.simulation.construction import world_of
from tests.simulation.worlds import RING, model, write


CHAIN = """
netware: 1
name: chain
seed: 1
steps: 3
populations:
  first: {agents: 4, model: {type: multilayer, inputs: 3, outputs: 2}, state: {input: [[1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3]]}}
  second: {agents: 4, model: {type: multilayer, inputs: 2, outputs: 1}}
relations:
  needs: {type: dependency, between: [first, second], topology: {type: one_to_one}}
"""  # noqa: E501


def test_input_37_an_impossible_graph_is_refused_at_its_line(tmp_path) -> None:
    with pytest.raises(ScenarioError) as caught:
        model(tmp_path, "relations.talks.topology.k=6")
    text = str(caught.value)
    assert "S-GRAPH" in text and "relations.talks.topology.k" in text
    assert "command line:1:" in text
    file = write(tmp_path, RING.replace("k: 2", "k: 6"), "big.yaml")
    with pytest.raises(ScenarioError, match=r"big\.yaml:12:\d+: relations\.talks\.topology\.k"):
        world_of(blueprint(file))


def test_an_agent_thinks_after_those_it_depends_on_in_the_same_step(tmp_path) -> None:
    chain = model(tmp_path, text=CHAIN)
    assert chain.plan.order == ("first", "second")
    chain.step()
    world = chain.world
    assert torch.equal(world["second"]["input"], world["first"]["output"])
    expected = world["second"].forward(world["first"]["output"][:, None])[:, 0]
    assert torch.equal(world["second"]["output"], expected)


def test_input_39_a_cycle_of_dependencies_is_named_and_a_delay_breaks_it(tmp_path) -> None:
    back = "  back: {type: dependency, between: [second, first], topology: {type: one_to_one}}\n"
    wide = CHAIN.replace("inputs: 2, outputs: 1", "inputs: 2, outputs: 3")
    with pytest.raises(ScenarioError) as caught:
        world_of(blueprint(write(tmp_path, wide + back)))
    assert "S-CYCLE" in str(caught.value) and "first -> second" in str(caught.value)
    delayed = back.replace("one_to_one}}", "one_to_one}, delay: 1}")
    chain = model(tmp_path, text=wide + delayed)
    chain.step()
    before = chain.world["second"]["output"]
    chain.step()
    assert torch.equal(chain.world["first"]["input"], before)


def test_sizes_that_do_not_fit_are_refused(tmp_path) -> None:
    with pytest.raises(NetwareError, match=r"relations\.needs"):
        model(tmp_path, "populations.second.model.inputs=5", text=CHAIN)
    with pytest.raises(ShapeError, match="a list of 6"):
        model(tmp_path, "populations.nodes.agents=7")


def test_a_rule_without_its_column_says_how_to_write_it(tmp_path) -> None:
    with pytest.raises(NetwareError, match="no column 'z'"):
        ring = model(tmp_path, "rules.agree.state=z")
        ring.step()
