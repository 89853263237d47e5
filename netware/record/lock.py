"""The lock of a run folder: one writer at a time, freed by the system when the writer dies."""

import errno
import fcntl
import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netware.errors import StoreError
from netware.record.files import explained, write_all


PATIENCE = 0.5
HELD: set[int] = set()


@dataclass(frozen=True)
class Lock:
    """A lock that this process holds.

    Args:
        path: The lock's file.
        descriptor: Its open file, which holds the lock as long as it is open.
    """

    path: Path
    descriptor: int

    @classmethod
    def take(cls, path: Path) -> "Lock":
        """Takes the lock, or says at once which process has it."""
        with explained(path):
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(path, flags, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()}
            with explained(path):
                os.ftruncate(descriptor, 0)
                write_all(descriptor, json.dumps(owner).encode())
        except BlockingIOError:
            owner = owner_of(path)
            os.close(descriptor)
            raise StoreError(
                str(path.parent),
                found=f"process {owner.get('pid', '?')} on {owner.get('host', '?')} writes to it",
                expected="one writer at a time",
                fix="wait for that process, or end it; its lock ends with it",
                code="F-LOCK",
            ) from None
        except OSError as error:
            os.close(descriptor)
            raise StoreError(
                str(path),
                found=f"cannot be locked: {os.strerror(error.errno or errno.EIO)}",
                expected="a file system with locks, which says when a writer has died",
                fix="keep runs on a disk of this machine, and copy them when they are done",
                code="F-LOCK",
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        HELD.add(descriptor)
        return cls(path, descriptor)

    def release(self) -> None:
        """Gives the lock up; a second time does nothing."""
        if self.descriptor in HELD:
            HELD.remove(self.descriptor)
            os.close(self.descriptor)


def owner_of(path: Path) -> dict[str, Any]:
    """Returns who wrote into the lock, waiting a moment for one that has only just taken it."""
    owner: dict[str, Any] = {}
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError, ValueError):
            owner = dict(json.loads(path.read_text("utf-8")))
            if owner["host"] != socket.gethostname() or alive(int(owner["pid"])):
                break
        time.sleep(0.01)
    return owner


def alive(pid: int) -> bool:
    """Tells whether a process of this machine is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def leave_to_parent() -> None:
    """Closes the locks in a forked child, so that they end with the parent."""
    for descriptor in HELD:
        with suppress(OSError):
            os.close(descriptor)
    HELD.clear()


os.register_at_fork(after_in_child=leave_to_parent)
