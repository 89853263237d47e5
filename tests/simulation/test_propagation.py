"""A change reaches those who depend on what has changed, when it should, and nobody else."""

import networkx
import pytest

from tests.simulation.worlds import model


NET = "{type: multilayer, inputs: 2, widths: [4], outputs: 2, activation: tanh}"
TREE = """
netware: 1
name: tree
seed: 4
steps: 10
populations:
  roots: {agents: 3, model: NET,
          state: {input: {uniform: [0, 1], size: 2}}}
  stems: {agents: 6, model: NET}
  leaves: {agents: 12, model: NET}
relations:
  grow: {type: dependency, between: [roots, stems], topology: {type: erdos_renyi, p: 0.4}}
  bear: {type: dependency, between: [stems, leaves], topology: {type: erdos_renyi, p: 0.3},
         delay: DELAY}
"""


@pytest.mark.parametrize("delay", [0, 1])
def test_a_change_propagates_to_dependents_and_to_no_one_else(tmp_path, delay) -> None:
    plain = model(tmp_path, text=TREE.replace("DELAY", str(delay)).replace("NET", NET))
    other = model(tmp_path, text=TREE.replace("DELAY", str(delay)).replace("NET", NET))
    for tree in (plain, other):
        for _ in range(3):
            tree.step()
    changed = next(agent for agent in other.agents if agent.population == "roots" and agent.id == 1)
    changed.input = changed.input + 1.0
    below = networkx.descendants(plain.world.graph(), ("roots", 1))
    due = {("roots", 1)}
    for step in range(3):
        plain.step()
        other.step()
        reached = {
            (name, row)
            for name in ("roots", "stems", "leaves")
            for row in range(plain.world[name].agents)
            if bool((plain.world[name]["output"][row] != other.world[name]["output"][row]).any())
        }
        near = {node for node in below if node[0] == "stems"}
        due = {("roots", 1)} | (near if delay and step == 0 else below)
        assert reached == due
    assert 0 < len(below) < 18
    assert {name for name, _ in below} == {"stems", "leaves"}
