"""The run folder: everything that a run leaves behind, and the way back into it.

    run = RunFolder.create(root, name, scenario_text, resolved_text, manifest)   # takes the lock
    run.append(recorder.flush())                  # metrics and agents of the steps since
    run.checkpoint(step, tensors, header)         # makes what was appended count
    run.status("done", step, steps)
    run.close()

    run = RunFolder.open(path)                    # takes the lock, clears what a kill left
    model = ... run.resolved() ...                # the scenario, verified
    checkpoint = run.latest()                     # None if none was finished; has .warnings
    run.truncate_to(checkpoint)                   # and go on at checkpoint.step

Flush and checkpoint at the same steps, after the step was observed: what was appended after the
last checkpoint is cut off on the way back in, so that no step is there twice or missing, and a run
that was killed and resumed leaves the same bytes as one that was not. Clocks are read only for the
folder's name, the manifest, the status, the log and the progress; nothing is chosen by them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from torch import Tensor

from netware.errors import StoreError
from netware.record import checkpoint as checkpoints
from netware.record import metrics, series
from netware.record.checkpoint import Checkpoint
from netware.record.files import (
    append_line,
    make_folder,
    make_new_folder,
    remove,
    remove_drafts,
    within,
    write_atomically,
)
from netware.record.hashes import Entry, FileIndex, edited, sealed
from netware.record.lock import Lock
from netware.record.manifest import FORMAT, MANIFEST, manifest_of
from netware.record.rows import Flush


State = Literal["planned", "running", "stopped", "done", "failed"]

GROUPS = ("panel", "snapshots")
MOST_AT_ONCE = 1000


@dataclass
class RunFolder:
    """A run folder that this process alone writes to.

    Args:
        path: The folder.
        manifest: What is in `manifest.json`.
        lock: The lock on it.
        file_index: What has been written and counts so far, or None until `truncate_to` settles it.
    """

    path: Path
    manifest: Mapping[str, Any]
    lock: Lock
    file_index: FileIndex | None = None

    @classmethod
    def create(
        cls,
        root: Path,
        name: str,
        scenario_text: str,
        resolved_text: str,
        manifest: Mapping[str, Any],
    ) -> "RunFolder":
        """Makes `root/name/<date>-<short hash>` and writes what is known before the first step."""
        path = new_folder(within(root, name), sha256(resolved_text)[:8])
        return cls.plan(path, name, scenario_text, resolved_text, manifest)

    @classmethod
    def plan(
        cls,
        path: Path,
        name: str,
        scenario_text: str,
        resolved_text: str,
        manifest: Mapping[str, Any],
    ) -> "RunFolder":
        """Writes what is known before the first step into a folder of its own.

        `manifest.json` comes last: a folder without it is no run.
        """
        make_folder(path)
        lock, digest = Lock.take(path / ".lock"), sha256(resolved_text)
        own = {
            "format": FORMAT,
            "name": name,
            "run": f"{name}-{digest[:8]}",
            "created": now(),
            "hashes": {"scenario": sha256(scenario_text), "resolved": digest},
        }
        run = cls(path, {**own, **manifest, **own}, lock, FileIndex())
        try:
            write_atomically(path / "scenario.yaml", scenario_text.encode())
            write_atomically(path / "resolved.yaml", resolved_text.encode())
            run.status("planned", 0, 0)
            write_atomically(path / MANIFEST, sealed(run.manifest))
        except BaseException:
            run.close()
            raise
        return run

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """Takes a run folder over, or says who has it; call `truncate_to` before appending."""
        run = cls(path, manifest_of(path), Lock.take(path / ".lock"))
        try:
            remove_drafts(path)
        except BaseException:
            run.close()
            raise
        return run

    def resolved(self) -> str:
        """Returns the text of `resolved.yaml`, or says that it was changed."""
        try:
            text = (self.path / "resolved.yaml").read_bytes().decode()
        except (OSError, ValueError):
            text = ""
        if sha256(text) != self.manifest["hashes"]["resolved"]:
            raise edited(self.path / "resolved.yaml", self.manifest["hashes"]["resolved"])
        return text

    def amend(self, changes: Mapping[str, Any]) -> None:
        """Writes changes into the manifest; what it says of the scenario and the seeds stays."""
        self.manifest = {**self.manifest, **changes}
        write_atomically(self.path / MANIFEST, sealed(self.manifest))

    def append(self, rows: Flush) -> None:
        """Writes what was observed since the last flush; it counts from the next checkpoint on."""
        file_index = self.settled()
        self.file_index = None
        written = file_index.metrics
        if rows.measured:
            data = metrics.encoded(rows.measured, rows.index, self.manifest["run"])
            part = Entry.of(metrics.part_name(len(written)), data)
            make_folder(self.path / "metrics")
            write_atomically(self.path / "metrics" / part.file, data)
            written = (*written, part)
        lengths = dict(file_index.series)
        for group, entries in (rows.series or {}).items():
            lengths[group] = series.append(
                self.path / "agents.zarr", group, entries, lengths.get(group, 0)
            )
        self.file_index = replace(file_index, metrics=written, series=lengths)

    def checkpoint(
        self, step: int, tensors: Mapping[str, Tensor], header: Mapping[str, Any]
    ) -> None:
        """Writes and verifies a checkpoint; all that was appended before it now counts."""
        checkpoints.save(self.path / "checkpoints", step, tensors, header, self.settled())

    def latest(self) -> Checkpoint | None:
        """Returns the whole checkpoint of the latest step, or None if none was finished."""
        return checkpoints.latest(self.path / "checkpoints")

    def truncate_to(self, checkpoint: Checkpoint | None) -> None:
        """Cuts all files back to a checkpoint, or to the beginning if there is None.

        Refuses metrics that were changed since they were written. A kill on the way is harmless:
        cut again.
        """
        step, file_index = (
            (checkpoint.step, checkpoint.file_index) if checkpoint else (-1, FileIndex())
        )
        for part in file_index.metrics:
            if not metrics.PART.fullmatch(part.file) or not part.agrees(
                self.path / "metrics" / part.file
            ):
                raise edited(self.path / "metrics" / part.file, part.sha256)
        checkpoints.discard_after(self.path / "checkpoints", step)
        kept = {part.file for part in file_index.metrics}
        for file in metrics.parts_in(self.path / "metrics"):
            if file.name not in kept:
                remove(file)
        for group in GROUPS:
            series.truncate(self.path / "agents.zarr", group, file_index.series.get(group, 0))
        self.mend_progress(step)
        self.file_index = file_index

    def mend_progress(self, step: int) -> None:
        """Removes half lines, and lines of later steps, from `progress.jsonl` and `log.txt`."""
        progress, log = self.path / "progress.jsonl", self.path / "log.txt"
        if progress.exists():
            lines = progress.read_bytes().splitlines(keepends=True)
            write_atomically(progress, b"".join(line for line in lines if counts(line, step)))
        if log.exists():
            text = log.read_bytes()
            write_atomically(log, text[: text.rfind(b"\n") + 1])

    def status(self, state: State, step: int, steps: int, reason: str = "") -> None:
        """Says how far the run came."""
        content = {"state": state, "step": step, "steps": steps, "reason": reason, "at": now()}
        write_atomically(self.path / "status.json", as_json(content))

    def progress(self, step: int, values: Mapping[str, Any]) -> None:
        """Adds a line to `progress.jsonl`."""
        append_line(self.path / "progress.jsonl", json.dumps({"step": step, "at": now(), **values}))

    def log(self, text: str) -> None:
        """Adds a line to `log.txt`."""
        append_line(self.path / "log.txt", f"{now()} {text}")

    def close(self) -> None:
        """Gives the folder back."""
        self.lock.release()

    def settled(self) -> FileIndex:
        """Returns what counts so far, or says that it is not known."""
        if self.file_index is None:
            raise StoreError(
                str(self.path),
                found="files that may go beyond the last checkpoint",
                expected="a folder cut back to a checkpoint before more is written",
                fix="'netware resume' the run",
                code="F-UNSETTLED",
            )
        return self.file_index


def new_folder(parent: Path, digest: str) -> Path:
    """Makes a folder that did not exist, named by date and digest."""
    make_folder(parent)
    date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    for number in range(1, MOST_AT_ONCE):
        path = parent / (f"{date}-{digest}" if number == 1 else f"{date}-{digest}-{number}")
        if make_new_folder(path):
            return path
    raise StoreError(
        str(parent),
        found=f"{MOST_AT_ONCE} runs of this scenario in one second",
        expected="fewer",
        fix="run it again a second later",
    )


def counts(line: bytes, step: int) -> bool:
    """Tells whether a line of progress is whole and of no later step."""
    try:
        return line.endswith(b"\n") and json.loads(line)["step"] <= step
    except (ValueError, KeyError, TypeError):
        return False


def as_json(content: Mapping[str, Any]) -> bytes:
    """Writes JSON for people and tools."""
    return (json.dumps(content, indent=2) + "\n").encode()


def sha256(text: str) -> str:
    """Returns the sha256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def now() -> str:
    """Returns the time, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
