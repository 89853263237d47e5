"""House style: sizes, colours that the colour blind tell apart, and provenance in every figure."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure


SHEET = Path(__file__).with_name("style.mplstyle")
SINGLE, DOUBLE = 3.4, 7.0
INK, QUIET, FAINT = "0.15", "0.45", "0.85"
BLUE, VERMILION, GREEN, PINK, ORANGE, SKY, BLACK = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#333333",
)
CYCLE = (BLUE, VERMILION, GREEN, PINK, ORANGE, SKY, BLACK)
POSITIVE, NEGATIVE = BLUE, VERMILION
CAPTION_INCHES = 0.12
SMALL_INCHES = 0.031

Format = Literal["png", "pdf", "svg"]


@dataclass(frozen=True)
class Provenance:
    """Where a figure comes from; written below it and into its file.

    Args:
        run: Name of the run: `<scenario>/<folder>`.
        version: Version of netware that made the run.
        commit: Git hash of the code, or nothing.
        seed: Seed of the run, or nothing.
        title: What the figure shows.
        caption: Its caption.
    """

    run: str
    version: str
    commit: str = ""
    seed: str = ""
    title: str = ""
    caption: str = ""

    def line(self) -> str:
        """Returns the small line below the figure."""
        parts = [self.run, f"netware {self.version}"]
        parts += [f"git {self.commit[:10]}"] if self.commit else []
        parts += [f"seed {self.seed}"] if self.seed else []
        return "  ·  ".join(parts)

    def metadata(self, form: Format) -> dict[str, Any]:
        """Returns what goes into the file, under the names that the format knows."""
        software = f"netware {self.version}"
        if form == "pdf":
            return {
                "Title": self.title,
                "Subject": self.caption,
                "Keywords": self.line(),
                "Creator": software,
                "CreationDate": None,
            }
        if form == "svg":
            return {
                "Title": self.title,
                "Description": self.caption,
                "Identifier": self.run,
                "Source": self.line(),
                "Creator": software,
                "Date": None,
            }
        return {
            "Title": self.title,
            "Description": self.caption,
            "Source": self.line(),
            "Software": software,
            "netware.run": self.run,
            "netware.version": self.version,
            "netware.git": self.commit,
            "netware.seed": self.seed,
        }


class Plate(Figure):
    """A figure in the house style that knows where it comes from; notebooks show it by itself."""

    provenance: Provenance

    def render(self, form: Format, dpi: int | None = None) -> bytes:
        """Returns the file: the same bytes for the same figure."""
        buffer = BytesIO()
        with styled():
            self.savefig(
                buffer,
                format=form,
                dpi=dpi or mpl.rcParams["savefig.dpi"],
                metadata=self.provenance.metadata(form),
            )
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        return self.render("png", dpi=150)


def styled() -> AbstractContextManager[None]:
    """Returns the context in which figures are drawn and saved: our sheet on plain defaults."""
    return mpl.rc_context(fname=SHEET)


def plate(width: float, height: float, provenance: Provenance, note: str = "") -> Plate:
    """Makes an empty figure of this size [in]; its provenance and a note stand small below.

    They share a line if they fit, else the note stands above.
    """
    line = provenance.line()
    lines = 1 if (len(line) + len(note) + 6) * SMALL_INCHES < width else 2
    reserved = CAPTION_INCHES * (lines if note else 1)
    figure = Plate(figsize=(width, height + reserved), layout="constrained")
    FigureCanvasAgg(figure)
    figure.provenance = provenance
    total = height + reserved
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.set(rect=(0, reserved / total, 1, height / total))  # type: ignore[call-arg]
    small: dict[str, Any] = {"fontsize": 4.5, "color": "0.45", "va": "bottom", "in_layout": False}
    left, right = 0.05 / width, 1 - 0.05 / width
    figure.text(left, 0.03 / total, line, gid="provenance", **small)
    if lines == 1:
        figure.text(right, 0.03 / total, note, ha="right", gid="note", **small)
    else:
        figure.text(left, (0.03 + CAPTION_INCHES * 0.75) / total, note, gid="note", **small)
    return figure


def words(name: str) -> str:
    """Writes a name as words: `order_parameter` is `order parameter`."""
    return name.replace("_", " ").strip()


def plain(text: str) -> str:
    """Escapes what matplotlib would read as mathematics."""
    return text.replace("$", r"\$")


def shades(count: int) -> list[tuple[float, float, float, float]]:
    """Returns colours for an ordered set, dark to light, all visible on white."""
    ramp = mpl.colormaps["viridis"](np.linspace(0.0, 0.82, max(count, 1)))
    return [tuple(row) for row in ramp]


@cache
def headings() -> ListedColormap:
    """Returns a colour for each direction: hue goes round once, lightness once up and down.

    Directions are told apart by hue, and opposite ones by lightness where hue cannot be seen.
    Colours are made in Oklab (Ottosson 2020), where steps look equally large.
    """
    angle = np.linspace(0, 2 * np.pi, 256, endpoint=False)
    lightness, chroma = 0.62 + 0.14 * np.cos(angle - 1.9), 0.135
    a, b = chroma * np.cos(angle + 0.5), chroma * np.sin(angle + 0.5)
    cube = np.stack([lightness, a, b], -1) @ OKLAB_TO_LMS.T
    linear = np.clip(cube**3 @ LMS_TO_RGB.T, 0, 1)
    return ListedColormap(
        np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055),
        name="headings",
    )


@cache
def signed() -> LinearSegmentedColormap:
    """Returns the colours of signed numbers: vermilion below zero, white at it, blue above."""
    return LinearSegmentedColormap.from_list(
        "signed", ["#7A2E00", NEGATIVE, "#F6C9A8", "#FFFFFF", "#A9D3EC", POSITIVE, "#00304F"]
    )


OKLAB_TO_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
LMS_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
