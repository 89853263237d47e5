"""What the tests of run folders share."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.record.file_calls import FileCalls


ROOT = Path(__file__).parents[2]


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """Returns a folder in memory where there is one, since kills do not ask for a slow disk."""
    memory = Path("/dev/shm")
    folder = tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None)
    yield Path(folder)
    shutil.rmtree(folder)


@pytest.fixture
def crash_target() -> Callable:
    """Returns a function that runs one of the scripts that die on purpose and reads its answer."""

    def run(script: str, *arguments: object):
        process = subprocess.run(
            [sys.executable, "-m", f"tests.record.{script}", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        assert process.returncode == 0, process.stderr[-3000:]
        return json.loads(process.stdout)

    return run


@pytest.fixture
def fail_call(monkeypatch) -> Callable[[int, str], None]:
    """Returns a function that makes the n-th system call from now on fail."""

    calls = FileCalls.watched(monkeypatch)

    def fail(number: int, how: str) -> None:
        calls.fault = f"{calls.made + number}:{how}"

    return fail
