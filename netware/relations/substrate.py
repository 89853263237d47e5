"""Substrates: the neurons of a network as points of sheets, and the synapses between them."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from netware.errors import ScenarioError, ShapeError
from netware.population import Population


Sheet = tuple[int, int]
ENDS = 4


def places(sheet: Sheet, like: Tensor) -> Float[Tensor, "neurons 2"]:
    """Returns (x, y) of each neuron of a sheet, row by row as the pixels of an image.

    Both run from -1 to 1 whatever the number of neurons; a single row or column lies at 0.
    """
    width, height = (
        torch.linspace(-1, 1, side, dtype=like.dtype, device=like.device)
        if side > 1
        else like.new_zeros(1)
        for side in sheet
    )
    y, x = torch.meshgrid(height, width, indexing="ij")
    return torch.stack([x, y], -1).view(-1, 2)


def synapses(senders: Sheet, receivers: Sheet, like: Tensor) -> Float[Tensor, "synapses 4"]:
    """Returns (x1, y1, x2, y2) of each synapse, in the order of a matrix `[senders, receivers]`."""
    one, other = places(senders, like), places(receivers, like)
    ends = torch.cat(
        [
            one[:, None].expand(-1, len(other), -1),
            other[None].expand(len(one), -1, -1),
        ],
        2,
    )
    return ends.reshape(-1, ENDS)


def sheets_of(where: str, given: tuple[Sheet, ...], population: Population) -> tuple[Sheet, ...]:
    """Returns the sheet of each layer of a population, inputs first: those given, or lines.

    `where` is what errors begin with: the relation in the scenario.
    """
    model = population.wrapped()
    shapes = [model.weight_shapes()[name] for name in model.layers()]
    if not shapes:
        raise ScenarioError(
            f"{where}.between",
            found=f"{population.name}, which has no layers of neurons",
            expected="children with matrices from layer to layer, as of a multilayer model",
            fix="write 'generation', or choose another population",
        )
    sizes = [shapes[0][0], *(shape[1] for shape in shapes)]
    sheets = given or tuple((size, 1) for size in sizes)
    held = [width * height for width, height in sheets]
    if held != sizes:
        raise ShapeError(
            f"{where}.sheets",
            found=f"{listed(sheets)}, that is {', '.join(map(str, held))} neurons",
            expected=f"a sheet for each layer of {population.name}, inputs first, "
            f"of {', '.join(map(str, sizes))} neurons",
            fix="write width and height of each sheet, as 'sheets: [[8, 8], [10, 1]]'",
        )
    return sheets


def listed(sheets: tuple[Sheet, ...]) -> str:
    """Writes sheets as `8x8, 10x1`."""
    return ", ".join(f"{width}x{height}" for width, height in sheets)


def coordinates(
    names: tuple[str, ...], sheets: tuple[Sheet, ...], population: Population, like: Tensor
) -> list[Float[Tensor, "synapses 4"]]:
    """Returns the synapses of each of the named weights."""
    between = dict(zip(population.wrapped().layers(), pairwise(sheets), strict=True))
    return [synapses(*between[name], like) for name in names]
