"""The text of a scenario file: a regular file of limited size in UTF-8, read without waiting."""

import os
import stat
from pathlib import Path

from netware.errors import ScenarioError
from netware.scenario.checks.suggest import closest


MOST_BYTES = 262_144


def text_of(path: str) -> str:
    """Reads the text of a scenario file."""
    return decoded(contents(path), path)


def contents(path: str) -> bytes:
    """Reads a regular file of at most 256 KiB; never waits for a pipe or a device."""
    expected = "a regular YAML file that can be read"
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            fix = "write the path of a YAML file"
            raise ScenarioError(
                path, found="not a regular file", expected=expected, fix=fix, code="P-FILE"
            )
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            size = os.fstat(descriptor).st_size
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no path of a file"
        raise ScenarioError(
            path, found=reason.lower(), expected=expected, fix=file_fix(path), code="P-FILE"
        ) from None
    if len(data) > MOST_BYTES:
        raise ScenarioError(
            path,
            found=f"{max(size, len(data))} bytes > {MOST_BYTES}",
            expected=f"a file of at most {MOST_BYTES} bytes",
            fix="keep data in files of its own and name them in the scenario",
            code="E-SIZE",
        )
    return data


def file_fix(path: str) -> str:
    """Names a file beside `path` that has nearly the same name, if there is one."""
    folder = Path(path).parent
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.suffix == ".yaml")[:200]
    except (OSError, ValueError):
        names = []
    near = closest(Path(path).name, names)
    return f"write '{folder / near}'" if near else "write the path of a YAML file"


def decoded(data: bytes, name: str) -> str:
    """Returns the text of UTF-8 bytes, without a byte order mark."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode()) + 1
        raise ScenarioError(
            f"{name}:{line}:{column}",
            found=f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8",
            expected="UTF-8 text",
            fix="save the file with the encoding UTF-8",
            code="E-UTF8",
        ) from None
