"""A weight that is missing is asked for, and does not cost the others theirs."""

import pytest

import netware
from netware.errors import ScenarioError


CASE = "10-one-link-without-a-weight"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("0,1,2\n1,2,3\n2,0\n", 3),
        ("0,1,2\n1,2,\n2,0,4\n", 2),
        ("# weights\nsource,target,weight\n\n0,1,2\n1,2,3\n2,0,\n", 6),
        ("0 1 2\n1 2\n2 0 3\n", 2),
        ("0,,2\n1,2,3\n", 1),
    ],
)
def test_the_line_that_lacks_something_is_named(case, text, line) -> None:
    with pytest.raises(ScenarioError, match=rf"ties\.csv:{line}: "):
        netware.NetwareModel(case(CASE, {"ties.csv": text.encode()}))


def test_without_weights_the_list_is_read(opinions) -> None:
    text = b"source,target,weight\n0,1,2\n1,2,3\n2,0,\n"
    changes = ("relations.ties.topology.weight=none",)
    assert opinions(CASE, {"ties.csv": text}, changes) == [0.3, 1.0, 1.7]
