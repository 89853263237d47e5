import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from netware.record import metrics
from netware.record.rows import Readings


def measured(values: np.ndarray, *axes: str, first: int = 4, quantity: str = "entropy") -> Readings:
    steps = np.arange(first, first + len(values))
    return Readings("layers", quantity, axes, steps, steps * 0.5, values)


def read(tmp_path, *parts: memoryview) -> pd.DataFrame:
    for number, part in enumerate(parts):
        (tmp_path / metrics.part_name(number)).write_bytes(part)
    return pd.read_parquet(tmp_path)


def test_every_number_gets_one_row_with_its_place(tmp_path):
    values = np.arange(2 * 3 * 4 * 5, dtype=float).reshape(2, 3, 4, 5)
    one = measured(values, "unit", "layer")
    table = read(tmp_path, metrics.encoded([one], ["layer", "unit", "lag"], "r-1"))
    assert list(table) == [
        *("run", "replica", "step", "time", "probe", "quantity", "value"),
        *("layer", "unit", "lag"),
    ]
    assert len(table) == values.size
    assert list(table["lag"].dropna()) == []
    place = [table[name].to_numpy(int) for name in ("step", "replica", "unit", "layer")]
    assert np.array_equal(table["value"], values[place[0] - 4, place[1], place[2], place[3]])
    assert len(set(zip(*place, strict=True))) == values.size
    assert np.array_equal(table["time"], table["step"] * 0.5)
    for name, only in (("run", "r-1"), ("probe", "layers"), ("quantity", "entropy")):
        assert set(table[name]) == {only}


def test_the_columns_do_not_depend_on_what_a_flush_holds(tmp_path):
    flat = measured(np.ones((2, 3)), quantity="mean")
    deep = measured(np.ones((2, 3, 4)), "layer")
    parts = [metrics.encoded(one, ["layer"], "r") for one in ([flat], [deep], [flat, deep], [])]
    table = read(tmp_path, *parts)
    assert len(table) == 2 * (6 + 24)
    schemas = {str(pq.read_schema(path)) for path in tmp_path.iterdir()}
    assert len(schemas) == 1
    assert "layer: int64" in schemas.pop()


def test_the_same_readings_give_the_same_bytes():
    values = np.random.default_rng(3).normal(size=(5, 2))
    first = metrics.encoded([measured(values)], [], "r")
    again = metrics.encoded([measured(values.copy())], [], "r")
    assert bytes(first) == bytes(again)
    other = metrics.encoded([measured(values + 1e-15)], [], "r")
    assert bytes(first) != bytes(other)


def test_numbers_come_back_bit_for_bit(tmp_path):
    values = np.array([[1e-320, -0.0], [np.nan, np.inf], [0.1, -np.inf]])
    table = read(tmp_path, metrics.encoded([measured(values)], [], "r"))
    assert table["value"].to_numpy().tobytes() == values.tobytes()


def test_parts_are_listed_by_number(tmp_path):
    for name in ("part-1000000.parquet", "part-000002.parquet", "part-000010.parquet", "part-x"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / ".part-000003.parquet.1.tmp").write_bytes(b"")
    names = [path.name for path in metrics.parts_in(tmp_path)]
    assert names == ["part-000002.parquet", "part-000010.parquet", "part-1000000.parquet"]
    assert metrics.part_name(2) == names[0]
    assert metrics.part_name(1_000_000) == names[2]
