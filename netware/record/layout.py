"""How an array of agents over time lies in its files: chunks, codecs, and zarr's metadata."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.codecs import Crc32cCodec, ZstdCodec
from zarr.core.buffer import Buffer, default_buffer_prototype
from zarr.storage import MemoryStore

from netware.errors import StoreError
from netware.record.rows import missing


METADATA = "zarr.json"
USUAL_CHUNK = 1 << 22
LARGEST_CHUNK = 1 << 26
MOST_ENTRIES = 1024


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

    def names(self, length: int) -> Iterator[str]:
        """Returns the names of all chunks of an array with so many entries."""
        sizes = (length, *self.row)
        counts = (-(-size // chunk) for size, chunk in zip(sizes, self.chunks, strict=True))
        for place in product(*map(range, counts)):
            yield "/".join(["c", *map(str, place)])

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

    def first_chunk(self, data: bytes) -> np.ndarray:
        """Returns the entries of a chunk that begins at the first agent, its checksum verified."""
        chunk = "/".join(["c", "0", *("0" for _ in self.row)])
        whole = encoded(resized(metadata_for(self), self.chunks[0]))
        buffer = default_buffer_prototype().buffer
        store = {METADATA: buffer.from_bytes(whole), chunk: buffer.from_bytes(data)}
        return np.asarray(zarr.open_array(MemoryStore(store), mode="r")[...])


@cache
def metadata_for(layout: Layout) -> dict[str, Any]:
    """Returns the metadata of an array that is laid out so, still empty."""
    return json.loads(layout.files(np.empty((0, *layout.row), layout.dtype))[METADATA])


def metadata_of(own: Path) -> dict[str, Any]:
    """Reads the metadata of an array or a group."""
    try:
        found = json.loads((own / METADATA).read_bytes())
        return found if found["node_type"] == "group" else resized(found, found["shape"][0])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(own / METADATA) from error


def array_of(own: Path) -> dict[str, Any]:
    """Reads the metadata of an array and makes sure that it is what this module writes."""
    found = metadata_of(own)
    try:
        if resized(metadata_for(layout_of(found)), 0) == resized(found, 0):
            return found
    except (ValueError, TypeError, KeyError) as error:
        raise damaged(own / METADATA) from error
    raise damaged(own / METADATA)


def layout_of(metadata: Mapping[str, Any]) -> Layout:
    """Returns how an array lies in its files, from its metadata."""
    row, dtype = tuple(metadata["shape"][1:]), np.dtype(metadata["data_type"])
    return Layout(row, dtype, tuple(metadata["dimension_names"]))


def chunk_of(metadata: Mapping[str, Any]) -> tuple[int, ...]:
    """Returns the shape of an array's chunks."""
    return tuple(metadata["chunk_grid"]["configuration"]["chunk_shape"])


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


def resized(metadata: Mapping[str, Any], length: int) -> dict[str, Any]:
    """Returns an array's metadata with another length."""
    return {**metadata, "shape": [length, *metadata["shape"][1:]]}


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


def encoded(metadata: Mapping[str, Any]) -> bytes:
    """Writes metadata as JSON."""
    return (json.dumps(metadata, indent=1, sort_keys=True) + "\n").encode()


def damaged(path: Path) -> StoreError:
    """Returns the error for a file of `agents.zarr` that is not as it was written."""
    return StoreError(
        str(path),
        found="not as it was written",
        expected="a file whose checksum agrees",
        fix="put it back from a copy, or run the scenario again",
        code="F-DAMAGED",
    )
