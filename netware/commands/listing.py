"""Lists runs: what there is below a folder, and how far each run came."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netware.errors import StoreError, printable


DEPTHS = ("*", "*/*", "*/*/*", "*/*/*/*")
HEADINGS = ("run", "state", "step", "created", "seed")
MOST = 500


def listing(root: Path) -> str:
    """Returns a table of the runs below a folder, the newest last."""
    if not root.is_dir():
        raise StoreError(
            str(root),
            found="no such folder",
            expected="a folder that runs land in",
            fix="'netware run scenarios/memory_consensus.yaml' makes one",
        )
    files = [file for depth in DEPTHS for file in root.glob(f"{depth}/manifest.json")]
    rows = sorted((row_of(root, file.parent) for file in files), key=lambda row: (row[3], row[0]))
    if not rows:
        return f"no runs in {root}; begin with: netware run scenarios/memory_consensus.yaml"
    shown = [HEADINGS, *rows[-MOST:]]
    widths = [max(len(row[column]) for row in shown) for column in range(len(HEADINGS))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in shown]
    left_out = [f"... and {len(rows) - MOST} older"] if len(rows) > MOST else []
    return "\n".join([*lines, *left_out])


def row_of(root: Path, folder: Path) -> tuple[str, ...]:
    """Returns one line of the table."""
    manifest, status = mapping_in(folder / "manifest.json"), mapping_in(folder / "status.json")
    seeds = manifest.get("seeds") or []
    seed = str(seeds[0]) + (f" (+{len(seeds) - 1})" if len(seeds) > 1 else "") if seeds else ""
    step, steps = status.get("step", "?"), status.get("steps", "?")
    row = (
        folder.relative_to(root).as_posix(),
        status.get("state", "unknown"),
        f"{step}/{steps}",
        manifest.get("created", ""),
        seed,
    )
    return tuple(printable(str(value), 80) for value in row)


def mapping_in(file: Path) -> Mapping[str, Any]:
    """Reads a JSON file, or returns nothing where there is none that can be read."""
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
