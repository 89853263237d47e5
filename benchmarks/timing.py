"""Timing that the benchmarks share: contenders take turns, medians count, ratios are printed."""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path


Contenders = Mapping[str, Callable[[], object]]

LEAST_TURN = 0.03
MOST_CALLS = 1024


def arguments(about: str) -> argparse.ArgumentParser:
    """Returns the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="small sizes, few repeats")
    parser.add_argument("--threads", type=int, default=1, help="threads of one operation")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    return parser


def seconds(contenders: Contenders, repeats: int, threads: int = 1) -> dict[str, float]:
    """Returns the median time of a call of each contender.

    They take turns, so that a slow spell hits all, and in each turn are called again and again
    until it has lasted. With one thread it is the time of the processor, which others on the
    machine do not lengthen.
    """
    clock = time.process_time if threads == 1 else time.perf_counter

    def timed(run: Callable[[], object], calls: int) -> float:
        start = clock()
        for _ in range(calls):
            run()
        return (clock() - start) / calls

    calls = dict.fromkeys(contenders, 1)
    for name, run in contenders.items():
        run()
        while calls[name] < MOST_CALLS and calls[name] * timed(run, calls[name]) < LEAST_TURN:
            calls[name] *= 2
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, run in contenders.items():
            taken[name].append(timed(run, calls[name]))
    return {name: statistics.median(times) for name, times in taken.items()}


def written(out: Path | None, figures: dict) -> None:
    """Writes figures with the machine they were measured on, if a file is named."""
    if out is not None:
        machine = {"cpus": os.cpu_count(), "machine": platform.machine()}
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps({"machine": machine, **figures}, indent=1) + "\n")
