"""The allocator: memory that a step has freed is there for the next, without a page fault."""

import platform
import subprocess
import sys

import pytest


STEPS = """
import resource, torch
from netware.running.allocator import keep_freed_memory
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
