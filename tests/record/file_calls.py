"""Makes a chosen file call of netware die or fail, in a test or in a child process of one."""

import errno
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from types import SimpleNamespace
from typing import Any

import pytest

from netware.record import files, lock


COUNTED = ("open", "write", "ftruncate", "fsync", "replace", "mkdir", "unlink", "rmdir")


@dataclass
class FileCalls:
    """Counts the system calls by which netware changes files, and disturbs one of them.

    Args:
        crash: `17` kills the process before call 17, `17+` after it, `17~` after half of it
            reached the disk, if it writes.
        fault: `17:ENOSPC` lets call 17 fail so; `17:SHORT` lets it write half, as a system may.
        made: Calls until now.
    """

    crash: str = ""
    fault: str = ""
    made: int = 0

    @classmethod
    def watched(cls, patch: pytest.MonkeyPatch) -> "FileCalls":
        """Puts a counting `os` into the modules that write files."""
        calls = cls()
        counting = {name: calls.counted(getattr(os, name)) for name in COUNTED}
        for module in (files, lock):
            patch.setattr(module, "os", SimpleNamespace(**{**vars(os), **counting}))
        return calls

    def counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Returns a call that is counted; opening a folder changes nothing and is not."""

        @wraps(call)
        def counting(*arguments: Any) -> Any:
            if call is os.open and arguments[1] & os.O_DIRECTORY:
                return call(*arguments)
            self.made += 1
            return self.disturbed(str(self.made), call, arguments)

        return counting

    def disturbed(self, number: str, call: Callable[..., Any], arguments: tuple) -> Any:
        """Makes one call, unless this one is to die or to fail."""
        if self.fault == f"{number}:SHORT" or self.crash == f"{number}~":
            arguments = tuple(half(one) for one in arguments)
        elif self.fault.startswith(f"{number}:"):
            code = getattr(errno, self.fault.partition(":")[2])
            raise OSError(code, os.strerror(code))
        if self.crash == number:
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*arguments)
        if self.crash in (f"{number}+", f"{number}~"):
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def half(argument: Any) -> Any:
    """Returns the first half of what would be written, at least a byte; anything else as it is."""
    if isinstance(argument, memoryview) and len(argument) > 1:
        return argument[: len(argument) // 2]
    return argument
