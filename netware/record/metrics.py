"""Metrics as Parquet: readings become a tidy table, one file for each flush."""

import re
from collections.abc import Sequence
from math import prod
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from netware.record.rows import Readings


PART = re.compile(r"part-(\d{6,})\.parquet")


def part_name(number: int) -> str:
    """Names the file of one flush."""
    return f"part-{number:06d}.parquet"


def parts_in(folder: Path) -> list[Path]:
    """Lists the parts in a folder, first flush first."""
    found = [file for file in folder.glob("part-*.parquet") if PART.fullmatch(file.name)]
    return sorted(found, key=lambda file: int(file.name[5:-8]))


def encoded(measured: Sequence[Readings], index: Sequence[str], run: str) -> memoryview:
    """Returns the bytes of a Parquet file with one row for every number measured.

    The same readings give the same bytes: there is no clock in it, and the columns are those that
    the run's probes use, whether or not this flush has them.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(table(measured, index, run), sink, compression="zstd")
    return memoryview(sink.getvalue())


def table(measured: Sequence[Readings], index: Sequence[str], run: str) -> pa.Table:
    """Returns the tidy table: run, replica, step, time, probe, quantity, value, then the index."""
    tables = [rows_of(one, index, run) for one in measured]
    return pa.concat_tables(tables) if tables else schema(index).empty_table()


def schema(index: Sequence[str]) -> pa.Schema:
    """Returns the columns of the metrics; index columns are empty where they mean nothing."""
    texts, whole = pa.string(), pa.int64()
    return pa.schema(
        [
            pa.field("run", texts, nullable=False),
            pa.field("replica", whole, nullable=False),
            pa.field("step", whole, nullable=False),
            pa.field("time", pa.float64(), nullable=False),
            pa.field("probe", texts, nullable=False),
            pa.field("quantity", texts, nullable=False),
            pa.field("value", pa.float64(), nullable=False),
            *(pa.field(name, whole) for name in index),
        ]
    )


def rows_of(one: Readings, index: Sequence[str], run: str) -> pa.Table:
    """Returns the rows of one quantity, in the order step, replica, index."""
    shape, many = one.values.shape, prod(one.values.shape)
    inner = prod(shape[1:])

    def along(axis: int) -> np.ndarray:
        """Returns the position along one axis for every number."""
        return np.tile(np.arange(shape[axis]).repeat(prod(shape[axis + 1 :])), prod(shape[:axis]))

    columns = [
        pa.repeat(run, many),
        pa.array(along(1), pa.int64()),
        pa.array(one.steps.repeat(inner), pa.int64()),
        pa.array(one.times.repeat(inner), pa.float64()),
        pa.repeat(one.probe, many),
        pa.repeat(one.quantity, many),
        pa.array(one.values.ravel(), pa.float64()),
    ]
    for name in index:
        if name in one.axes:
            columns.append(pa.array(along(2 + one.axes.index(name)), pa.int64()))
        else:
            columns.append(pa.nulls(many, pa.int64()))
    return pa.Table.from_arrays(columns, schema=schema(index))
