"""Random parameters: a value of each type that a member's field may have, edges drawn often."""

from collections.abc import Mapping
from random import Random
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen

from netware.parameters import Column, Member, Refers


EDGE = 0.3
LARGE = 2.0


def bounds(marks: tuple[Any, ...]) -> tuple[float, float, float, float, int]:
    """Returns smallest and largest value, which of them are left out (as steps), and the length."""
    low, high, above, below, least = -LARGE, LARGE, 0, 0, 0
    limits: list[Any] = [m for info in marks for m in (info.metadata if is_field(info) else [info])]
    for mark in limits:
        match mark:
            case Ge(ge=int() | float() as limit):
                low = max(float(limit), -LARGE)
            case Gt(gt=int() | float() as limit):
                low, above = max(float(limit), -LARGE), 1
            case Le(le=int() | float() as limit):
                high = min(float(limit), max(LARGE, low + 1))
            case Lt(lt=int() | float() as limit):
                high, below = float(limit), 1
            case MinLen(min_length=length):
                least = length
    return low, max(high, low), above, below, least


def is_field(mark: Any) -> bool:
    return type(mark).__name__ == "FieldInfo"


def real(chance: Random, marks: tuple[Any, ...]) -> float:
    """Returns a number of a range: one of its edges, 0 or 1 where they are allowed, or any."""
    low, high, above, below, _ = bounds(marks)
    edges = [one for one in (low, high, 0.0, 1.0) if low <= one <= high]
    edges = [one for one in edges if not (above and one == low) and not (below and one == high)]
    if edges and chance.random() < EDGE:
        return chance.choice(edges)
    return round(low + (high - low) * chance.uniform(0.05, 0.95), 3)


def whole(chance: Random, marks: tuple[Any, ...]) -> int:
    """Returns a small whole number of a range, its smallest most often."""
    low, high, *_ = bounds(marks)
    low = int(max(low, 0))
    return min(low + chance.choice((0, 0, 1, 1, 2, 3)), int(max(high, low + 3)))


def drawn_value(hint: Any, chance: Random, names: Mapping[Any, Any]) -> Any:
    """Returns a value of a type as YAML has it.

    `names` says what stands for each section that a field may refer to (a list of entries), for
    `Column` (a list of columns) and for each family of nested members (a function that draws one).
    """
    if hint == Column:
        return chance.choice(names["columns"])
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return annotated(inner[0], inner[1:], chance, names)
    if origin is Literal:
        return chance.choice(inner)
    if origin in (Union, UnionType):
        return drawn_value(chance.choice(inner), chance, names)
    if origin is tuple:
        return several(inner, chance, names, 0)
    if hint is NoneType:
        return None
    return {int: whole, float: real}[hint](chance, ()) if hint in (int, float) else "x"


def annotated(hint: Any, marks: tuple[Any, ...], chance: Random, names: Mapping[Any, Any]) -> Any:
    """Returns a value of a type with marks: a range, a length, or what it refers to."""
    for mark in marks:
        if isinstance(mark, Refers):
            return chance.choice(names[mark.section])
        if isinstance(mark, Member):
            optional = NoneType in get_args(hint)
            return None if optional and chance.random() < 0.5 else names[mark.family]()
    if hint in (int, float):
        return (whole if hint is int else real)(chance, marks)
    if get_origin(hint) is tuple:
        return several(get_args(hint), chance, names, bounds(marks)[4])
    return drawn_value(hint, chance, names)


def several(
    inner: tuple[Any, ...], chance: Random, names: Mapping[Any, Any], least: int
) -> list[Any]:
    """Returns a list, of any length if the type does not say one."""
    if len(inner) == 2 and inner[1] is Ellipsis:
        inner = (inner[0],) * max(least, chance.choice((0, 1, 2)))
    return [drawn_value(one, chance, names) for one in inner]
