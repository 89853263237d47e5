"""Linear pieces: into how many straight pieces networks break a line through their inputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor

from netware.axes import AGENT
from netware.errors import Problem
from netware.models.base import AbstractModel, State, Weights
from netware.needs.base import AbstractNeed, Surroundings, population_of
from netware.needs.models import HasModel
from netware.parameters import MOST, Index, PopulationName, Positive, Real
from netware.population import CHUNK_BYTES, rows
from netware.probes.base import AbstractProbe
from netware.world import World


PHASE = (5**0.5 - 1) / 2
EDGE = 1e-6


@dataclass(frozen=True)
class Line(AbstractNeed):
    """A line through the space of the model's inputs, and an output that it has."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns an output, or a line, that the model has not got."""
        population = population_of(member, world)
        if population is None or population.model is None:
            return []
        inputs, outputs = population.model.input_size(), population.model.output_size()
        problems = []
        if member.output >= outputs:
            problems.append(
                Problem(
                    f"{where}.output",
                    f"{outputs} outputs, but output {member.output} is to be read",
                    f"an output of 0 .. {outputs - 1}",
                    f"write 'output: {outputs - 1}' for the last one",
                )
            )
        for name, given in (("direction", member.direction), ("origin", member.origin)):
            if len(given) not in (0, inputs):
                problems.append(
                    Problem(
                        f"{where}.{name}",
                        f"{inputs} inputs, but {len(given)} numbers as {name}",
                        f"{inputs} numbers",
                        f"write one number per input, or leave '{name}' out",
                    )
                )
        if member.low >= member.high:
            found = f"a line from {member.low:g} to {member.high:g}"
            fix = "write a 'high' above 'low'"
            problems.append(Problem(f"{where}.high", found, "an end beyond the beginning", fix))
        return problems

    def sentence(self) -> str:
        """Says what must be there."""
        return "an output that the model has, and a line with a number for each input"


@dataclass(frozen=True)
class LinearPieces(AbstractProbe):
    """Counts the straight pieces of one output along a line through the space of inputs.

    x(t) = origin + t direction,   low <= t <= high;   pieces = 1 + breaks of y_k(x(t))

    At each point of a grid the value and the exact slope of y_k are computed in double
    precision, and between two points the value where their two lines meet. There is no break
    between them if both lie on one line, one break if the lines meet in between and y_k is there
    on both, else two. So the count is never too large, and exact where each gap holds one break
    at the most (of two in one gap, a bend and a larger opposite one may look like one); the grid
    is shifted by an irrational part of a gap, so that breaks at round numbers fall into gaps.
    Meant for activations of straight pieces, such as relu; with any other, nearly every gap
    counts.

    Args:
        on: Population to measure.
        output: k, the output that is read. [1]
        direction: Direction of the line, one number per input; all ones if none are given.
        origin: Where t = 0; the zero sample if none is given.
        low: Where the line begins. [1]
        high: Where the line ends. [1]
        points: Points of the grid. [1]
        tolerance: Difference of slopes, relative to the largest of the agent, up to which two
            pieces count as one. [1]

    Reads: weights.
    Quantities: `pieces` of each agent; `mean` and `most` of a replica. [1]

    Source: Montufar, Pascanu, Cho and Bengio (2014), arXiv:1402.1869, on counting linear regions.
    Departs from it: counts along a line, as in Fan et al. (2023), arXiv:2305.07037.
    """

    on: PopulationName
    output: Index = 0
    direction: tuple[Real, ...] = ()
    origin: tuple[Real, ...] = ()
    low: Real = -1.0
    high: Real = 1.0
    points: Annotated[int, Field(ge=3, le=MOST)] = 1000
    tolerance: Positive = 1e-6

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "pieces": (AGENT,),
        "mean": (),
        "most": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (
        HasModel(),
        Line(),
    )

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns the pieces of every agent, some agents at a time to fit memory."""
        self.insist(world)
        population = world[self.on]
        model = population.wrapped()
        if not population.agents:
            return self.nothing(population)
        t = self.grid(population.device)
        x = self.samples(t[None], model.input_size())
        # Forward and backward pass keep every activity twice.
        numbers = 16 * self.points * model.units()
        size = max(1, CHUNK_BYTES // numbers)
        parts = []
        for start in range(0, population.total, size):
            weights, state = (
                {
                    name: values.double() if values.is_floating_point() else values
                    for name, values in rows(held, start, size).items()
                }
                for held in (population.weights, population.state)
            )
            y, slope = self.sloped(model, weights, state, x)
            at = met(t, y, slope, self.tolerance)
            between = model.forward(weights, self.samples(at, x.shape[2]), state)[..., self.output]
            parts.append(1 + breaks(t, y, slope, at, between, self.tolerance))
        pieces = population.per_replica(torch.cat(parts).double())
        return {"pieces": pieces, "mean": pieces.mean(1), "most": pieces.amax(1)}

    def grid(self, device: torch.device) -> Float[Tensor, " points"]:
        """Returns t at every point: two hardly inside the ends, the others between them."""
        inner = torch.arange(self.points - 2, dtype=torch.float64, device=device) + PHASE
        inner = inner / (self.points - 2)
        ends = EDGE * PHASE / self.points
        part = torch.cat([inner.new_tensor([ends]), inner, inner.new_tensor([1 - ends])])
        return self.low + (self.high - self.low) * part

    def samples(
        self, t: Float[Tensor, "agents points"], inputs: int
    ) -> Float[Tensor, "agents points inputs"]:
        """Returns the samples x(t)."""
        direction = t.new_tensor(self.direction or (1.0,) * inputs)
        origin = t.new_tensor(self.origin or (0.0,) * inputs)
        return origin + t[:, :, None] * direction

    def sloped(
        self, model: AbstractModel, weights: Weights, state: State, x: Tensor
    ) -> tuple[Float[Tensor, "agents points"], Float[Tensor, "agents points"]]:
        """Returns y_k and dy_k/dt at every point of the grid, exact but for rounding."""
        agents = len(next(iter(weights.values())))
        direction = x.new_tensor(self.direction or (1.0,) * x.shape[2])
        with torch.enable_grad():
            inputs = x.expand(agents, -1, -1).clone().requires_grad_()
            y = model.forward(weights, inputs, state)[..., self.output]
            (gradient,) = torch.autograd.grad(y.sum(), inputs)
        return y.detach(), gradient @ direction


def steepest(slope: Float[Tensor, "agents points"]) -> Float[Tensor, "agents 1"]:
    """Returns the largest slope of each agent, above 0."""
    return slope.abs().amax(1, keepdim=True).clamp_min(torch.finfo(slope.dtype).tiny)


def bent(slope: Float[Tensor, "agents points"], tolerance: float) -> Bool[Tensor, "agents gaps"]:
    """Tells in which gaps the slope changes."""
    return slope.diff(dim=1).abs() > tolerance * steepest(slope)


def met(
    t: Float[Tensor, " points"],
    y: Float[Tensor, "agents points"],
    slope: Float[Tensor, "agents points"],
    tolerance: float,
) -> Float[Tensor, "agents gaps"]:
    """Returns where in each gap its two lines meet, or its middle where they do not.

    The lines of slopes s and s' through two neighbouring points meet at the fraction
    u = (y' - y - s' dt) / ((s - s') dt) of the gap dt.
    """
    dt, changes = t.diff(), bent(slope, tolerance)
    apart = torch.where(changes, -slope.diff(dim=1) * dt, torch.ones_like(y[:, 1:]))
    u = (y.diff(dim=1) - slope[:, 1:] * dt) / apart
    inside = changes & (u >= 0) & (u <= 1)
    return t[:-1] + dt * torch.where(inside, u, torch.full_like(u, 0.5))


def breaks(
    t: Float[Tensor, " points"],
    y: Float[Tensor, "agents points"],
    slope: Float[Tensor, "agents points"],
    at: Float[Tensor, "agents gaps"],
    between: Float[Tensor, "agents gaps"],
    tolerance: float,
) -> Float[Tensor, " agents"]:
    """Counts the bends of functions that are straight in pieces.

    Args:
        t: Points of the grid.
        y: Values there.
        slope: Slopes there.
        at: A point in every gap, where its two lines meet if they do.
        between: Values there.
        tolerance: What counts as straight, relative to the largest slope.
    """
    allowed = tolerance * steepest(slope) * t.diff()
    left = (between - y[:, :-1] - slope[:, :-1] * (at - t[:-1])).abs() > allowed
    right = (between - y[:, 1:] - slope[:, 1:] * (at - t[1:])).abs() > allowed
    off = left | right
    once = bent(slope, tolerance) & ~off
    return (once.double() + 2 * off.double()).sum(1)
