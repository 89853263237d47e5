"""Exponential memory: as many patterns as an exponential of the number of units."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
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
class ExponentialMemory(AbstractSpinMemory):
    """Stores patterns in an energy in which the nearest pattern outweighs all others.

    E = -log sum_mu exp(m_mu),  m = xi s;  s_i <- sign(h_i), sign(0) is the sign of s_i,
    h_i = 1/2 log [ sum_mu exp(m_mu - xi_mu,i s_i + xi_mu,i)
                  / sum_mu exp(m_mu - xi_mu,i s_i - xi_mu,i) ]

    Stores P = exp(alpha N) random patterns with alpha < (log 2) / 2; cues with a fraction rho of
    their signs changed are mended while alpha < I(1 - 2 rho) / 2,
    I(a) = 1/2 [(1 + a) log(1 + a) + (1 - a) log(1 - a)].

    Args:
        neurons: N, the units, each +-1. [1]
        patterns: P, the patterns stored. [1]

    Shapes: inputs and outputs `(agents, samples, neurons)`; weights `patterns`
    `(agents, patterns, neurons)`, one block of memory for agents that were taught one set.

    Source: Demircigil et al. (2017), J. Stat. Phys. 168, 288, doi:10.1007/s10955-017-1806-y.
    Departs from it: the energy is the logarithm of theirs, -sum_mu exp(m_mu). A flip lowers the one
    if and only if it lowers the other, so units turn alike; but this one does not overflow, and its
    field is at most 1, so that `cue` and `noise` have a scale.
    """

    neurons: Count
    patterns: Count

    def learned(self, xi: Float[Tensor, "agents patterns units"]) -> dict[str, Tensor]:
        """Returns the weights that store the patterns xi: the patterns."""
        return {"patterns": xi}

    def local_fields(self, weights: Weights) -> Field:
        """Returns h as a function of the states."""
        xi = weights["patterns"]

        def field(states: Tensor) -> Tensor:
            return tilted(torch.bmm(sums_of(weights, states).softmax(2), xi), states)

        return field

    def unit_fields(self, weights: Weights) -> UnitField:
        """Returns h_i as a function of i, s_i, xi_i and the sums xi s."""

        def field(unit: Tensor, own: Tensor, xi: Tensor, sums: Tensor) -> Tensor:
            return tilted((sums.softmax(1) * xi).sum(1), own)

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
        """Returns E = -log sum_mu exp(m_mu) of each state."""
        return -sums_of(weights, states).logsumexp(2)


def tilted(
    mean: Float[Tensor, "agents *units"], states: Float[Tensor, "agents *units"]
) -> Float[Tensor, "agents *units"]:
    """Returns h from what patterns have at a unit on average, weighted by exp(m).

    p = (1 + mean) / 2 and q = (1 - mean) / 2 are the weights of the patterns with +1 and with -1
    there. Without the unit's own part in m, and with +-1 in its place, the two sums of h are
    p e^(1 - s) + q e^(s - 1) and p e^(-1 - s) + q e^(s + 1), for any real s.
    """
    p, q = (1 + mean).clamp_(min=0), (1 - mean).clamp_(min=0)
    with_plus = p * (1 - states).exp() + q * (states - 1).exp()
    with_minus = p * (-1 - states).exp() + q * (states + 1).exp()
    return (with_plus / with_minus).log_().mul_(0.5)
