"""Files as they were written: sizes and sha256, and JSON that notices when it is changed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from netware.errors import StoreError
from netware.record.files import Data


SEAL = "sha256"


@dataclass(frozen=True)
class Entry:
    """A file as it was written: its name, size and sha256."""

    file: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, file: str, data: Data) -> "Entry":
        """Describes data that is written under this name."""
        view = memoryview(data)
        return cls(file, view.nbytes, hashlib.sha256(view).hexdigest())

    def agrees(self, path: Path) -> bool:
        """Tells whether a file still is as it was written."""
        try:
            if path.stat().st_size != self.bytes:
                return False
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False


@dataclass(frozen=True)
class FileIndex:
    """What of a run's files is valid at a step.

    Args:
        metrics: Parts of the metrics, first flush first.
        series: Entries of each group of `agents.zarr`.
    """

    metrics: tuple[Entry, ...] = ()
    series: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "FileIndex":
        """Reads what `asdict` wrote."""
        return cls(tuple(Entry(**entry) for entry in content["metrics"]), dict(content["series"]))


def hashes_of(paths: Iterable[Path]) -> dict[str, str]:
    """Returns the sha256 of files by their paths; of those that can be read."""
    found: dict[str, str] = {}
    for path in paths:
        with suppress(OSError), path.open("rb") as file:
            found[str(path)] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def refuse_edited(hashes: Mapping[str, str]) -> None:
    """Refuses files that are not what they were when a run began."""
    now = hashes_of(map(Path, hashes))
    for path, sha256 in hashes.items():
        if now.get(path) != sha256:
            raise edited(Path(path), sha256)


def sealed(content: Mapping[str, Any]) -> bytes:
    """Writes JSON with the sha256 of the rest in it."""
    body = json.dumps(content, sort_keys=True)
    seal = hashlib.sha256(body.encode()).hexdigest()
    return (json.dumps({**content, SEAL: seal}, sort_keys=True, indent=1) + "\n").encode()


def unsealed(raw: bytes) -> dict[str, Any] | None:
    """Reads what `sealed` wrote, or returns None if a single bit of it was changed."""
    try:
        whole = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(whole, dict):
        return None
    content = {name: value for name, value in whole.items() if name != SEAL}
    return content if sealed(content) == raw else None


def edited(path: Path, digest: str) -> StoreError:
    """Returns the error for a file that is not as it was written."""
    return StoreError(
        str(path),
        found="changed since it was written" if path.exists() else "missing",
        expected=f"a file whose sha256 is {digest}",
        fix="put it back from a copy, or run the scenario again into a new folder",
        code="F-EDITED",
    )
