"""What neurons receive, drawn in the order of the neurons in space."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from matplotlib.image import AxesImage
from pydantic import Field

from netware.analysis.figures.base import AbstractFigure, begin
from netware.analysis.layers import matrix_in
from netware.analysis.style import INK, SINGLE, Plate, plain, signed, styled, words
from netware.errors import StoreError
from netware.models.layers.synapses import Connections, Synapses
from netware.record.reader import Run
from netware.scenario.checks.suggest import listed


TALLEST = 4.0
GAP = 1


@dataclass(frozen=True)
class Woven:
    """Sheets of a population whose weights were generated synapse by synapse.

    Args:
        senders: Width and height of the first layer.
        receivers: Width and height of the second.
        synapses: The matrix between them.
    """

    senders: tuple[int, int]
    receivers: tuple[int, int]
    synapses: Synapses


@dataclass(frozen=True)
class ReceptiveFields(AbstractFigure[Run]):
    """Draws the weights into each neuron as an image of the sheet that they come from.

    The images stand where their neurons are in their own sheet. Populations whose weights one
    relation or another generates synapse by synapse stand side by side: the same pattern at
    several resolutions.

    Args:
        population: Population to draw; all that are generated synapse by synapse if none is given.
        agent: Agent within its replica. [1]
        replica: Replica. [1]
        layer: Which layer of weights, the first is 1. [1]

    Source: Stanley, D'Ambrosio and Gauci (2009), Artif. Life 15, 185,
    doi:10.1162/artl.2009.15.2.15202, figures of connectivity.
    Departs from it: all neurons are drawn, by weights in colour.
    """

    population: str = ""
    agent: Annotated[int, Field(ge=0)] = 0
    replica: Annotated[int, Field(ge=0)] = 0
    layer: Annotated[int, Field(ge=1)] = 1

    rank: ClassVar[int] = 11

    def applies(self, source: Run) -> bool:
        """Tells whether a checkpoint holds weights that were made synapse by synapse."""
        return bool(source.checkpoints) and bool(woven(source, self.layer))

    def chosen(self, source: Run) -> dict[str, Woven]:
        """Returns the populations to draw."""
        found = woven(source, self.layer)
        asked = {n: one for n, one in found.items() if self.population in ("", n)}
        if not asked:
            raise StoreError(
                f"{source.path}: populations.{self.population or '*'}",
                found=f"no layer {self.layer} that was generated synapse by synapse",
                expected=listed(found),
                fix="write 'sheets' under a relation of type synapse_generation",
            )
        return asked

    def caption(self, source: Run) -> str:
        """Says what the images are."""
        found = self.chosen(source)
        sizes = ", ".join(f"'{name}' {by(one.senders)}" for name, one in found.items())
        return (
            f"Weights into each neuron of layer {self.layer}, agent {self.agent}, as images of the "
            f"sheet they come from ({sizes}), at the last checkpoint; blue positive, vermilion "
            "negative, white none."
        )

    def draw(self, source: Run) -> Plate:
        """Draws one panel a population."""
        found = self.chosen(source)
        title = f"Receptive fields of layer {self.layer}"
        images = {
            name: mosaic(
                matrix_in(one.synapses, source.weights(name, self.agent, self.replica)), one
            )
            for name, one in found.items()
        }
        wide = SINGLE if len(images) == 1 else 2 * SINGLE
        each = wide / len(images)
        tall = max(image.shape[0] / image.shape[1] for image in images.values())
        across = tall < 1 / 2 and len(images) > 1
        shape = (len(images), 1) if across else (1, len(images))
        panel = wide * tall if across else each * tall
        height = float(np.clip((panel + 0.25) * shape[0] + 0.2, 1.2, TALLEST))
        most = max(float(np.nanmax(np.abs(image))) for image in images.values()) or 1.0
        with styled():
            figure = begin(source, (wide + 0.4, height), title, self.caption(source))
            grid = figure.subplots(*shape, squeeze=False)
            shown: AxesImage | None = None
            for axes, (name, image) in zip(grid.flat, images.items(), strict=True):
                shown = axes.imshow(
                    image, cmap=signed(), vmin=-most, vmax=most, interpolation="nearest"
                )
                axes.set_xticks([])
                axes.set_yticks([])
                axes.set_title(plain(f"{words(name)}: {by(found[name].senders)} neurons"))
                for spine in axes.spines.values():
                    spine.set_visible(False)
            if shown is not None:
                bar = figure.colorbar(shown, ax=list(grid.flat), pad=0.02, aspect=30)
                bar.set_label("weight", color=INK)
                bar.outline.set_linewidth(0.4)  # type: ignore[operator]
        return figure


def by(sheet: tuple[int, int]) -> str:
    """Writes a sheet as `8 x 8`."""
    return f"{sheet[0]} x {sheet[1]}"


def woven(run: Run, layer: int) -> dict[str, Woven]:
    """Returns the populations whose given layer of weights was made synapse by synapse.

    The last checkpoint says which matrices lead from layer to layer, in the order of the sheets.
    """
    found: dict[str, Woven] = {}
    for relation in (run.scenario.get("relations") or {}).values():
        given: Any = relation if isinstance(relation, dict) else {}
        if given.get("type") != "synapse_generation":
            continue
        name, sheets = str(given["between"][1]), given.get("sheets") or []
        joined = run.all_connections.get(name, Connections()).synapses
        ahead = [one for one in joined if not one.inner()]
        if layer > len(ahead) or len(sheets) != len(ahead) + 1:
            continue
        (w1, h1), (w2, h2) = sheets[layer - 1], sheets[layer]
        made, one = given.get("weights", "all"), ahead[layer - 1]
        if (made == "all" or one.weight in made) and one.sizes() == (w1 * h1, w2 * h2):
            found[name] = Woven((w1, h1), (w2, h2), one)
    return found


def mosaic(matrix: np.ndarray, sheets: Woven) -> np.ndarray:
    """Returns one image: for each receiver the weights from all senders, with gaps between."""
    (w1, h1), (w2, h2) = sheets.senders, sheets.receivers
    image = np.full((h2 * (h1 + GAP) - GAP, w2 * (w1 + GAP) - GAP), np.nan)
    fields = matrix.reshape(h1, w1, h2, w2)
    for y in range(h2):
        for x in range(w2):
            top, left = y * (h1 + GAP), x * (w1 + GAP)
            image[top : top + h1, left : left + w1] = fields[:, :, y, x]
    return image
