"""What stands between fields is seen from the lines; a list without edges is refused."""

import pytest

import netware
from netware.errors import ScenarioError


CASE = "03-semicolon-edge-list"
RIGHT = [0.2, 1.1, 1.7]


@pytest.mark.parametrize(
    "text",
    [
        "0;1;2\n1;2;3\n",
        "0\t1\t2\n1\t2\t3\n",
        "0|1|2\n1|2|3\n",
        "0 1 2\n1 2 3\n",
        "  0   1  2 \n1\t2   3\n",
        "0, 1, 2\n1, 2, 3\n",
        "0;1;2,0\n1;2;3,0\n",
        "0\t1\t2,0\n1\t2\t3,0\n",
        "0 1 2,0\n1 2 3,0\n",
        "source;target;weight\n0;1;2,0\n1;2;3,0\n",
    ],
)
def test_the_separator_is_seen(opinions, text) -> None:
    assert opinions(CASE, {"ties.csv": text.encode()}) == RIGHT


@pytest.mark.parametrize("text", ["Ann Lee,Bob\nBob,Cid Ray\n", 'Ann Lee;"Bob"\nBob;Cid Ray\n'])
def test_names_may_hold_blanks(stepped, text) -> None:
    world = stepped(CASE, {"ties.csv": text.encode()})
    assert world["people"].who.shown == ("Ann Lee", "Bob", "Cid Ray")


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n% here\n", "source,target\n"])
def test_a_list_without_edges_is_refused(case, text) -> None:
    with pytest.raises(ScenarioError, match="P-FILE"):
        netware.NetwareModel(case(CASE, {"ties.csv": text.encode()}))


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("0;1;2\n1;2;1.234,5\n", 2, "weight '1.234,5'"),
        ("0;1;2\n1;2;x\n", 2, "weight 'x'"),
        ("0,1,2\n1,2,inf\n", 2, "weight 'inf'"),
        ("0,1\n1 2\n2,0\n", 2, "1 fields, where other lines have 2"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_line(case, text, line, found) -> None:
    with pytest.raises(ScenarioError) as error:
        netware.NetwareModel(case(CASE, {"ties.csv": text.encode()}))
    assert f"ties.csv:{line}: {found}" in str(error.value)
