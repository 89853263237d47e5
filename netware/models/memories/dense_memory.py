"""Dense associative memory: an energy so steep that many more patterns fit."""

from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from jaxtyping import Float
from pydantic import Field as Range
from torch import Tensor

from netware.models.base import State, Tap, Weights, untapped
from netware.models.memories.memory import (
    AbstractSpinMemory,
    Field,
    UnitField,
    aligned,
    sums_of,
)
from netware.parameters import Count


@dataclass(frozen=True)
class DenseMemory(AbstractSpinMemory):
    """Stores patterns in an energy that counts near matches more than all others together.

    E = -sum_mu F(m_mu),  m = xi s;  s_i <- sign(h_i), sign(0) is the sign of s_i,
    h_i = 1/2 sum_mu [F(m_mu - xi_mu,i s_i + xi_mu,i) - F(m_mu - xi_mu,i s_i - xi_mu,i)]
    F(x) = N/n (x / N)^n (polynomial), or N/n max(x / N, 0)^n (rectified)

    Errors stay rare up to about N^(n-1) / (2 (2n-3)!! ln N) patterns. n = 2 is a Hopfield network
    without self-coupling. Since xi and s are +-1, all N fields are one product with the patterns:
    h = 1/4 xi^T [F(m + 2) - F(m - 2)] + 1/4 s sum_mu [2 F(m) - F(m + 2) - F(m - 2)].

    Args:
        neurons: N, the units, each +-1. [1]
        patterns: P, the patterns stored. [1]
        power: n, the steepness of the energy. [1]
        interaction: `polynomial`, where an even n takes a pattern and its inverse for one; or
            `rectified`, which has no energy to win by being unlike a pattern.

    Shapes: inputs and outputs `(agents, samples, neurons)`; weights `patterns`
    `(agents, patterns, neurons)`, one block of memory for agents that were taught one set.

    Source: Krotov and Hopfield (2016), Adv. Neural Inf. Process. Syst. 29, arXiv:1606.01164.
    Departs from it: F has the factor N^(1-n) / n, so that a field in a stored pattern is 1 and
    n = 2 has the field of a Hopfield network; a state may be real (a mean of states), and its
    fields are then those of the last line.
    """

    neurons: Count
    patterns: Count
    power: Annotated[int, Range(ge=2, le=100)] = 3
    interaction: Literal["polynomial", "rectified"] = "polynomial"

    def learned(self, xi: Float[Tensor, "agents patterns units"]) -> dict[str, Tensor]:
        """Returns the weights that store the patterns xi: the patterns."""
        return {"patterns": xi}

    def local_fields(self, weights: Weights) -> Field:
        """Returns h as a function of the states."""
        xi = weights["patterns"]

        def field(states: Tensor) -> Tensor:
            slope, bend = self._differences(sums_of(weights, states))
            return torch.bmm(slope, xi).addcmul_(bend.sum(2, keepdim=True), states)

        return field

    def unit_fields(self, weights: Weights) -> UnitField:
        """Returns h_i as a function of i, s_i, xi_i and the sums xi s."""

        def field(unit: Tensor, own: Tensor, xi: Tensor, sums: Tensor) -> Tensor:
            slope, bend = self._differences(sums)
            return (slope * xi).sum(1).addcmul_(bend.sum(1), own)

        return field

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Updates all units of all samples at once, once."""
        return aligned(self.local_fields(weights)(inputs), inputs)

    def energy(
        self, weights: Weights, states: Float[Tensor, "agents samples units"]
    ) -> Float[Tensor, "agents samples"]:
        """Returns E = -sum_mu F(m_mu) of each state."""
        return -self._interaction(sums_of(weights, states)).sum(2)

    def _interaction(self, sums: Tensor) -> Tensor:
        """Returns F of each sum."""
        share = sums / self.neurons
        if self.interaction == "rectified":
            share = share.relu()
        return share.pow(self.power) * (self.neurons / self.power)

    def _differences(self, sums: Tensor) -> tuple[Tensor, Tensor]:
        """Returns [F(m + 2) - F(m - 2)] / 4 and [2 F(m) - F(m + 2) - F(m - 2)] / 4."""
        above, below = self._interaction(sums + 2), self._interaction(sums - 2)
        bend = self._interaction(sums).mul_(2).sub_(above).sub_(below)
        return above.sub_(below).mul_(0.25), bend.mul_(0.25)
