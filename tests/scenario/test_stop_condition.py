"""The condition of `stop: when:`: what it means, and that nothing else is ever evaluated."""

import pytest

from netware.errors import ScenarioError
from netware.scenario.stop_condition import parse, read


@pytest.mark.parametrize(
    ("text", "values", "holds"),
    [
        ("d < 1e-4", {"d": 1e-5}, True),
        ("d < 1e-4", {"d": 1e-4}, False),
        ("0.5 <= share.cooperate", {"share.cooperate": 0.5}, True),
        ("a > 1 and b > 1 or c > 1", {"a": 0, "b": 2, "c": 2}, True),
        ("a > 1 and (b > 1 or c > 1)", {"a": 0, "b": 2, "c": 2}, False),
        ("a != b", {"a": 1, "b": 1}, False),
        ("a == -1", {"a": -1}, True),
        ("a<1 and b>2", {"a": 0, "b": 3}, True),
        ("d < 1", {"d": float("nan")}, False),
    ],
)
def test_it_means_what_it_says(text, values, holds):
    values = {name: float(value) for name, value in values.items()}
    condition = parse(text)
    assert condition.names == frozenset(values)
    assert condition.evaluate(values) is holds


HOSTILE = [
    "9**9**9**9",
    "().__class__",
    "x if",
    "__import__('os').system('id')",
    "d < 1 if True else 0",
    "d.__class__ < 1",
    "abs(d) < 1",
    "d < 1; d > 2",
    "d < 'a'",
    "d",
    "d <",
    "< 1",
    "1 < 2",
    "d < 1 d",
    "d < 1 and",
    "(d < 1",
    "d < 1)",
    "not d < 1",
    "d < 0x10",
    "d < 1e9999",
    "d = 1",
    "d < nan and 1",
    "",
    "   ",
    "d.a.b < 1",
    "é < 1",
    "lambda: 0",
    "d < 1 " * 100,
    "a" * 10_000,
    "(" * 30 + "d < 1" + ")" * 30,
    " or ".join(["d<1"] * 80),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_input_43_expressions(text):
    with pytest.raises(ScenarioError) as caught:
        read(text)
    message = str(caught.value)
    assert "stop.when: X-EXPR" in message
    assert "^" in message and len(message) < 2000


def test_the_caret_stands_below_the_mistake():
    with pytest.raises(ScenarioError) as caught:
        read("d < 1 and e ** 2 < 3")
    lines = str(caught.value).splitlines()
    assert lines[0] == "stop.when: X-EXPR '*' is not understood"
    assert lines[2].index("^") == lines[1].index("**")
