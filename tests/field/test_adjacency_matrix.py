"""A matrix: row = source, column = target, 0 = no link."""

import io

import numpy as np
import pytest
import scipy.io
import scipy.sparse

import netware
from netware.errors import ScenarioError


CASE = "28-adjacency-matrix"
KEY = "relations.ties.topology"
MATRIX = np.array([[0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 5], [0, 0, 0, 0]], dtype=float)
RIGHT = [0.1, 0.8, 2.0, 2.5]


def text(separator: str, number: str = "{:g}") -> bytes:
    rows = (separator.join(number.format(one) for one in row) for row in MATRIX)
    return "\n".join(rows).encode()


def named(corner: str, separator: str = ",") -> bytes:
    names = ["ann", "bob", "cid", "dan"]
    above = [*([corner] if corner != "none" else []), *names]
    rows = ([name, *map("{:g}".format, row)] for name, row in zip(names, MATRIX, strict=True))
    return "\n".join(map(separator.join, [above, *rows])).encode()


def binary(kind: str) -> bytes:
    file = io.BytesIO()
    if kind == "npy":
        np.save(file, MATRIX)
    elif kind == "npz":
        scipy.sparse.save_npz(file, scipy.sparse.csr_array(MATRIX))
    else:
        scipy.io.mmwrite(file, scipy.sparse.coo_array(MATRIX))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", text(",")),
        ("a.csv", text(";")),
        ("a.txt", text(" ")),
        ("a.tsv", text("\t")),
        ("a.csv", text(";", "{:.1f}").replace(b".", b",")),
        ("a.csv", named("")),
        ("a.csv", named("none", " ")),
        ("a.csv", named("name", ";")),
        ("a.csv", named("").replace(b"ann", b"0").replace(b"bob", b"1").replace(b"cid", b"2")),
        ("a.csv", named("x").replace(b"ann", b"a").replace(b"bob", b"b").replace(b"cid", b"c")),
        ("a.npy", binary("npy")),
        ("a.npz", binary("npz")),
        ("a.mtx", binary("mtx")),
    ],
)
def test_each_way_to_save_it_is_read(opinions, name, data) -> None:
    assert opinions(CASE, {name: data}, (f"relations.ties.topology.path={name}",)) == RIGHT


def test_what_may_be_a_matrix_or_a_list_is_refused(case) -> None:
    path = case(CASE, {"ties.csv": b"0,1,1\n1,0,2\n1,2,0\n"})
    three = ["populations.people={agents: 3, state: {opinion: [0, 1, 2]}}"]
    with pytest.raises(ScenarioError, match="write 'format: matrix' or 'format: list'"):
        netware.NetwareModel(path, three)
    matrix = netware.NetwareModel(path, [*three, f"{KEY}.format=matrix"])
    assert matrix.world.edges["ties"].adjacency64.to_dense().T.tolist() == [
        [0, 1, 1],
        [1, 0, 2],
        [1, 2, 0],
    ]
    changes = [*three, f"{KEY}.format=list", f"{KEY}.lines=directed"]
    found = netware.NetwareModel(path, changes).world.edges["ties"].adjacency64.to_dense().T
    assert found.tolist() == [[0, 1, 0], [2, 0, 0], [0, 0, 0]], "the last edge weighs 0"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"0,1,0,0,1\n1,0,0,0,0\n", "nodes of two kinds, 2 and 5"),
        (b",ann,bob\nann,0,x\nbob,1,0\n", "ties.csv:2: 'x' in a matrix"),
        (b"0,1,0,0,0\n0,0,1,0,0\n0,0,0,1,0\n0,0,0,0,1\n1,0,0,0,0\n", "5 nodes"),
        (b"0,1,0,0,0\n0,0,,0,0\n0,0,0,1,0\n0,0,0,0,1\n1,0,0,0,0\n", "ties.csv:2: '' in a matrix"),
    ],
)
def test_a_matrix_that_does_not_fit_is_refused(case, data, message) -> None:
    with pytest.raises(ScenarioError, match=message):
        netware.NetwareModel(case(CASE, {"ties.csv": data}))
