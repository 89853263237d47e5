"""Errors that say where, what was found, what is allowed, and the one next action."""

from dataclasses import dataclass


MOST_LINES = 20
LONGEST_LINE = 160


def printable(text: str, most: int = LONGEST_LINE) -> str:
    """Returns `text` cut to `most` characters, control and bidirectional characters escaped."""
    shown = "".join(c if shows(c) else escaped(c) for c in text[: most + 1])
    return shown if len(shown) <= most else shown[: most - 3] + "..."


def shows(character: str) -> bool:
    """Tells whether a terminal can be given this character as it is."""
    return character.isprintable() and not "\u202a" <= character <= "\u202e"


def escaped(character: str) -> str:
    """Writes one character as a backslash escape (surrogates too, which no terminal can show)."""
    return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, with its repair.

    Args:
        where: File, line and column, then the dotted key: `flock.yaml:12:9: rules.fly.type`.
        found: What stands there.
        expected: Every choice, or the range.
        fix: The one next action.
        code: Short name to search for, such as `S-RANGE`.
        excerpt: The line of the file with a caret below it, or nothing.
    """

    where: str
    found: str
    expected: str
    fix: str
    code: str = ""
    excerpt: str = ""

    def render(self) -> str:
        """Writes the problem out in full."""
        lines = [self.headline(), *self.excerpt.splitlines()]
        lines += [f"  expected: {printable(self.expected)}", f"  fix: {printable(self.fix)}"]
        return "\n".join(lines)

    def headline(self) -> str:
        """Writes the problem on one line."""
        code = f" {self.code}" if self.code else ""
        return f"{printable(self.where)}:{code} {printable(self.found)}"


class NetwareError(Exception):
    """An error of the user's world, printed without a traceback."""

    exit_code = 2

    def __init__(
        self, where: str, *, found: str, expected: str, fix: str, code: str = "", excerpt: str = ""
    ):
        """Holds one problem; `together` holds several."""
        self.problems = (Problem(where, found, expected, fix, code, excerpt),)
        super().__init__(self.render())

    @classmethod
    def together(cls, problems: list[Problem]) -> "NetwareError":
        """Returns one error that reports all `problems` at once."""
        first = problems[0]
        error = cls(first.where, found=first.found, expected=first.expected, fix=first.fix)
        error.problems = tuple(problems)
        error.args = (error.render(),)
        return error

    def render(self) -> str:
        """Writes all problems within 20 lines: in full if they fit, else one line each."""
        whole = "\n".join(problem.render() for problem in self.problems)
        if whole.count("\n") < MOST_LINES:
            return whole
        lines = [
            f"{problem.headline()} [{printable(problem.fix, 80)}]" for problem in self.problems
        ]
        if len(lines) > MOST_LINES:
            rest = len(lines) - MOST_LINES + 1
            lines = [*lines[: MOST_LINES - 1], f"... and {rest} more; mend these first"]
        return "\n".join(lines)


class ScenarioError(NetwareError):
    """The scenario, or an override on the command line, asks for something that cannot be."""


class ShapeError(NetwareError):
    """Two things that should fit together do not."""


class StateError(NetwareError):
    """The simulation left the finite numbers, or was asked for a state it has not got."""


class StoreError(NetwareError):
    """A run folder cannot be written or read."""

    exit_code = 74
