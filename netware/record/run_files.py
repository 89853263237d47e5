"""Files of a run folder, read back: each checked, with what to do where one cannot be read."""

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr
from zarr.errors import BaseZarrError

from netware.errors import StoreError
from netware.scenario.checks.suggest import listed


METRICS_COLUMNS = ("run", "replica", "step", "time", "probe", "quantity", "value")


def json_of(file: Path) -> dict[str, Any]:
    """Reads a JSON file whose top level is a mapping."""
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise broken(file, error, "netware resume") from None
    if not isinstance(data, dict):
        raise broken(file, TypeError("not a mapping"), "netware resume")
    return data


def table_of(part: Path) -> pa.Table:
    """Reads one part of the metrics and checks its columns."""
    try:
        table = pq.read_table(part)
    except (pa.ArrowException, OSError) as error:
        raise broken(part, error, "netware resume") from None
    absent = [name for name in METRICS_COLUMNS if name not in table.column_names]
    if absent:
        raise StoreError(
            str(part),
            found=f"no column {', '.join(absent)}",
            expected=listed(METRICS_COLUMNS),
            fix="open a run that netware wrote",
        )
    return table


def stored(folder: Path, group: str) -> xr.Dataset:
    """Opens a group of agents.zarr; values are read when they are asked for."""
    try:
        return xr.open_zarr(folder, group=group, consolidated=True)
    except (BaseZarrError, KeyError, ValueError, OSError) as error:
        raise broken(folder / group, error, "netware resume") from None


def checkpoint_tensors(folder: Path) -> list[Path]:
    """Returns the files of tensors of a checkpoint, none if its header was not written."""
    return sorted(folder.glob("*.safetensors")) if (folder / "header.json").is_file() else []


def step_of(name: str) -> int:
    """Returns the step that a checkpoint's name tells."""
    found = re.search(r"\d+", name)
    return int(found.group()) if found else -1


def missing(where: Path, found: str, expected: str) -> StoreError:
    """Returns the error for something that a run folder lacks."""
    return StoreError(
        str(where), found=found, expected=expected, fix=f"'netware resume {where.parent}' makes it"
    )


def broken(where: Path, error: Exception, fix: str) -> StoreError:
    """Returns the error for a file that cannot be read."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return StoreError(
        str(where),
        found=f"cannot be read: {reason}",
        expected="the file as netware wrote it",
        fix=f"'{fix} {where.parent}' goes back to the last checkpoint that is whole",
    )
