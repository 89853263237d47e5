"""Progress: a bar on a terminal, a plain line now and then elsewhere."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)


SECONDS_BETWEEN_LINES = 30.0
SECONDS_BETWEEN_LOOKS = 0.25
MOST_SHOWN = 3


@dataclass
class Meter:
    """Shows how far a run is; asks for the live metrics only when it shows them.

    Args:
        name: Name of the run.
        step: Step at which it begins. [steps]
        steps: Step at which it ends. [steps]
        quiet: Whether to show nothing at all.
    """

    name: str
    step: int
    steps: int
    quiet: bool = False
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Starts the bar, if there is a terminal to show it."""
        self.console = Console(stderr=True)
        self.first, self.looked, self.said = self.step, self.began, self.began
        self.bar: Progress | None = None
        self.task: TaskID | None = None
        if self.console.is_terminal and not self.quiet:
            self.bar = Progress(
                TextColumn("[bold]{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[metrics]}"),
                TimeRemainingColumn(compact=True),
                console=self.console,
                transient=True,
            )
            self.task = self.bar.add_task(
                self.name, total=self.steps, completed=self.step, metrics=""
            )
            self.bar.start()

    def due(self) -> bool:
        """Tells whether it is time to show something again."""
        now = time.monotonic()
        if now - self.looked < SECONDS_BETWEEN_LOOKS:
            return False
        self.looked = now
        return self.bar is not None or now - self.said >= SECONDS_BETWEEN_LINES

    def show(self, step: int, metrics: Mapping[str, float]) -> None:
        """Shows the step and a few metrics."""
        shown = "  ".join(
            f"{name} {value:.4g}" for name, value in list(metrics.items())[:MOST_SHOWN]
        )
        if self.bar is not None and self.task is not None:
            self.bar.update(self.task, completed=step, metrics=shown)
        elif not self.quiet:
            self.said = time.monotonic()
            self.console.print(
                f"{self.name}: step {step:,} of {self.steps:,}, {self.left(step)} left  {shown}",
                highlight=False,
                soft_wrap=True,
            )

    def left(self, step: int) -> str:
        """Returns the time that is left at the pace so far."""
        done = step - self.first
        seconds = (time.monotonic() - self.began) / max(1, done) * (self.steps - step)
        return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"

    def close(self) -> None:
        """Takes the bar away."""
        if self.bar is not None:
            self.bar.stop()
