"""The one module that writes files: whole or not at all.

A file is written beside its place, synced, and moved there, so that a reader or a kill at any
moment sees the old file or the new one.
"""

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from netware.errors import StoreError
from netware.files.folder_name import can_be_folder


Data = bytes | bytearray | memoryview

DRAFT = ".tmp"
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
ADD_TO_FILE = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def explained(path: Path, need: int = 0) -> Iterator[None]:
    """Turns an error of the system into one that names the path, the need and the free bytes."""
    try:
        yield
    except OSError as error:
        raise cannot(path, error, need) from error


def cannot(path: Path, error: OSError, need: int = 0) -> StoreError:
    """Returns the error for a file or folder that cannot be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if full:
        fix = "free some space, then 'netware resume' the run; what it had written is whole"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        fix = "allow writing there, or choose another folder for runs"
    else:
        fix = "mend the disk or choose another, then 'netware resume' the run"
    return StoreError(
        str(path),
        found=f"cannot be written: {os.strerror(error.errno or errno.EIO)}",
        expected=f"room for {max(need, 1):,} bytes or more; {free_bytes(path):,} bytes are free",
        fix=fix,
        code="F-FULL" if full else "F-WRITE",
    )


def free_bytes(path: Path) -> int:
    """Returns the bytes that are free where `path` is, or will be."""
    for folder in (path, *path.parents):
        with suppress(OSError):
            return shutil.disk_usage(folder).free
    return 0


def write_atomically(path: Path, data: Data) -> None:
    """Writes a file whole or not at all; it is on the disk when this returns."""
    write_together({path: data})


def write_together(contents: Mapping[Path, Data]) -> None:
    """Writes several files, each whole or not at all, moved into place in the order given.

    All of them are on the disk before the first is moved. A kill may leave some of them new and
    the rest old; where all or nothing is needed, one more file afterwards says so.
    """
    drafts: dict[Path, Path] = {}
    try:
        for path, data in contents.items():
            drafts[path] = path.with_name(f".{path.name}.{os.getpid()}{DRAFT}")
            with explained(path, memoryview(data).nbytes):
                write(drafts[path], data)
        for path, draft in drafts.items():
            with explained(path, memoryview(contents[path]).nbytes):
                os.replace(draft, path)
        for folder in dict.fromkeys(path.parent for path in drafts):
            sync_folder(folder)
    except BaseException:
        for draft in drafts.values():
            with suppress(OSError):
                os.unlink(draft)
        raise


def write(path: Path, data: Data) -> None:
    """Writes all of `data` into a new file and waits until it is on the disk."""
    descriptor = os.open(path, NEW_FILE, 0o644)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: Data) -> None:
    """Writes until nothing is left: a system may take less than it is given."""
    rest = memoryview(data).cast("B")
    while len(rest):
        written = os.write(descriptor, rest)
        if written == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[written:]


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    with explained(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def append_line(path: Path, line: str) -> None:
    """Adds a line to a file, in one call; it may be lost with the machine, not with the process."""
    data = (line.replace("\n", "\\n") + "\n").encode("utf-8", "backslashreplace")
    with explained(path, len(data)):
        descriptor = os.open(path, ADD_TO_FILE, 0o644)
        try:
            write_all(descriptor, data)
        finally:
            os.close(descriptor)


def make_folder(path: Path) -> None:
    """Makes a folder and those above it; those that exist are left as they are."""
    missing = [folder for folder in (path, *path.parents) if not folder.is_dir()]
    for folder in reversed(missing):
        with explained(folder), suppress(FileExistsError):
            os.mkdir(folder)
        sync_folder(folder.parent)
    if not path.is_dir():
        raise cannot(path, NotADirectoryError(errno.ENOTDIR, "not a folder"))


def make_new_folder(path: Path) -> bool:
    """Makes a folder and returns True, or returns False if something has that name already."""
    try:
        with explained(path):
            os.mkdir(path)
    except StoreError as error:
        if isinstance(error.__cause__, FileExistsError):
            return False
        raise
    sync_folder(path.parent)
    return True


def remove(path: Path) -> None:
    """Removes a file or a link; one that is not there is left so."""
    with explained(path), suppress(FileNotFoundError):
        os.unlink(path)


def remove_tree(path: Path) -> None:
    """Removes a folder and all in it, following no links; one that is not there is left so."""
    if path.is_symlink() or not path.is_dir():
        remove(path)
        return
    for inside in sorted(path.iterdir()):
        remove_tree(inside)
    with explained(path):
        os.rmdir(path)


def remove_drafts(folder: Path) -> None:
    """Removes what killed writers left beside the files; only for who holds the folder's lock."""
    for draft in sorted(folder.rglob(f".*{DRAFT}")):
        remove(draft)


def within(root: Path, *names: str) -> Path:
    """Returns the path of `names` below `root`, if each is a plain name and no link leads out."""
    for name in names:
        if not can_be_folder(name):
            raise StoreError(
                str(root),
                found=f"'{name[:80]}' as the name of a folder",
                expected="letters, digits, '.', '_' and '-', a letter or digit first, at most 64",
                fix="choose another name",
                code="P-NAME",
            )
    path = root.joinpath(*names)
    if not path.resolve().is_relative_to(root.resolve()):
        raise StoreError(
            str(path),
            found=f"a link that leads to {path.resolve()}",
            expected=f"a folder inside {root}",
            fix="remove the link, or choose another name",
            code="P-OUTSIDE",
        )
    return path
