from typing import Literal

import pytest

from netware.errors import ScenarioError
from netware.graphs.topologies.complete import Complete
from netware.relations.association import Association
from netware.relations.dependency import Dependency
from netware.relations.generation import Generation
from netware.simulation.order.dependency_order import flow_order


def thinking_order(relations, populations):
    return flow_order(relations, populations, "think")


def needs(source: str, target: str, delay: Literal[0, 1] = 0) -> Dependency:
    return Dependency((source, target), Complete(), delay=delay)


def test_a_source_thinks_before_its_target():
    relations = {"x": needs("c", "b"), "y": needs("b", "a")}
    assert thinking_order(relations, ["a", "b", "c"]) == ("c", "b", "a")


def test_without_dependencies_the_order_is_that_of_the_scenario():
    assert thinking_order({}, ["b", "a", "c"]) == ("b", "a", "c")
    knows = Association(("c", "b"), Complete(), carries="output")
    assert thinking_order({"knows": knows}, ["b", "a", "c"]) == ("b", "a", "c")


def test_only_what_must_move_moves():
    relations = {"x": needs("d", "b")}
    assert thinking_order(relations, ["a", "b", "c", "d"]) == ("a", "c", "d", "b")


def test_a_cycle_is_named_with_its_repair():
    relations = {"x": needs("a", "b"), "y": needs("b", "c"), "back": needs("c", "a")}
    with pytest.raises(ScenarioError) as caught:
        thinking_order(relations, ["a", "b", "c"])
    message = str(caught.value)
    assert "S-CYCLE" in message
    assert "a cycle of dependencies:" in message
    names = message.split("dependencies: ")[1].split("\n")[0].split(" -> ")
    assert names[0] == names[-1] and sorted(names[:-1]) == ["a", "b", "c"]
    assert "fix: write 'delay: 1' under relations." in message


def test_a_population_that_needs_itself_is_put_in_order_agent_by_agent():
    assert thinking_order({"self": needs("a", "a")}, ["a"]) == ("a",)


def test_weights_are_made_before_those_that_they_make():
    relations = {
        "second": Generation(("b", "c")),
        "first": Generation(("a", "b")),
    }
    assert flow_order(relations, ["c", "b", "a"], "generate") == ("a", "b", "c")
    relations["back"] = Generation(("c", "a"))
    with pytest.raises(ScenarioError, match="populations that make each other's weights"):
        flow_order(relations, ["c", "b", "a"], "generate")


def test_a_delay_breaks_the_cycle():
    relations = {"x": needs("a", "b"), "back": needs("b", "a", delay=1)}
    assert thinking_order(relations, ["b", "a"]) == ("a", "b")
