"""The condition of `stop: when:`, parsed as an expression of Python and never evaluated as code.

condition  = conjunction {"or" conjunction}
conjunction = comparison {"and" comparison}
comparison = operand ("<" | "<=" | ">" | ">=" | "==" | "!=") operand | "(" condition ")"
operand    = number | probe ["." quantity]
"""

import ast
import operator
import re
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from keyword import iskeyword
from math import isfinite

from netware.errors import ScenarioError


LONGEST = 500
DEEPEST = 20
FOREIGN = re.compile(r"[^a-z0-9_.<>=!()+\-E \t\n]")
WORD = re.compile(r"\b[a-z]\w*")
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})?")
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?")
OPERATORS: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
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
    compare: Callable[[float, float], bool]
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
        return bool(self.compare(left, right))


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
    if foreign := FOREIGN.search(text):
        raise ExpressionError(f"'{foreign.group()}' is not understood", foreign.start())
    for place, depth in enumerate(accumulate((c == "(") - (c == ")") for c in text)):
        if depth > DEEPEST:
            raise ExpressionError(f"more than {DEEPEST} brackets deep", place)
    # In capitals, which no name has, Python's own words are names as any other: a probe may be
    # called 'yield', and no word but 'and' and 'or' makes syntax. Every place stays the same.
    line = WORD.sub(lambda word: no_keyword(word.group()), re.sub(r"\s", " ", text))
    start = len(line) - len(line.lstrip())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # '1or' is such
            tree = ast.parse(line[start:], mode="eval").body
    except SyntaxError as error:
        place = min(start + (error.offset or len(line)) - 1, len(line.rstrip()))
        word = "(" if "never closed" in error.msg else (text[place:].split() or [""])[0]
        found = f"'{word[:40]}' does not fit here" if word else "the condition ends too early"
        raise ExpressionError(found, place) from None
    except (MemoryError, RecursionError):
        raise ExpressionError("more signs in a row than can be read", start) from None
    return condition(tree, text[start:], start)


def no_keyword(word: str) -> str:
    """Returns a word such that Python takes it for a name, if it is not `and` or `or`."""
    return word.upper() if iskeyword(word) and word not in ("and", "or") else word


def condition(node: ast.expr, text: str, start: int) -> AbstractCondition:
    """Returns the condition that a piece of syntax is; `start` is where the text begins."""
    if isinstance(node, ast.BoolOp):
        parts = tuple(condition(part, text, start) for part in node.values)
        return Every(parts) if isinstance(node.op, ast.And) else Either(parts)
    place = start + node.col_offset
    shown = text[node.col_offset : node.end_col_offset][:40]
    if not isinstance(node, ast.Compare):
        raise ExpressionError(f"'{shown}' where a comparison should stand", place)
    if len(node.ops) > 1:
        raise ExpressionError(f"'{shown}', which compares twice; join them with 'and'", place)
    if type(node.ops[0]) not in OPERATORS:
        raise ExpressionError(f"'{shown}' where a comparison should stand", place)
    left, right = (operand(one, text, start) for one in (node.left, node.comparators[0]))
    if isinstance(left, float) and isinstance(right, float):
        raise ExpressionError("a comparison of two numbers", place)
    return Comparison(left, OPERATORS[type(node.ops[0])], right)


def operand(node: ast.expr, text: str, start: int) -> float | str:
    """Returns the number or the name that a piece of syntax is, and nothing else is."""
    word = text[node.col_offset : node.end_col_offset]
    if (
        isinstance(node, ast.Constant | ast.UnaryOp)
        and NUMBER.fullmatch(word)
        and isfinite(float(word))
    ):
        return float(word)
    if isinstance(node, ast.Name | ast.Attribute) and NAME.fullmatch(word):
        return word
    raise ExpressionError(
        f"'{word[:40]}' where a probe or a number should stand", start + node.col_offset
    )


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
