"""Checkpoints: tensors as safetensors, and a header that is written last and says all is well.

`checkpoints/step-000000000100/` holds `tensors-00000.safetensors` (more files if they pass 1 GiB)
and `header.json`. A folder without its header is no checkpoint: a kill left it. The header has the
size and sha256 of every file, the type and shape of every tensor, what of the run's other files
was valid at this step, what the caller wants back, and a sha256 of itself. No pickle anywhere.
A row that agents share, all of them or those of each replica, is written once, and the header
says how many agents have it.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import numpy as safe_arrays
from safetensors import torch as safe_tensors
from torch import Tensor

from netware.errors import StoreError
from netware.record.files import make_folder, remove, remove_tree, write_atomically
from netware.record.hashes import Entry, FileIndex, sealed, unsealed
from netware.record.shared_rows import agents_per_row, for_each_agent


FORMAT = 3
READABLE = (1, 2, 3)  # 1 had no rows that agents share, 2 none but those that all share
KEPT = 3
LARGEST_FILE = 1 << 30
HEADER = "header.json"
FOLDER = re.compile(r"step-\d{12,}")
PAYLOAD = re.compile(r"tensors-\d{5,}\.safetensors")

Kinds = Mapping[str, tuple[str, tuple[int, ...]]]


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that was found whole.

    Args:
        folder: Where it lies.
        step: Steps done. [1]
        kinds: Type and shape of each tensor, by name.
        payload: Its files.
        file_index: What of the run's other files is valid at this step.
        header: What the caller of `save` gave.
        warnings: What was wrong with later ones, in words.
        shared_rows: Agents that share each row written, by name of the tensor. [1]
    """

    folder: Path
    step: int
    kinds: Kinds
    payload: tuple[Entry, ...]
    file_index: FileIndex
    header: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    shared_rows: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def tensors(self) -> dict[str, Tensor]:
        """Returns the tensors by name, on the host.

        They lie in memory of their own, aligned as all tensors are, since a matrix product may
        round otherwise where its operands lie otherwise.
        """
        found: dict[str, Tensor] = {}
        for entry in self.payload:
            for name, values in safe_tensors.load_file(self.folder / entry.file).items():
                own = values.clone()
                agents = self.shared_rows.get(name)
                found[name] = own if agents is None else for_each_agent(own, agents)
        agree(self.folder, self.kinds, kinds_of(found), "the header of the checkpoint")
        return found

    def matching(
        self, like: Mapping[str, Tensor], optional: tuple[str, ...] = ()
    ) -> dict[str, Tensor]:
        """Returns the tensors if their names, types and shapes are those of `like`.

        Names that begin with one of `optional` may be there or not, in any shape.
        """

        def fixed(kinds: Kinds) -> Kinds:
            return {name: kind for name, kind in kinds.items() if not name.startswith(optional)}

        agree(self.folder, fixed(kinds_of(like)), fixed(self.kinds), "the scenario")
        return self.tensors


def save(
    folder: Path,
    step: int,
    tensors: Mapping[str, Tensor],
    header: Mapping[str, Any],
    file_index: FileIndex | None = None,
) -> Path:
    """Writes the checkpoint of a step into `folder`, verifies it, and lets the oldest go.

    Args:
        folder: The run's `checkpoints`.
        step: Steps done. [1]
        tensors: All that the run needs to go on, on any device.
        header: What else it needs: plain JSON.
        file_index: What of the run's other files is valid at this step.
    """
    own = folder / f"step-{step:012d}"
    make_folder(own)
    alike = {name: agents_per_row(values) for name, values in tensors.items()}
    shared = {name: agents for name, agents in alike.items() if agents > 1}
    written = {
        name: (values[:: shared[name]] if name in shared else values)
        for name, values in tensors.items()
    }
    payload = []
    for number, names in enumerate(shared_out(written)):
        data = safe_arrays.save({name: array(written[name]) for name in names})
        payload.append(Entry.of(f"tensors-{number:05d}.safetensors", data))
        write_atomically(own / payload[-1].file, data)
    content = {
        "format": FORMAT,
        "step": step,
        "payload": [asdict(entry) for entry in payload],
        "tensors": kinds_of(tensors),
        "shared_rows": shared,
        "ledger": asdict(file_index or FileIndex()),
        "header": dict(header),
    }
    write_atomically(own / HEADER, sealed(content))
    found = read(own)
    if isinstance(found, str):
        raise StoreError(
            str(own),
            found=f"a checkpoint that reads back wrong: {found}",
            expected="the bytes that were written",
            fix="mend the disk or choose another, then 'netware resume' the run",
            code="F-VERIFY",
        )
    prune(folder)
    return own


def latest(folder: Path) -> Checkpoint | None:
    """Returns the whole checkpoint of the latest step, or None if none was ever finished.

    Damaged ones are passed over and named in its `warnings`; if all are damaged, that is an error.
    """
    warnings: list[str] = []
    for own in reversed(finished(folder)):
        found = read(own)
        if isinstance(found, Checkpoint):
            return replace(found, warnings=tuple(warnings))
        warnings.append(f"{own}: {found}; passed over")
    if warnings:
        raise StoreError(
            str(folder),
            found=f"{len(warnings)} checkpoints, all damaged ({warnings[0]})",
            expected="one that is whole",
            fix="run the scenario again; the metrics so far can still be read",
            code="F-DAMAGED",
        )
    return None


def read(own: Path) -> Checkpoint | str:
    """Returns the checkpoint in a folder, or says what is wrong with it."""
    try:
        content = unsealed((own / HEADER).read_bytes())
    except OSError:
        content = None
    if content is None:
        return f"{HEADER} is not as it was written"
    if content.get("format") not in READABLE:
        raise StoreError(
            str(own),
            found=f"a checkpoint of format {content.get('format')}",
            expected=f"format {' or '.join(map(str, READABLE))}, which this netware reads",
            fix="resume with the version of netware that manifest.json names",
            code="F-FORMAT",
        )
    try:
        found = Checkpoint(
            folder=own,
            step=content["step"],
            kinds={name: (kind, tuple(size)) for name, (kind, size) in content["tensors"].items()},
            payload=tuple(Entry(**entry) for entry in content["payload"]),
            file_index=FileIndex.of(content["ledger"]),
            header=content["header"],
            shared_rows=content.get("shared_rows", {}),
        )
    except (KeyError, TypeError, ValueError):
        return f"{HEADER} lacks what a header has"
    for entry in found.payload:
        if not PAYLOAD.fullmatch(entry.file) or not entry.agrees(own / entry.file):
            return f"{entry.file} is not as it was written"
    return found if found.step == step_of(own) else f"it is of step {found.step}"


def begun(folder: Path) -> list[Path]:
    """Lists the folders of all checkpoints, finished or not, by step, never by time."""
    found = [own for own in folder.glob("step-*") if FOLDER.fullmatch(own.name)]
    return sorted((own for own in found if not own.is_symlink()), key=step_of)


def finished(folder: Path) -> list[Path]:
    """Lists the folders of the checkpoints that were finished, by step."""
    return [own for own in begun(folder) if (own / HEADER).exists()]


def step_of(own: Path) -> int:
    """Returns the step that a folder's name tells."""
    return int(own.name.removeprefix("step-"))


def prune(folder: Path) -> None:
    """Removes all but the last few checkpoints, and what kills left of unfinished ones."""
    keep = finished(folder)[-KEPT:]
    for own in begun(folder):
        if own not in keep:
            discard(own)


def discard_after(folder: Path, step: int) -> None:
    """Removes the checkpoints of later steps, last first, and unfinished ones."""
    whole = finished(folder)
    for own in reversed(begun(folder)):
        if step_of(own) > step or own not in whole:
            discard(own)


def discard(own: Path) -> None:
    """Removes one checkpoint, its header first, so that no half of it counts."""
    remove(own / HEADER)
    remove_tree(own)


def shared_out(tensors: Mapping[str, Tensor]) -> list[list[str]]:
    """Shares names out among files, so that one file at a time is copied in memory."""
    files: list[list[str]] = [[]]
    size = 0
    for name, values in tensors.items():
        size += values.nbytes
        if size > LARGEST_FILE and files[-1]:
            files.append([])
            size = values.nbytes
        files[-1].append(name)
    return files


def array(values: Tensor) -> np.ndarray:
    """Returns a tensor as a contiguous array of the host."""
    return values.detach().cpu().contiguous().numpy()


def kinds_of(tensors: Mapping[str, Tensor]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Returns the type and shape of each tensor."""
    return {
        name: (str(values.dtype).removeprefix("torch."), tuple(values.shape))
        for name, values in tensors.items()
    }


def agree(folder: Path, wanted: Kinds, found: Kinds, by: str) -> None:
    """Refuses tensors that are missing, unknown, or of another type or shape than wanted."""
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            what, expected = f"no tensor '{name}'", f"the {len(wanted)} tensors of {by}"
        elif name not in wanted:
            what, expected = f"a tensor '{name}' that {by} does not know", "no such tensor"
        elif wanted[name][0] != found[name][0]:
            what, expected = f"'{name}' has type {found[name][0]}", f"type {wanted[name][0]}"
        elif wanted[name][1] != found[name][1]:
            what, expected = f"'{name}' has shape {found[name][1]}", f"shape {wanted[name][1]}"
        else:
            continue
        raise StoreError(
            str(folder),
            found=what,
            expected=f"{expected}, as {by} says" if name in wanted and name in found else expected,
            fix="resume with the scenario and the netware that the run was started with",
            code="F-TENSORS",
        )
