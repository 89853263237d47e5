"""What probes of averages over time share: sums of powers of the order parameter."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from netware.population import Population
from netware.probes.base import Memory


POWERS: dict[str, int] = {"steps": 0, "order": 1, "square": 2, "fourth": 4}
"""What each sum of the memory is of, as a power of the order parameter."""


def no_powers(population: Population) -> dict[str, Tensor]:
    """Returns sums of nothing yet."""
    zeros = torch.zeros(population.replicas, dtype=torch.float64, device=population.device)
    return dict.fromkeys(POWERS, zeros)


def with_powers(population: Population, column: str, sums: Memory) -> dict[str, Tensor]:
    """Returns the sums with the powers of phi = |1/N sum_i e_i| added, e_i of length 1."""
    if not population.agents:
        return dict(sums)
    heading = normalize(population.per_replica(population[column]).double(), dim=-1)
    phi = heading.mean(1).norm(dim=-1)
    return {name: sums[name] + phi.pow(power) for name, power in POWERS.items()}


def mean_powers(sums: Memory) -> tuple[Tensor, Tensor, Tensor]:
    """Returns <phi>, <phi^2> and <phi^4> of each replica; no numbers before the first is summed."""
    steps = sums["steps"]
    return sums["order"] / steps, sums["square"] / steps, sums["fourth"] / steps
