"""What several relations bring into one column adds up, or is refused; nothing is overwritten."""

from pathlib import Path

import pytest
import torch

from netware.errors import NetwareError, ScenarioError
from netware.simulation.model import NetwareModel
from tests.simulation.worlds import write


HEAD = """
netware: 1
name: meeting
seed: 5
steps: 2
precision: float64
populations:
  a: {agents: 3, model: {type: multilayer, inputs: 2, outputs: 2, activation: identity}, state: {input: {normal: [0, 1], size: 2}, x: uniform}}
  b: {agents: 3, model: {type: multilayer, inputs: 2, outputs: 2, activation: identity}, state: {input: {normal: [0, 1], size: 2}, x: uniform}}
  c: {agents: 3, model: {type: multilayer, inputs: 2, outputs: 2, activation: identity}, state: {x: uniform}}
  d: {agents: 3, model: {type: multilayer, inputs: 4, outputs: 2, activation: identity}, state: {input: {normal: [0, 1], size: 4}}}
relations:
"""  # noqa: E501
LINE = "  {name}: {{type: {type}, between: [{ends}], topology: {{type: complete}}{more}}}\n"


def relation(name: str, source: str, target: str, type: str = "dependency", more: str = "") -> str:
    return LINE.format(name=name, type=type, ends=f"{source}, {target}", more=more)


def model(folder: Path, *relations: str) -> NetwareModel:
    return NetwareModel(write(folder, HEAD + "".join(relations)))


@pytest.mark.parametrize("turned", [False, True])
def test_two_dependencies_into_one_column_add_up_in_either_order(tmp_path, turned) -> None:
    both = [relation("ac", "a", "c", more=", combine: sum"), relation("bc", "b", "c")]
    made = model(tmp_path, *(reversed(both) if turned else both))
    made.step()
    world = made.world
    expected = world["a"]["output"].sum(0) + world["b"]["output"].mean(0)
    torch.testing.assert_close(world["c"]["input"], expected.expand(3, 2), rtol=0, atol=1e-14)
    again = world["c"].forward(world["c"]["input"][:, None])[:, 0]
    assert torch.equal(world["c"]["output"], again)


def test_what_is_transmitted_and_what_is_thought_add_up_and_do_not_pile_up(tmp_path) -> None:
    tells = relation("tells", "a", "c", "association", ", carries: x, into: heard")
    needs = relation("needs", "b", "c", more=", carries: x, into: heard, combine: sum")
    made = model(tmp_path, tells, needs)
    for _ in range(3):
        made.step()
        world = made.world
        expected = world["a"]["x"].mean() + world["b"]["x"].sum()
        torch.testing.assert_close(world["c"]["heard"], expected.expand(3), rtol=0, atol=1e-14)


def test_relations_with_an_offset_fill_parts_of_one_column(tmp_path) -> None:
    made = model(
        tmp_path,
        relation("ad", "a", "d", more=", offset: 0"),
        relation("bd", "b", "d", more=", offset: 2, combine: sum"),
    )
    made.step()
    world = made.world
    expected = torch.cat([world["a"]["output"].mean(0), world["b"]["output"].sum(0)])
    torch.testing.assert_close(world["d"]["input"], expected.expand(3, 4), rtol=0, atol=1e-14)


def test_the_numbers_beside_a_part_stay(tmp_path) -> None:
    made = model(tmp_path, relation("ad", "a", "d", more=", offset: 1"))
    before = made.world["d"]["input"]
    made.step()
    after = made.world["d"]["input"]
    assert torch.equal(after[:, [0, 3]], before[:, [0, 3]])
    expected = made.world["a"]["output"].mean(0).expand(3, 2)
    torch.testing.assert_close(after[:, 1:3], expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    "pair",
    [
        (
            relation("ad", "a", "d", more=", offset: 0"),
            relation("bd", "b", "d", more=", offset: 1"),
        ),
        (relation("ac", "a", "c"), relation("bc", "b", "c", "aggregation")),
        (relation("ac", "a", "c", "aggregation"), relation("bc", "b", "c", "aggregation")),
        (
            relation("ac", "a", "c", "association", ", carries: x, into: y"),
            relation("bc", "b", "c", "realization", ", carries: x, into: y, inputs: 2, outputs: 2"),
        ),
    ],
    ids=["overlap", "add and alone", "alone twice", "add and fill"],
)
def test_what_would_be_overwritten_is_refused(tmp_path, pair) -> None:
    with pytest.raises(ScenarioError) as caught:
        model(tmp_path, *pair)
    (problem,) = caught.value.problems
    assert problem.code == "S-OVERWRITE" and "scenario.yaml:14" in problem.where
    assert "which relations.a" in problem.found


def test_two_parents_of_the_same_weights_are_refused(tmp_path) -> None:
    e = "  e: {agents: 3, model: {type: multilayer, inputs: 2, outputs: 2}}\nrelations:"
    both = "".join(f"  {one}: {{type: inheritance, between: [{one}, e]}}\n" for one in "ab")
    text = HEAD.replace("relations:", e)
    with pytest.raises(ScenarioError, match=r"e\.weights\.\w+, which relations\.a writes too"):
        NetwareModel(write(tmp_path, text + both))


def test_samples_that_are_shown_are_not_overwritten(tmp_path) -> None:
    text = HEAD.replace("relations:", "tasks:\n  t: {type: shells, dimensions: 2}\nrelations:")
    text = text.replace("state: {x: uniform}}\n  d:", "inputs: {task: t}}\n  d:")
    with pytest.raises(ScenarioError, match=r"c\.input, where these agents are shown samples"):
        NetwareModel(write(tmp_path, text + relation("ac", "a", "c")))


def test_a_part_that_the_column_has_not_is_refused(tmp_path) -> None:
    with pytest.raises(NetwareError, match="2 numbers from 3 on"):
        model(tmp_path, relation("ad", "a", "d", more=", offset: 3"))


def test_a_column_that_a_relation_makes_is_there_from_the_start(tmp_path) -> None:
    tells = relation("tells", "a", "c", "association", ", carries: x, into: advice")
    made = model(tmp_path, tells)
    assert made.world["c"]["advice"].tolist() == [0, 0, 0]
    again = model(tmp_path, tells)
    made.step()
    again.restore(1, made.saved())
    assert torch.equal(again.world["c"]["advice"], made.world["c"]["advice"])
