"""Timing that the benchmarks share: contenders take turns, medians count, ratios are printed.

A figure is a claim that work was done, and done right: each benchmark says what must hold before it
prints, and ends without a figure where it does not.
"""

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from torch import Tensor


Contenders = Mapping[str, Callable[[], object]]

Counts = Mapping[str, Callable[[], int]]

LEAST_TURN = 0.03
MOST_CALLS = 1024


def arguments(about: str) -> argparse.ArgumentParser:
    """Returns the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="small sizes, few repeats")
    parser.add_argument("--threads", type=int, default=1, help="threads of one operation")
    parser.add_argument("--out", type=Path, help="file to write the figures to, as JSON")
    return parser


def must(claim: str, holds: object) -> None:
    """Ends the benchmark where a claim about what it measures does not hold."""
    if not holds:
        raise SystemExit(f"nothing is measured: it does not hold that {claim}")


def must_agree(what: str, found: Tensor, expected: Tensor, tolerance: float) -> None:
    """Ends the benchmark where two results are further apart than a part of the largest expected.

    What is expected must not be 0 everywhere, which doing nothing would give, too.
    """
    found, expected = found.detach().double().cpu(), expected.detach().double().cpu()
    must(f"{what} have shape {tuple(expected.shape)}", found.shape == expected.shape)
    size, apart = float(expected.abs().max()), float((found - expected).abs().max())
    must(f"{what} are not all 0", size > 0)
    must(f"{what} are right to {tolerance:g}, not {apart / size:g}", apart <= tolerance * size)


def seconds(
    contenders: Contenders, repeats: int, threads: int = 1, steps: Counts | None = None
) -> dict[str, float]:
    """Returns the median time of a call of each contender.

    They take turns, so that a slow spell hits all, and in each turn are called again and again
    until it has lasted. With one thread it is the time of the processor, which others on the
    machine do not lengthen. Those named in `steps`, which says how many a contender has done, must
    do one in each call.
    """
    steps = steps or {}
    before, asked = {name: count() for name, count in steps.items()}, dict.fromkeys(contenders, 0)
    clock = time.process_time if threads == 1 else time.perf_counter

    def timed(name: str, run: Callable[[], object], calls: int) -> float:
        asked[name] += calls
        start = clock()
        for _ in range(calls):
            run()
        return (clock() - start) / calls

    calls = dict.fromkeys(contenders, 1)
    for name, run in contenders.items():
        timed(name, run, 1)
        while calls[name] < MOST_CALLS and calls[name] * timed(name, run, calls[name]) < LEAST_TURN:
            calls[name] *= 2
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, run in contenders.items():
            taken[name].append(timed(name, run, calls[name]))
    for name, count in steps.items():
        done = count() - before[name]
        must(f"{name} has done {asked[name]} steps, not {done}", done == asked[name])
    return {name: statistics.median(times) for name, times in taken.items()}


def written(out: Path | None, figures: dict) -> None:
    """Writes figures with the machine they were measured on, if a file is named."""
    if out is not None:
        machine = {"cpus": os.cpu_count(), "machine": platform.machine()}
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps({"machine": machine, **figures}, indent=1) + "\n")
