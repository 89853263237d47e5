"""Signals: the first asks a run to stop after its step, the second ends it at once."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Request:
    """Whether a signal asked the run to stop, and by which signal."""

    number: int = 0

    @property
    def name(self) -> str:
        """Returns the name of the signal, such as `SIGINT`."""
        return signal.Signals(self.number).name if self.number else ""

    @property
    def exit_code(self) -> int:
        """Returns what a shell expects of a program that a signal stopped."""
        return 128 + self.number if self.number else 0

    def ask(self, number: int, frame: FrameType | None) -> None:
        """Notes the signal; if one was noted already, ends the process."""
        if self.number:
            os._exit(128 + number)
        self.number = number


@contextmanager
def listening() -> Iterator[Request]:
    """Listens for requests to stop while the block runs."""
    request = Request()
    before = {number: signal.signal(number, request.ask) for number in ASKING}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
