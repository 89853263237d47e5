"""A table of samples is read whatever it was saved in."""

import pytest

import netware


CASE = "26-table-that-is-not-utf8"
TEXT = "größe,b,y\n1,2,3\n4,5,6\n7,8,9\n"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_samples_are_the_same(case, encoding, separator) -> None:
    text = TEXT.replace(",", separator).replace("\n", "\r\n")
    model = netware.NetwareModel(case(CASE, {"table.csv": text.encode(encoding)}))
    data = model.world.examples["table"]
    seen = [*data.train.inputs[0].tolist(), *data.test.inputs[0].tolist()]
    assert sorted(seen) == [[1, 2], [4, 5], [7, 8]]
