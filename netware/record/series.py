"""Agents over time as zarr: chunks first, then lengths, and one file last that makes them count.

`agents.zarr` has the groups `panel` and `snapshots`; each has one array for every column of state,
`<population>.<column>`, and the coordinates `step` and `time`. Its root holds a copy of all
metadata, which zarr and xarray read first: it is replaced as a whole once a flush is complete, so
a reader sees every array at one length. The last chunk of an array is rewritten as it fills up,
so the files do not depend on where flushes fell.
"""

from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from netware.record.files import make_folder, remove_tree, write_atomically, write_together
from netware.record.layout import (
    METADATA,
    Layout,
    array_of,
    damaged,
    encoded,
    group_of,
    layout_of,
    metadata_for,
    metadata_of,
    resized,
    unchanged,
)
from netware.record.rows import Column, Series, missing


ENCODED_AT_ONCE = 1 << 28
TIME = "time"
COORDINATES = ("step", "time")
ATTRIBUTES = {"coordinates": "step"}


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
            metadata[own] = extend(own, absent(own, len(series.steps)), length)
    commit(folder, group, metadata)
    return length + len(series.steps)


def stamps(series: Series) -> tuple[np.ndarray, np.ndarray]:
    """Returns the coordinates of a series: its steps and times."""
    return series.steps.astype(np.int64), series.times.astype(np.float64)


def absent(own: Path, many: int) -> Column:
    """Returns missing numbers for a column that the world no longer has."""
    layout = layout_of(array_of(own))
    values = np.full((many, *layout.row), missing(layout.dtype), layout.dtype)
    return Column(values, layout.dimensions)


def extend(own: Path, column: Column, length: int) -> dict[str, Any]:
    """Writes the chunks that hold entries from `length` on, and returns the array's metadata.

    A column that the world did not have before gets missing numbers up to there.
    """
    values = column.values
    layout = Layout(values.shape[1:], values.dtype, column.dimensions)
    metadata = metadata_for(layout)
    if (own / METADATA).exists():
        unchanged(own, metadata)
    elif length:
        before = np.full((length, *layout.row), missing(layout.dtype), layout.dtype)
        values, length = np.concatenate([before, values]), 0
    entries = layout.chunks[0]
    first, begun = divmod(length, entries)
    row_bytes = max(1, prod(layout.row) * layout.dtype.itemsize)
    at_once = max(1, ENCODED_AT_ONCE // (row_bytes * entries)) * entries
    if begun:
        values = np.concatenate([begun_chunk(own, layout, first)[:begun], values])
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


def begun_chunk(own: Path, layout: Layout, number: int) -> np.ndarray:
    """Returns the entries of a chunk that is not full."""
    path = own.joinpath("c", str(number), *("0" for _ in layout.row))
    try:
        return layout.first_chunk(path.read_bytes())
    except (OSError, ValueError, RuntimeError, TypeError, KeyError) as error:
        raise damaged(path) from error


def truncate(folder: Path, group: str, length: int) -> None:
    """Cuts a group back to `length` entries: what came later leaves no trace."""
    if length == 0:
        if (folder / group).exists():
            commit(folder, group, {})
            remove_tree(folder / group)
        return
    metadata = {own: resized(array, length) for own, array in committed(folder / group).items()}
    if not metadata:
        raise damaged(folder / group / METADATA)
    for own, array in metadata.items():
        for chunk in layout_of(array).names(length):
            if not (own / chunk).is_file():
                raise damaged(own / chunk)
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
        kept = begun_chunk(own, layout, full)[:begun]
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


def members_of(group: Path) -> Mapping[str, dict[str, Any]]:
    """Returns the metadata of a group's arrays; nothing if it was never committed."""
    if not (group / METADATA).exists():
        return {}
    try:
        found = metadata_of(group)["consolidated_metadata"]["metadata"]
        members = {name: resized(array, array["shape"][0]) for name, array in found.items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise damaged(group / METADATA) from error
    if any(Path(name).name != name for name in members):
        raise damaged(group / METADATA)
    return members


def committed(group: Path) -> dict[Path, dict[str, Any]]:
    """Returns the metadata of the arrays in a group, where array and group agree on it."""
    known = members_of(group)
    found = {group / name: array_of(group / name) for name in known}
    for own, array in found.items():
        if resized(known[own.name], 0) != resized(array, 0):
            raise damaged(own / METADATA)
    return found


def arrays_in(group: Path) -> list[Path]:
    """Lists the folders of a group's arrays."""
    return sorted(path for path in group.iterdir() if path.is_dir()) if group.is_dir() else []
