"""Initial columns of state, as the scenario writes them."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from netware.draws import Draws, Purpose, Stream
from netware.errors import ShapeError
from netware.files.origin import Origin
from netware.graphs.names import Names
from netware.graphs.people import people_of
from netware.population import Population
from netware.scenario.schema import FromFile, Normal, Uniform
from netware.space.box import Space


def width(column: str, spec: Any, space: Space | None) -> int:
    """Returns how many numbers an agent has in a column, 0 for a single plain number."""
    if isinstance(spec, list) and isinstance(spec[0], list):
        return len(spec[0])
    if isinstance(spec, (Uniform, Normal)):
        return spec.size or (space.dimensions if space and column in SPATIAL else 0)
    return space.dimensions if space and column in SPATIAL and not isinstance(spec, list) else 0


SPATIAL = ("position", "heading", "velocity")


def initial(
    population: Population, column: str, spec: Any, space: Space | None, draws: Draws
) -> Tensor:
    """Returns a column `[agents of all replicas, ...]`.

    `uniform` is U[0, 1), but for `position` uniform in the box and for `heading` a uniform
    direction of length 1. `normal` is N(0, 1). A list has one entry per agent of a replica.
    """
    if isinstance(spec, FromFile):
        return listed(population, column, from_file(population, column, spec))
    stream = draws.stream(Purpose.STATE, f"{population.name}.{column}", population.agents)
    many = width(column, spec, space)
    size = (many,) if many else ()
    dtype, shape = population.dtype, (population.total, *size)
    if isinstance(spec, list):
        return listed(population, column, spec)
    if isinstance(spec, Uniform):
        low, high = spec.uniform
        return stream.uniform(low, high, size, dtype)
    if isinstance(spec, Normal):
        mean, sd = spec.normal
        return stream.normal(mean, sd, size, dtype)
    if spec == "uniform" and column == "heading" and space:
        return directions(stream, space.dimensions, dtype)
    if spec == "uniform" and column == "position" and space:
        return space.wrap(stream.uniform(0.0, space.box, size, dtype))
    if spec == "uniform":
        return stream.uniform(0.0, 1.0, size, dtype)
    if spec == "normal":
        return stream.normal(0.0, 1.0, size, dtype)
    value = 0.0 if spec == "zeros" else float(spec)
    return torch.full(shape, value, dtype=dtype, device=population.device)


def from_file(population: Population, column: str, spec: FromFile) -> list[float]:
    """Returns the number of each agent of a replica, from a file."""
    where = f"populations.{population.name}.state.{column}.file"
    origin = Origin(Path(spec.file), where)
    people = people_of(origin, origin.version())
    names = population.who or Names(population.initial_agents)
    return people.values(spec.column or column, names).tolist()


def listed(population: Population, column: str, spec: list) -> Tensor:
    """Returns the same listed values for every replica."""
    if len(spec) != population.initial_agents:
        raise ShapeError(
            f"populations.{population.name}.state.{column}",
            found=f"a list of {len(spec)}",
            expected=f"one entry for each of {population.initial_agents} agents",
            fix="write as many entries as agents, or 'uniform'",
        )
    values = torch.tensor(spec, dtype=population.dtype, device=population.device)
    empty_slots = values.new_zeros(population.empty_slots, *values.shape[1:])
    values = torch.cat([values, empty_slots]) if population.empty_slots else values
    return values.repeat(population.replicas, *[1] * (values.dim() - 1))


def directions(stream: Stream, dimensions: int, dtype: torch.dtype) -> Tensor:
    """Draws unit vectors uniformly: by angle in the plane, by height and angle in space."""
    drawn = stream.uniform(0.0, 1.0, (2,), torch.float64)
    angle = drawn[:, 0] * 2 * torch.pi
    if dimensions == 2:
        return torch.stack([angle.cos(), angle.sin()], 1).to(dtype)
    height = drawn[:, 1] * 2 - 1
    around = (1 - height.square()).sqrt()
    return torch.stack([around * angle.cos(), around * angle.sin(), height], 1).to(dtype)
