"""What rules of avalanches share: slow drive, fast avalanche, and the count of sizes."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.draws import Purpose
from netware.errors import ShapeError
from netware.population import Population
from netware.rules.base import Acting
from netware.world import World


THRESHOLD = 1.0
LOOK_EVERY = 8

Wave = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


def begun(world: World, acting: Acting, on: str, state: str) -> World:
    """Gives every unit a potential from U[0, 1), where it has none, and an empty count of sizes."""
    population = world[on]
    drawn = acting.stream(world, on, "start").uniform(dtype=population.dtype)
    given = population[state] if state in population.state else drawn
    if given.shape != drawn.shape:
        raise ShapeError(
            f"rules.{acting.rule}.state",
            found=f"'{state}' of shape {tuple(given.shape[1:])} for each agent",
            expected="one number for each agent, its potential",
            fix=f"leave '{state}' out under populations.{on}.state",
        )
    counts = torch.zeros(population.total, dtype=torch.int64, device=population.device)
    columns = {state: given, "firings": torch.zeros_like(drawn), "avalanches": counts}
    return world.with_state(on, **columns)


def driven(
    world: World, acting: Acting, potential: Float[Tensor, "replicas units"], push: float, most: int
) -> tuple[Float[Tensor, "replicas units"], Int[Tensor, " replicas"]]:
    """Pushes one random unit after another until one reaches the threshold, `most` times at most.

    Returns the potentials, and how many pushes each replica took. All pushes are made at once: how
    often a site was drawn before says what a push finds there.
    """
    replicas, units = potential.shape
    stream = world.draws.stream(Purpose.RULE, f"{acting.rule}/site", 1, world.step)
    sites = stream.integers(units, (most,)).view(replicas, most)
    places = torch.arange(most, device=sites.device)
    again = (sites[:, :, None] == sites[:, None, :]) & (places[None, :] <= places[:, None])
    reached = potential.gather(1, sites) + push * again.sum(2)
    over = reached >= THRESHOLD
    loaded = (potential >= THRESHOLD).any(1)
    first = torch.where(over, places, most - 1).amin(1)
    pushes = (first + 1).masked_fill(loaded, 0)
    made = (places[None, :] < pushes[:, None]).to(potential.dtype).mul_(push)
    return potential.scatter_add(1, sites, made), pushes


def avalanche(
    potential: Float[Tensor, "replicas units"],
    kept: Float[Tensor, "replicas units"],
    wave: Wave,
    most: int,
) -> tuple[
    Float[Tensor, "replicas units"],
    Float[Tensor, "replicas units"],
    Float[Tensor, "replicas units"],
]:
    """Lets units fire, wave by wave, until all are below the threshold; at most `most` waves.

    `wave` takes who fires, the potentials and what else units keep, and returns the last two.
    Returns both, and how often each unit fired. Whether all is quiet is asked of the device every
    few waves only: a wave in which none fires changes nothing.
    """
    firings = torch.zeros_like(potential)
    for number in range(most):
        fires = (potential >= THRESHOLD).to(potential.dtype)
        if number % LOOK_EVERY == 0 and not bool(fires.any()):
            break
        potential, kept = wave(fires, potential, kept)
        firings = firings + fires
    return potential, kept, firings


def counted(
    population: Population, firings: Float[Tensor, "replicas units"], counts: bool
) -> Int[Tensor, " total"]:
    """Returns the histogram of sizes with this avalanche in it, where it counts.

    Entry i of a replica is the number of avalanches of i + 1 firings; the last, as many firings as
    there are units, or more.
    """
    histogram = population.per_replica(population["avalanches"])
    if not counts:
        return histogram.flatten()
    size = firings.sum(1, keepdim=True).long()
    place = size.clamp(1, population.agents) - 1
    return histogram.scatter_add(1, place, (size > 0).long()).flatten()
