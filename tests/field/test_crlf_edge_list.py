"""A line may end as on any system; what stands before its end is the name and nothing else."""

import pytest


CASE = "01-crlf-edge-list"
RIGHT = [0.3, 1.0, 1.7, 3, 4, 5]


@pytest.mark.parametrize(
    "text",
    [
        b"0,1\r\n1,2\r\n2,0\r\n",
        b"0,1\r1,2\r2,0\r",
        b"0,1\n1,2\n2,0",
        b"0,1\r\n\r\n1,2\r\n  \r\n2,0\r\n\r\n",
        b"0,1 \n 1, 2\n2 ,0\n",
        b'"0","1"\r\n"1","2"\r\n"2","0"\r\n',
        b"# made by hand\r\n0,1\r\n% more\r\n1,2\r\n# end\r\n2,0\r\n",
        "0,1\n1,2\n2,0\n".encode("utf-16"),
        "0,1\r\n1,2\r\n2,0\r\n".encode("utf-16-le"),
    ],
)
def test_a_triangle_is_a_triangle(opinions, text) -> None:
    assert opinions(CASE, {"ties.csv": text}) == RIGHT


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_names_end_where_the_line_ends(stepped, end) -> None:
    text = end.join(["ann,bob", "bob,eve", "eve,ann", "dan,fay", "fay,gus", ""])
    world = stepped(CASE, {"ties.csv": text.encode()})
    assert world["people"].who.shown == ("ann", "bob", "eve", "dan", "fay", "gus")
