"""The condition of `stop: when:`, read by a grammar of its own and never evaluated as code.

condition  = conjunction {"or" conjunction}
conjunction = comparison {"and" comparison}
comparison = operand ("<" | "<=" | ">" | ">=" | "==" | "!=") operand | "(" condition ")"
operand    = number | probe ["." quantity]
"""

import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from netware.errors import ScenarioError


LONGEST = 500
MOST_TOKENS = 200
DEEPEST = 20
TOKEN = re.compile(
    r"\s*(?:(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?(?![\w.]))"
    r"|(?P<name>[a-z][a-z0-9_]{0,63}(?:\.[a-z][a-z0-9_]{0,63})?(?![\w.(]))"
    r"|(?P<compare><=|>=|==|!=|<|>)|(?P<bracket>[()]))"
)
OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
EXPECTED = "probes and numbers compared by < <= > >= == !=, joined by and, or, ( )"


class AbstractCondition(ABC):
    """Something that holds or does not, given the readings of probes."""

    @property
    @abstractmethod
    def names(self) -> frozenset[str]:
        """The readings it asks for: `probe` or `probe.quantity`."""

    @abstractmethod
    def evaluate(self, values: Mapping[str, float]) -> bool:
        """Tells whether it holds for these readings."""


@dataclass(frozen=True)
class Comparison(AbstractCondition):
    """A reading compared with a number or with another reading."""

    left: float | str
    compare: str
    right: float | str

    @property
    def names(self) -> frozenset[str]:
        """The readings compared."""
        return frozenset(one for one in (self.left, self.right) if isinstance(one, str))

    def evaluate(self, values: Mapping[str, float]) -> bool:
        """Tells whether the comparison holds."""
        left, right = (
            values[one] if isinstance(one, str) else one for one in (self.left, self.right)
        )
        return bool(OPERATORS[self.compare](left, right))


@dataclass(frozen=True)
class Every(AbstractCondition):
    """Conditions joined by `and`."""

    parts: tuple[AbstractCondition, ...]

    @property
    def names(self) -> frozenset[str]:
        """The readings that any part asks for."""
        return frozenset().union(*(part.names for part in self.parts))

    def evaluate(self, values: Mapping[str, float]) -> bool:
        """Tells whether all parts hold."""
        return all(part.evaluate(values) for part in self.parts)


@dataclass(frozen=True)
class Either(AbstractCondition):
    """Conditions joined by `or`."""

    parts: tuple[AbstractCondition, ...]

    @property
    def names(self) -> frozenset[str]:
        """The readings that any part asks for."""
        return frozenset().union(*(part.names for part in self.parts))

    def evaluate(self, values: Mapping[str, float]) -> bool:
        """Tells whether any part holds."""
        return any(part.evaluate(values) for part in self.parts)


@dataclass(frozen=True)
class Token:
    """A word of the condition: its kind, its text, and where it begins."""

    kind: str
    text: str
    place: int


class ExpressionError(Exception):
    """A condition that is none: what was found, and where in its text."""

    def __init__(self, found: str, place: int):
        """Holds what was found at a place, counted from 0."""
        super().__init__(found)
        self.found, self.place = found, place


def parse(text: str) -> AbstractCondition:
    """Reads a condition, or raises an ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(f"{len(text)} characters, more than {LONGEST}", 0)
    reader = Reader(tokens(text), len(text))
    condition = reader.condition(0)
    if reader.kind() != "end":
        raise ExpressionError(
            f"'{reader.text()[:40]}' after the end of the condition", reader.place()
        )
    return condition


def read(text: str, where: str = "stop.when") -> AbstractCondition:
    """Reads a condition, or raises a ScenarioError with a caret below the mistake."""
    try:
        return parse(text)
    except ExpressionError as error:
        start = max(0, error.place - 50)
        raise ScenarioError(
            where,
            found=error.found,
            expected=EXPECTED,
            fix="write for example 'disagreement < 1e-4'",
            code="X-EXPR",
            excerpt=f"  | {text[start : error.place + 50]}\n  | {' ' * (error.place - start)}^",
        ) from None


def tokens(text: str) -> tuple[Token, ...]:
    """Splits a condition into words."""
    found: list[Token] = []
    place = 0
    end = len(text.rstrip())
    while place < end:
        match = TOKEN.match(text, place)
        if match is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            word = re.match(r"[\w.]+|.", text[start:])
            shown = word.group()[:40] if word else ""
            raise ExpressionError(f"'{shown}' is not understood", start)
        kind = str(match.lastgroup)
        word = match.group(kind)
        kind = word if word in ("and", "or", "(", ")") else kind
        found.append(Token(kind, word, match.start(str(match.lastgroup))))
        place = match.end()
        if len(found) > MOST_TOKENS:
            raise ExpressionError(f"more than {MOST_TOKENS} words", found[-1].place)
    return tuple(found)


@dataclass
class Reader:
    """Reads words from left to right."""

    words: tuple[Token, ...]
    length: int
    next: int = field(default=0)

    def kind(self) -> str:
        """Returns the kind of the next word, `end` after the last."""
        return self.words[self.next].kind if self.next < len(self.words) else "end"

    def text(self) -> str:
        """Returns the next word."""
        return self.words[self.next].text if self.next < len(self.words) else "the end"

    def place(self) -> int:
        """Returns where the next word begins."""
        return self.words[self.next].place if self.next < len(self.words) else self.length

    def take(self, *kinds: str, wanted: str) -> Token:
        """Returns the next word, which must be of one of these kinds."""
        if self.kind() not in kinds:
            raise ExpressionError(f"'{self.text()[:40]}' where {wanted} should stand", self.place())
        self.next += 1
        return self.words[self.next - 1]

    def condition(self, depth: int) -> AbstractCondition:
        """Reads parts joined by `or`."""
        parts = [self.conjunction(depth)]
        while self.kind() == "or":
            self.next += 1
            parts.append(self.conjunction(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def conjunction(self, depth: int) -> AbstractCondition:
        """Reads parts joined by `and`."""
        parts = [self.comparison(depth)]
        while self.kind() == "and":
            self.next += 1
            parts.append(self.comparison(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def comparison(self, depth: int) -> AbstractCondition:
        """Reads one comparison, or a condition in brackets."""
        if self.kind() == "(":
            if depth >= DEEPEST:
                raise ExpressionError(f"more than {DEEPEST} brackets deep", self.place())
            self.next += 1
            inner = self.condition(depth + 1)
            self.take(")", wanted="')'")
            return inner
        start = self.place()
        left = self.operand()
        compare = self.take("compare", wanted="a comparison").text
        result = Comparison(left, compare, self.operand())
        if not result.names:
            raise ExpressionError("a comparison of two numbers", start)
        return result

    def operand(self) -> float | str:
        """Reads a number or the name of a reading."""
        token = self.take("number", "name", wanted="a probe or a number")
        return float(token.text) if token.kind == "number" else token.text
