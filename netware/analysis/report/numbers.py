"""Numbers as print has them: significant digits, powers of ten, one for a mean and its spread."""

import math


MINUS, DASH, TIMES = "\N{MINUS SIGN}", "\N{EN DASH}", "\N{MULTIPLICATION SIGN}"
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALL, LARGE = 1e-3, 1e5


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
