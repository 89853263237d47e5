"""An animation of positions and headings, from snapshots, whose frames are images and no plots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from os import PathLike
from pathlib import Path

import matplotlib as mpl
import numpy as np
import xarray as xr
from PIL import Image, ImageDraw, ImageFont

from netware.analysis.motion import HEADINGS, direction, moving
from netware.analysis.style import headings, words
from netware.errors import ScenarioError
from netware.record.files import make_folder, write_atomically
from netware.record.reader import Run
from netware.record.sweep_reader import open_any
from netware.scenario.checks.suggest import did_you_mean, listed


TURNS, SHADES, GREYS = 30, 8, 8
HEADER, MARGIN = 26, 6
LARGEST, SMALLEST = 6.0, 0.5
TAIL = 2.2
FAINTEST = 0.35
ALIVE = "alive"
FONT = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


@dataclass(frozen=True)
class Animation:
    """What is shown of a run.

    Args:
        populations: Populations, each in a panel of its own; all that move if none is given.
        replica: Replica. [1]
        size: Side of a panel. [pixels]
        frames: Frames at most; of more snapshots some are left out evenly. [1]
        rate: Frames a second. [1/s]
    """

    populations: tuple[str, ...] = ()
    replica: int = 0
    size: int = 480
    frames: int = 300
    rate: int = 20


@dataclass(frozen=True)
class Panel:
    """One population, read a snapshot at a time.

    Args:
        name: The population.
        position: Positions `(time, agent, space)`, not yet read. [length]
        heading: Headings, angles or vectors, not yet read.
        alive: Who is alive, not yet read, or None where no agent dies.
        box: Side of the periodic box, or 0 for an open space. [length]
        size: Side of the panel. [pixels]
    """

    name: str
    position: xr.DataArray
    heading: xr.DataArray
    alive: xr.DataArray | None
    box: float
    size: int

    def read(self, entry: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns positions and unit vectors of the headings of all who are alive and have them."""
        position = self.position[entry].values[:, :2]
        given = self.heading[entry].values.reshape(len(position), -1)
        if given.shape[1] == 1:
            vector = np.concatenate([np.cos(given), np.sin(given)], 1)
        else:
            length = np.linalg.norm(given[:, :2], axis=1, keepdims=True)
            vector = np.divide(given[:, :2], length, out=np.zeros_like(position), where=length > 0)
        there = np.isfinite(position).all(1) & np.isfinite(vector).all(1)
        if self.alive is not None:
            there &= self.alive[entry].values > 0
        return position[there], vector[there]

    def living(self, entry: int) -> int:
        """Returns the number of agents that are alive."""
        if self.alive is None:
            return int(self.position.shape[1])
        return int((self.alive[entry].values > 0).sum())

    @cached_property
    def limits(self) -> tuple[np.ndarray, float]:
        """Returns the lower left corner and the side of what is shown."""
        if self.box:
            return np.zeros(2), self.box
        low, high = np.full(2, np.inf), np.full(2, -np.inf)
        for entry in range(len(self.position)):
            position, _ = self.read(entry)
            if len(position):
                low, high = np.minimum(low, position.min(0)), np.maximum(high, position.max(0))
        if not np.isfinite(low).all():
            return np.zeros(2), 1.0
        side = 1.05 * float((high - low).max() or 1.0)
        return (low + high - side) / 2, side

    def image(self, entry: int) -> tuple[np.ndarray, float]:
        """Returns one frame as places in the palette `[size, size]`, and the order parameter."""
        position, vector = self.read(entry)
        corner, side = self.limits
        at = (position - corner) / side * self.size
        size = self.size
        thick = float(np.clip(0.28 * size / max(len(at), 1) ** 0.5, SMALLEST, LARGEST))
        count, flow = np.zeros(size * size), np.zeros((2, size * size))
        for away, radius in stamp(thick):
            spots = (at - vector * away)[:, None] + disc(radius)
            place = np.floor(spots).astype(np.int64)
            if self.box:
                place %= size
            inside = ((place >= 0) & (place < size)).all(2)
            pixel = ((size - 1 - place[..., 1]) * size + place[..., 0])[inside]
            who = np.broadcast_to(np.arange(len(at))[:, None], inside.shape)[inside]
            count += np.bincount(pixel, minlength=size * size)
            for own, component in zip(flow, vector.T, strict=True):
                own += np.bincount(pixel, component[who], size * size)
        order = float(np.linalg.norm(vector.mean(0))) if len(vector) else 0.0
        dense = len(at) / size**2 if thick == SMALLEST else 0.0
        return inked(count, flow, max(1.0, 3 * dense)).reshape(size, size), order


def stamp(thick: float) -> list[tuple[float, float]]:
    """Returns the discs that make up an agent: how far behind it each lies, and its radius."""
    if thick <= 1:
        return [(0.0, 0.0)]
    steps = int(np.ceil(TAIL * thick)) + 1
    return [(TAIL * thick * k / steps, thick * 0.5 * (1 - k / steps)) for k in range(steps)]


def disc(radius: float) -> np.ndarray:
    """Returns the pixels of a disc, from its centre."""
    reach = int(np.floor(radius + 0.25))
    each = np.arange(-reach, reach + 1)
    x, y = np.meshgrid(each, each)
    inside = x**2 + y**2 <= (radius + 0.25) ** 2
    return np.stack([x[inside], y[inside]], 1)


def inked(count: np.ndarray, flow: np.ndarray, full: float) -> np.ndarray:
    """Returns the place in the palette of every pixel: its mean heading, and how many are there.

    `full` is the number of agents from which on a pixel has its full colour.
    """
    turn = np.mod(np.arctan2(flow[1], flow[0]) / (2 * np.pi), 1.0)
    hue = np.rint(turn * TURNS).astype(int) % TURNS
    shade = np.clip(np.ceil(count / full * SHADES), 1, SHADES).astype(int) - 1
    return np.where(count > 0, GREYS + hue * SHADES + shade, 0).astype(np.uint8)


def palette() -> np.ndarray:
    """Returns the colours of all frames: greys from white to ink, then each heading's shades."""
    greys = np.linspace(255, 38, GREYS)[:, None].repeat(3, 1)
    full = headings()(np.arange(TURNS) / TURNS)[:, :3] * 255
    part = np.linspace(FAINTEST, 1.0, SHADES)[None, :, None]
    shades = (255 - part * (255 - full[:, None])).reshape(-1, 3)
    return np.rint(np.concatenate([greys, shades])).astype(np.uint8)


def write(path: str | PathLike[str], shown: Animation | None = None) -> Path:
    """Writes `figures/animation.gif` into the folder of a run, and returns its path."""
    source = open_any(path)
    if not isinstance(source, Run):
        raise ScenarioError(
            f"animate {source.path}",
            found="the folder of a sweep",
            expected="the folder of a run",
            fix=f"write '{source.runs[0].path}'",
        )
    shown = shown or Animation()
    data = encoded(source, shown)
    name = "-".join(
        ["animation", *shown.populations, *([f"replica-{shown.replica}"] * (shown.replica > 0))]
    )
    place = source.path / "figures" / f"{name}.gif"
    make_folder(place.parent)
    write_atomically(place, data)
    return place


def encoded(run: Run, shown: Animation) -> bytes:
    """Returns the animation as a GIF: the same bytes for the same run."""
    panels = panels_of(run, shown)
    frames = pictures(panels, shown)
    first, buffer = next(frames), BytesIO()
    comment = f"{run.name}, netware {run.version}, seed {run.seed}, replica {shown.replica}"
    first.save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=frames,
        duration=1000 // shown.rate,
        loop=0,
        optimize=False,
        comment=comment.encode("ascii", "replace"),
    )
    return buffer.getvalue()


def panels_of(run: Run, shown: Animation) -> list[Panel]:
    """Returns what is shown of each population, or says that there is nothing to show."""
    known = moving(run)
    names = shown.populations or tuple(known)
    absent = [name for name in names if name not in known]
    if absent or not names:
        raise ScenarioError(
            f"animate {run.path}",
            found=f"no positions and headings of '{absent[0]}'{did_you_mean(absent[0], known)}"
            if absent
            else "no population whose positions and headings were recorded for all agents",
            expected=listed(known) if known else "snapshots of columns 'position' and 'heading'",
            fix="write one of these"
            if known
            else "write 'record: {snapshots: 5}' into the scenario and run it again",
        )
    space = run.scenario.get("space") or {}
    box = float(space["box"]) if space.get("periodic", True) and "box" in space else 0.0
    return [
        Panel(
            name,
            run.state(name, "position", shown.replica),
            run.state(name, direction(run, name) or HEADINGS[0], shown.replica),
            run.state(name, ALIVE, shown.replica) if run.has_column(name, ALIVE) else None,
            box,
            shown.size,
        )
        for name in names
    ]


def pictures(panels: Sequence[Panel], shown: Animation) -> Iterator[Image.Image]:
    """Makes the frames one after another: panels side by side, with name, time and order above."""
    size, colors = shown.size, palette().tobytes()
    moments = panels[0].position["time"].values
    chosen = np.unique(np.rint(np.linspace(0, len(moments) - 1, min(shown.frames, len(moments)))))
    for entry in chosen.astype(int).tolist():
        width = len(panels) * (size + MARGIN) + MARGIN
        whole = np.zeros((size + HEADER + MARGIN, width), np.uint8)
        for place, panel in enumerate(panels):
            left = MARGIN + place * (size + MARGIN)
            inner, order = panel.image(entry)
            whole[HEADER : HEADER + size, left : left + size] = inner
            whole[[HEADER - 1, HEADER + size], left - 1 : left + size + 1] = GREYS // 3
            whole[HEADER : HEADER + size, [left - 1, left + size]] = GREYS // 3
            agents = f"{words(panel.name)}: {panel.living(entry):,}"
            text = f"{agents}    t = {moments[entry]:g}    φ = {order:.2f}"
            whole[: HEADER - 1, left : left + size] = lettering(text, size)
            whole[: HEADER - 1, left + size - HEADER + 1 : left + size] = wheel()
        image = Image.frombytes("P", (width, len(whole)), whole.tobytes())
        image.putpalette(colors)
        yield image


def lettering(text: str, width: int) -> np.ndarray:
    """Writes a line of text in greys, places in the palette `[HEADER - 1, width]`."""
    image = Image.new("L", (width, HEADER - 1), 0)
    font = ImageFont.truetype(FONT, 13)
    ImageDraw.Draw(image).text((0, (HEADER - 1) / 2), text, fill=255, font=font, anchor="lm")
    return np.rint(np.asarray(image) / 255 * (GREYS - 1)).astype(np.uint8)


def wheel() -> np.ndarray:
    """Draws the key: which colour is which heading, as places in the palette."""
    middle = (HEADER - 2) / 2
    each = np.arange(HEADER - 1) - middle
    x, y = np.meshgrid(each, -each)
    ring = (np.hypot(x, y) <= middle - 2) & (np.hypot(x, y) >= middle - 7)
    flow = np.stack([x, y]).reshape(2, -1)
    return inked(ring.ravel().astype(float), flow, 1.0).reshape(x.shape)
