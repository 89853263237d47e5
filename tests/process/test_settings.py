"""Settings of the process: a step after the first has its memory without a page fault."""

import os
import platform
import subprocess
import sys

import pytest

from tests.simulation.worlds import write


STEPS = """
import resource, torch
from netware.process.settings import keep_freed_memory
if {keep}:
    assert keep_freed_memory()
def step():
    for _ in range(20):
        torch.ones(1 << 24)
step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(keep: bool) -> int:
    """Counts the page faults of a step like the one before it, in a process of its own."""
    code = [sys.executable, "-c", STEPS.format(keep=keep)]
    return int(subprocess.run(code, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the setting is glibc's")
def test_a_step_after_the_first_costs_no_page_faults():
    assert faults(keep=True) < 100
    assert faults(keep=False) > 20 * 1000


MODEL = """
import netware
model = netware.NetwareModel({path!r}, collect=0)
from netware.process.settings import keep_freed_memory
import os
print(keep_freed_memory.cache_info().currsize, os.environ["GOMP_SPINCOUNT"])
"""


def said(path, **environment) -> list[str]:
    """Returns what a process of its own has set once it has made a model through Python."""
    code = [sys.executable, "-c", MODEL.format(path=str(path))]
    inherited = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    env = inherited | environment
    return subprocess.run(code, capture_output=True, text=True, check=True, env=env).stdout.split()


def test_a_model_made_through_python_has_the_settings_of_the_command_line(tmp_path):
    assert said(write(tmp_path)) == ["1", "2000"]


def test_whoever_set_the_spinning_keeps_it(tmp_path):
    assert said(write(tmp_path), GOMP_SPINCOUNT="7") == ["1", "7"]
