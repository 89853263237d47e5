"""The condition of `stop: when:`: what it means, and that nothing else is ever evaluated."""

import pytest

from netware.errors import ScenarioError
from netware.scenario.stop_condition import ExpressionError, parse, read


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
        ("yield < 1 or d.lambda > 1E3", {"yield": 2, "d.lambda": 2000}, True),
        (" if >= -.5\n  and not < 1 ", {"if": 0, "not": 2}, False),
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
    "d < 1e999",
    "d.E < 1",
    "\N{FULLWIDTH LATIN SMALL LETTER D} < 1",
    "0 < d < 1",
    "d < 1_0",
    "d < 01",
    "d < 1 # and d > 2",
    "1or 2 < d",
    "d < 1 if d < 2 else d < 3",
    "d in d",
    "d < (lambda)(d)",
    "d < \x00",
    "d < 2 - 1",
    "-" * 490 + "1 < d",
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


@pytest.mark.parametrize(
    ("text", "found", "place"),
    [
        ("d < 1 d > 2", "'d' does not fit here", 6),
        ("  d < 1 and", "the condition ends too early", 11),
        ("(d < 1", "'(' does not fit here", 0),
        ("d < 1 or 1 < 2", "a comparison of two numbers", 9),
        ("d < 1 or yield(d) < 2", "'yield(d)' where a probe or a number should stand", 9),
        ("d > 0 and 0 < d < 1", "'0 < d < 1', which compares twice; join them with 'and'", 10),
        ("d\n< é", "'é' is not understood", 4),
    ],
)
def test_a_mistake_has_its_place(text, found, place):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.found, caught.value.place) == (found, place)
