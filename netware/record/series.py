"""Agents over time as zarr: chunks first, then lengths, and one file last that makes them count.

`agents.zarr` has the groups `panel` and `snapshots`; each has one array for every column of state,
`<population>.<column>`, and the coordinates `step` and `time`. Its root holds a copy of all
metadata, which zarr and xarray read first: it is replaced as a whole once a flush is complete, so
a reader sees every array at one length. The last chunk of an array is rewritten as it fills up,
so the files do not depend on where flushes fell.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.codecs import Crc32cCodec, ZstdCodec
from zarr.core.buffer import Buffer, default_buffer_prototype
from zarr.storage import MemoryStore

from netware.errors import StoreError
from netware.record.files import (
    make_folder,
    remove_tree,
    write_atomically,
    write_together,
)
from netware.record.rows import Column, Series, missing


METADATA = "zarr.json"
USUAL_CHUNK = 1 << 22
LARGEST_CHUNK = 1 << 26
MOST_ENTRIES = 1024
ENCODED_AT_ONCE = 1 << 28
TIME = "time"
COORDINATES = ("step", "time")
ATTRIBUTES = {"coordinates": "step"}


@dataclass(frozen=True)
class Layout:
    """How one array lies in its files.

    Args:
        row: Shape of one entry.
        dtype: Type of its numbers.
        dimensions: Names of the axes.
    """

    row: tuple[int, ...]
    dtype: np.dtype
    dimensions: tuple[str, ...]

    @property
    def chunks(self) -> tuple[int, ...]:
        """Returns the shape of a chunk: several entries of some MiB, or a part of a large one."""
        size = prod(self.row) * self.dtype.itemsize
        row = list(self.row)
        for axis in range(len(row)):
            while prod(row) * self.dtype.itemsize > LARGEST_CHUNK and row[axis] > 1:
                row[axis] = -(-row[axis] // 2)
        return max(1, min(MOST_ENTRIES, USUAL_CHUNK // max(1, size))), *row

    def files(self, values: np.ndarray) -> dict[str, bytes]:
        """Returns the metadata and the chunks of an array that holds `values`, by name."""
        store: dict[str, Buffer] = {}
        array = zarr.create_array(
            MemoryStore(store),
            shape=values.shape,
            chunks=self.chunks,
            dtype=self.dtype,
            compressors=[ZstdCodec(level=1), Crc32cCodec()],
            fill_value=missing(self.dtype),
            dimension_names=self.dimensions,
            config={"write_empty_chunks": True},
        )
        if values.size:
            array[...] = values
        return {name: buffer.to_bytes() for name, buffer in store.items()}


@cache
def metadata_for(layout: Layout) -> dict[str, Any]:
    """Returns the metadata of an array that is laid out so, still empty."""
    return json.loads(layout.files(np.empty((0, *layout.row), layout.dtype))[METADATA])


def append(folder: Path, group: str, series: Series, length: int) -> int:
    """Adds entries to a group that has `length`, and returns its new length.

    Nothing counts until the last file is in place: a kill before leaves the group as it was.
    """
    arrays = {
        **{name: Column(at, (TIME,)) for name, at in zip(COORDINATES, stamps(series), strict=True)},
        **series.columns,
    }
    metadata = {}
    for name, column in arrays.items():
        own = folder / group / name
        metadata[own] = extend(own, column, length)
    for own in arrays_in(folder / group):
        if own not in metadata:
            metadata[own] = resized(metadata_of(own), length + len(series.steps))
    commit(folder, group, metadata)
    return length + len(series.steps)


def stamps(series: Series) -> tuple[np.ndarray, np.ndarray]:
    """Returns the coordinates of a series: its steps and times."""
    return series.steps.astype(np.int64), series.times.astype(np.float64)


def extend(own: Path, column: Column, length: int) -> dict[str, Any]:
    """Writes the chunks that hold entries from `length` on, and returns the array's metadata."""
    values = column.values
    layout = Layout(values.shape[1:], values.dtype, column.dimensions)
    metadata = metadata_for(layout)
    if (own / METADATA).exists():
        unchanged(own, metadata)
    entries = layout.chunks[0]
    first, begun = divmod(length, entries)
    row_bytes = max(1, prod(layout.row) * layout.dtype.itemsize)
    at_once = max(1, ENCODED_AT_ONCE // (row_bytes * entries)) * entries
    if begun:
        values = np.concatenate([begun_chunk(own, layout, metadata, first)[:begun], values])
    for start in range(0, len(values), at_once):
        files = layout.files(values[start : start + at_once])
        write_chunks(own, files, first + start // entries)
    return resized(metadata, first * entries + len(values))


def write_chunks(own: Path, files: Mapping[str, bytes], offset: int) -> None:
    """Writes encoded chunks, the first of them as number `offset` in time."""
    contents: dict[Path, bytes] = {}
    for name, data in sorted(files.items()):
        if name != METADATA:
            _, number, *inner = name.split("/")
            contents[own.joinpath("c", str(int(number) + offset), *inner)] = data
    for parent in dict.fromkeys(path.parent for path in contents):
        make_folder(parent)
    write_together(contents)


def begun_chunk(own: Path, layout: Layout, metadata: dict[str, Any], number: int) -> np.ndarray:
    """Returns the entries of a chunk that is not full, or missing numbers if it was never begun."""
    name = "/".join(["c", "0", *("0" for _ in layout.row)])
    path = own.joinpath("c", str(number), *("0" for _ in layout.row))
    if not path.exists():
        return np.full(layout.chunks[:1] + layout.row, missing(layout.dtype), layout.dtype)
    files = {METADATA: json.dumps(resized(metadata, layout.chunks[0])).encode()}
    files[name] = path.read_bytes()
    buffer = default_buffer_prototype().buffer
    store = MemoryStore({name: buffer.from_bytes(data) for name, data in files.items()})
    try:
        return np.asarray(zarr.open_array(store, mode="r")[...])
    except (ValueError, RuntimeError) as error:
        raise damaged(path) from error


def truncate(folder: Path, group: str, length: int) -> None:
    """Cuts a group back to `length` entries: what came later leaves no trace."""
    if length == 0:
        if (folder / group).exists():
            commit(folder, group, {})
            remove_tree(folder / group)
        return
    metadata = {
        own: resized(metadata_of(own), length)
        for own in arrays_in(folder / group)
        if (own / METADATA).exists()
    }
    commit(folder, group, metadata)
    for own in arrays_in(folder / group):
        if own in metadata:
            cut(own, metadata[own], length)
        else:
            remove_tree(own)


def cut(own: Path, metadata: dict[str, Any], length: int) -> None:
    """Removes the chunks past `length` and clears the rest of the one it falls into."""
    layout = layout_of(metadata)
    full, begun = divmod(length, layout.chunks[0])
    for chunk in sorted((own / "c").glob("*")):
        if chunk.name.isdigit() and int(chunk.name) >= full + (begun > 0):
            remove_tree(chunk)
    if begun:
        kept = begun_chunk(own, layout, metadata, full)[:begun]
        write_chunks(own, layout.files(kept), full)


def commit(folder: Path, group: str, metadata: Mapping[Path, dict[str, Any]]) -> None:
    """Writes the lengths of all arrays, then of their group, then the copy that is read first."""
    make_folder(folder)
    write_together({own / METADATA: encoded(array) for own, array in metadata.items()})
    if metadata:
        arrays = {own.name: array for own, array in metadata.items()}
        write_atomically(folder / group / METADATA, encoded(group_of(arrays, ATTRIBUTES)))
    whole: dict[str, Any] = {}
    for other in arrays_in(folder):
        found = members_of(other) if other.name != group else metadata
        if found:
            whole[other.name] = group_of({}, ATTRIBUTES)
            whole |= {f"{other.name}/{Path(name).name}": array for name, array in found.items()}
    write_atomically(folder / METADATA, encoded(group_of(whole)))


def group_of(
    members: Mapping[str, Any], attributes: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Returns the metadata of a group with that of its members inside."""
    inline = {"kind": "inline", "must_understand": False, "metadata": dict(members)}
    return {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": dict(attributes or {}),
        "consolidated_metadata": inline,
    }


def members_of(group: Path) -> Mapping[str, dict[str, Any]]:
    """Returns the metadata of a group's arrays; nothing if it was never committed."""
    if not (group / METADATA).exists():
        return {}
    return metadata_of(group)["consolidated_metadata"]["metadata"]


def encoded(metadata: Mapping[str, Any]) -> bytes:
    """Writes metadata as JSON."""
    return (json.dumps(metadata, indent=1, sort_keys=True) + "\n").encode()


def resized(metadata: Mapping[str, Any], length: int) -> dict[str, Any]:
    """Returns an array's metadata with another length."""
    return {**metadata, "shape": [length, *metadata["shape"][1:]]}


def metadata_of(own: Path) -> dict[str, Any]:
    """Reads the metadata of an array or a group."""
    try:
        found = json.loads((own / METADATA).read_bytes())
        return found if found["node_type"] == "group" else resized(found, found["shape"][0])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(own / METADATA) from error


def layout_of(metadata: Mapping[str, Any]) -> Layout:
    """Returns how an array lies in its files, from its metadata."""
    row, dtype = tuple(metadata["shape"][1:]), np.dtype(metadata["data_type"])
    return Layout(row, dtype, tuple(metadata["dimension_names"]))


def arrays_in(group: Path) -> list[Path]:
    """Lists the folders of a group's arrays."""
    return sorted(path for path in group.iterdir() if path.is_dir()) if group.is_dir() else []


def unchanged(own: Path, metadata: Mapping[str, Any]) -> None:
    """Refuses a column that is not laid out as it was."""
    before = metadata_of(own)
    if resized(before, 0) == resized(metadata, 0):
        return
    was, now = layout_of(before), layout_of(metadata)
    raise StoreError(
        str(own),
        found=f"entries of shape {now.row}, {now.dtype}, in chunks of {now.chunks}",
        expected=f"shape {was.row}, {was.dtype}, in chunks of {chunk_of(before)}, as before",
        fix="keep a column's shape and type through a run, and netware's version",
        code="F-SHAPE",
    )


def chunk_of(metadata: Mapping[str, Any]) -> tuple[int, ...]:
    """Returns the shape of an array's chunks."""
    return tuple(metadata["chunk_grid"]["configuration"]["chunk_shape"])


def damaged(path: Path) -> StoreError:
    """Returns the error for a file of `agents.zarr` that is not as it was written."""
    return StoreError(
        str(path),
        found="not as it was written",
        expected="a file whose checksum agrees",
        fix="put it back from a copy, or run the scenario again",
        code="F-DAMAGED",
    )
