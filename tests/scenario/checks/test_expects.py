"""What is expected, with one value that would do."""

import pytest

from netware.errors import ScenarioError
from netware.scenario.checks.allowed import example
from netware.scenario.members import catalog
from netware.scenario.yaml.load import parse
from tests.simulation.worlds import RING


@pytest.mark.parametrize(
    ("schema", "one"),
    [
        ({"type": "number", "minimum": 0, "maximum": 1, "default": 0.25}, "0.25"),
        ({"type": "number", "minimum": 2, "maximum": 4}, "3"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 1e30}, "0.1"),
        ({"type": "number"}, "0"),
        ({"type": "integer", "minimum": 5}, "5"),
        ({"type": "integer", "exclusiveMinimum": 5}, "6"),
        ({"type": "integer", "minimum": -9, "maximum": 0}, "-9"),
        ({"type": "integer", "minimum": 0, "maximum": 9}, "1"),
        ({"type": "string"}, ""),
    ],
)
def test_a_number_that_may_stand_there(schema, one) -> None:
    assert example(("a",), {"properties": {"a": schema}}) == one


@pytest.mark.parametrize(
    ("was", "found", "fix"),
    [
        ("gain: 0.2", "gain: -1", "such as 0.1"),
        ("steps: 20", "steps: 0", "write an integer, 1 to 2^53, such as 1"),
        ("replicas: 2", "replicas: many", "such as 1"),
    ],
)
def test_a_range_refused_says_what_would_do_and_that_does(was, found, fix) -> None:
    with pytest.raises(ScenarioError) as caught:
        catalog.check(parse(RING.replace(was, found), "s.yaml"))
    assert fix in str(caught.value)
    word, value = was.partition(":")[0], caught.value.problems[0].fix.rpartition(" ")[2]
    catalog.check(parse(RING.replace(was, f"{word}: {value}"), "s.yaml"))
