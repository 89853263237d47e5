"""Pieces of HTML, everything escaped: whatever a run folder holds, it is shown and never obeyed."""

import math
from collections.abc import Sequence
from html import escape


MINUS, DASH, TIMES = "\N{MINUS SIGN}", "\N{EN DASH}", "\N{MULTIPLICATION SIGN}"
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALL, LARGE = 1e-3, 1e5


def text(value: object) -> str:
    """Escapes text for HTML, inside and outside of attributes."""
    return escape(str(value), quote=True)


def number(value: float, digits: int = 3) -> str:
    """Writes a number to some significant digits, tiny and huge ones with a power of ten."""
    if math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == 0:
        return "0"
    if not SMALL <= abs(value) < LARGE:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return minus(f"{mantissa} {TIMES} 10{str(int(exponent)).translate(SUPERSCRIPT)}")
    return minus(f"{value:.{max(0, digits - 1 - math.floor(math.log10(abs(value))))}f}")


def measured(mean: float, deviation: float) -> str:
    """Writes `mean ± deviation` with two digits of the deviation, one power of ten for both."""
    if not math.isfinite(mean) or not math.isfinite(deviation) or deviation <= 0:
        return number(mean)
    power = math.floor(math.log10(max(abs(mean), deviation)))
    far = not SMALL <= max(abs(mean), deviation) < LARGE
    scale = 10.0**power if far else 1.0
    places = min(12, max(0, 1 - math.floor(math.log10(deviation / scale))))
    both = f"{mean / scale:.{places}f} ± {deviation / scale:.{places}f}"
    return minus(f"({both}) {TIMES} 10{str(power).translate(SUPERSCRIPT)}" if far else both)


def minus(written: str) -> str:
    """Writes the minus sign of print."""
    return written.replace("-", MINUS)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """Returns a table of cells that are HTML already; columns in `numbers` stand to the right."""

    def cell(tag: str, column: int, content: str) -> str:
        kind = ' class="number"' if column in numbers else ""
        return f"<{tag}{kind}>{content}</{tag}>"

    top = "".join(cell("th", column, text(name)) for column, name in enumerate(head))
    body = "".join(
        "<tr>" + "".join(cell("td", column, one) for column, one in enumerate(row)) + "</tr>"
        for row in rows
    )
    head_row = f"<thead><tr>{top}</tr></thead>" if any(head) else ""
    return f'<div class="wide"><table>{head_row}<tbody>{body}</tbody></table></div>'


def pairs(rows: Sequence[tuple[str, object]]) -> str:
    """Returns a table of names and values, those without a value left out."""
    kept = [(key, value) for key, value in rows if value not in (None, "", [], {})]
    body = "".join(f'<tr><td class="key">{text(k)}</td><td>{text(v)}</td></tr>' for k, v in kept)
    return f'<div class="wide"><table><tbody>{body}</tbody></table></div>'


def facts(rows: Sequence[tuple[str, object]]) -> str:
    """Returns the line of facts below the title."""
    kept = [(key, value) for key, value in rows if value not in (None, "")]
    inside = "".join(f"<div><dt>{text(k)}</dt><dd>{text(v)}</dd></div>" for k, v in kept)
    return f'<dl class="facts">{inside}</dl>'


def listing(lines: str) -> str:
    """Returns text as it was written, comments of YAML a little lighter."""
    shown = []
    for line in lines.rstrip("\n").split("\n"):
        before, mark, note = line.partition("  # ")
        comment = f'<span class="note">{text(mark + note)}</span>' if mark else ""
        shown.append(text(before) + comment)
    return "<pre>" + "\n".join(shown) + "</pre>"
