"""Workers: processes that run one planned run after another, watched so that none is lost."""

import os
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

import torch

from netware.errors import NetwareError
from netware.record.files import append_line, write_atomically
from netware.record.run_folder import as_json, now
from netware.running.run import resume
from netware.running.signals import listening


TRIES = 3
PATIENCE = 0.5


@dataclass(frozen=True)
class Outcome:
    """What became of one run.

    Args:
        run: Its folder.
        state: `done`, `stopped` or `failed`.
        reason: Why, if it is not done.
    """

    run: Path
    state: str
    reason: str = ""


Said = Callable[[Outcome, int, int], None]


@dataclass
class Worker:
    """A process, the pipe to it, and the run that it is at."""

    threads: int
    accept_changed_code: bool = False
    run: Path | None = None

    def __post_init__(self) -> None:
        """Starts the process, afresh and not forked, so that it holds nothing of ours."""
        context = get_context("spawn")
        self.pipe, far = context.Pipe()
        self.process = context.Process(
            target=work, args=(far, self.threads, self.accept_changed_code), daemon=True
        )
        self.process.start()
        far.close()

    def begin(self, run: Path) -> None:
        """Gives the process a run."""
        self.run = run
        self.pipe.send(run)

    def end(self) -> None:
        """Lets the process go home."""
        if self.process.is_alive():
            self.pipe.send(None)
        self.process.join()
        self.pipe.close()


def over_processes(
    runs: Sequence[Path], many: int, said: Said, accept_changed_code: bool = False
) -> tuple[list[Outcome], int]:
    """Runs planned runs over `many` processes; returns what became of each, and a signal's code.

    A run that raises fails alone. A process that dies is replaced, and its run taken up again
    from its last checkpoint, three times at most.
    """
    crew = Pool(list(reversed(runs)), many if runs else 0, said, len(runs), accept_changed_code)
    with listening() as request:
        while crew.busy():
            if request.number:
                crew.stop()
            crew.hand_out()
            crew.take_back()
        crew.go_home()
        return crew.outcomes, request.exit_code


@dataclass
class Pool:
    """The workers of a sweep and what is left to do.

    Args:
        waiting: Runs that are not begun, the next one last.
        many: Workers. [1]
        said: Told of every outcome.
        total: Runs in all. [1]
        accept_changed_code: Whether runs go on whose own code has changed.
    """

    waiting: list[Path]
    many: int
    said: Said
    total: int
    accept_changed_code: bool = False

    def __post_init__(self) -> None:
        """Starts the workers."""
        self.threads = max(1, (os.cpu_count() or 1) // max(1, self.many))
        self.workers = [self.worker() for _ in range(self.many)]
        self.tries: Counter[Path] = Counter()
        self.outcomes: list[Outcome] = []
        self.stopping = False

    def worker(self) -> Worker:
        """Starts a worker."""
        return Worker(self.threads, self.accept_changed_code)

    def busy(self) -> bool:
        """Tells whether anything is left to do or to wait for."""
        return bool(self.waiting) or any(worker.run for worker in self.workers)

    def stop(self) -> None:
        """Asks the workers, once, to stop after their step, and begins no more runs."""
        if not self.stopping:
            self.stopping, self.waiting = True, []
            for worker in self.workers:
                if worker.run and worker.process.pid and worker.process.is_alive():
                    os.kill(worker.process.pid, signal.SIGTERM)

    def hand_out(self) -> None:
        """Gives every idle worker a run."""
        for worker in self.workers:
            if worker.run is None and self.waiting:
                run = self.waiting.pop()
                self.tries[run] += 1
                worker.begin(run)

    def take_back(self) -> None:
        """Waits a moment for runs that ended and processes that died."""
        for ready in wait([worker.pipe for worker in self.workers if worker.run], PATIENCE):
            place = next(n for n, worker in enumerate(self.workers) if worker.pipe is ready)
            worker = self.workers[place]
            run, worker.run = worker.run, None
            try:
                self.note(worker.pipe.recv())
            except (EOFError, OSError):
                self.workers[place] = self.worker()
                if run is not None:
                    self.died(run)

    def died(self, run: Path) -> None:
        """Takes a run up again whose process died, unless that happened too often."""
        if self.stopping:
            self.note(Outcome(run, "stopped", "its process died"))
        elif self.tries[run] < TRIES:
            self.waiting.append(run)
        else:
            self.note(failed(run, f"its process died {self.tries[run]} times"))

    def note(self, outcome: Outcome) -> None:
        """Notes what became of a run."""
        self.outcomes.append(outcome)
        self.said(outcome, len(self.outcomes), self.total)

    def go_home(self) -> None:
        """Ends the workers."""
        for worker in self.workers:
            worker.end()


def work(pipe: Connection, threads: int, accept_changed_code: bool) -> None:
    """Takes up one run after another until there is none; a run that raises fails alone."""
    torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            run = pipe.recv()
        except EOFError:
            return
        if run is None:
            return
        try:
            ending = resume(run, quiet=True, accept_changed_code=accept_changed_code)
            pipe.send(Outcome(run, ending.state, ending.reason))
        except NetwareError as error:
            pipe.send(failed(run, error.problems[0].headline()))
        except Exception as error:
            append_line(run / "log.txt", traceback.format_exc())
            pipe.send(failed(run, f"{type(error).__name__}: {error}; see {run / 'log.txt'}"))


def failed(run: Path, reason: str) -> Outcome:
    """Notes in its folder that a run failed."""
    content = {"state": "failed", "step": 0, "steps": 0, "reason": reason, "at": now()}
    write_atomically(run / "status.json", as_json(content))
    return Outcome(run, "failed", reason)
