"""Hopfield network: binary units that fall into stored patterns."""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from netware.models.base import State, Tap, Weights, untapped
from netware.models.memories.memory import (
    AbstractSpinMemory,
    ByUnit,
    Field,
    UnitField,
    aligned,
    at,
    sums_of,
)
from netware.parameters import Count


@dataclass(frozen=True)
class Hopfield(AbstractSpinMemory):
    """Stores patterns as couplings between binary units and recalls the one it is reminded of.

    s_i <- sign(h_i),  h = J s,  J = 1/N xi^T eta,  E = -1/2 s^T J s;  sign(0) is the sign of s_i.
    eta = xi (hebbian), or eta = Q^-1 xi with Q = xi xi^T / N (pseudo_inverse), which makes patterns
    that resemble each other fixed points too. J is never made: h = 1/N eta^T (xi s) - J_ii s.

    Args:
        neurons: N, the units, each +-1. [1]
        patterns: P, the patterns stored. [1]
        learning: `hebbian`, or `pseudo_inverse` for patterns that resemble each other.
        self_coupling: `none` sets J_ii = 0; `kept` leaves J_ii as learned, P / N if hebbian.

    Shapes: inputs and outputs `(agents, samples, neurons)`; weights `patterns`, and `duals` (eta)
    if pseudo_inverse, of `(agents, patterns, neurons)`. Agents that were taught one set share it:
    their weights are one block of memory, expanded, as nothing writes into weights.

    Source: Hopfield (1982), PNAS 79, 2554, doi:10.1073/pnas.79.8.2554; pseudo_inverse: Personnaz,
    Guyon and Dreyfus (1985), J. Physique Lett. 46, 359, doi:10.1051/jphyslet:01985004608035900;
    self_coupling: Folli, Leonetti and Ruocco (2017), doi:10.3389/fncom.2016.00144.
    Departs from it: units are +-1, not 0 and 1; a state may be real (a mean of states), and the
    first update makes it binary.
    """

    neurons: Count
    patterns: Count
    learning: Literal["hebbian", "pseudo_inverse"] = "hebbian"
    self_coupling: Literal["none", "kept"] = "none"

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns the patterns, and eta where it is not the patterns themselves."""
        shape = (self.patterns, self.neurons)
        return {"patterns": shape} | ({"duals": shape} if self.learning != "hebbian" else {})

    def learned(self, xi: Float[Tensor, "agents patterns units"]) -> dict[str, Tensor]:
        """Returns the weights that store the patterns xi; Q is inverted in float64."""
        if self.learning == "hebbian":
            return {"patterns": xi}
        exact = xi.double()
        overlaps = torch.bmm(exact, exact.transpose(1, 2)) / self.neurons
        duals = torch.bmm(torch.linalg.pinv(overlaps, hermitian=True), exact)
        return {"patterns": xi, "duals": duals.to(xi.dtype)}

    def local_fields(self, weights: Weights) -> Field:
        """Returns h as a function of the states."""
        xi, eta = weights["patterns"], self._eta(weights)
        own = self._own(xi, eta)[:, None]

        def field(states: Tensor) -> Tensor:
            total = torch.bmm(sums_of(weights, states), eta)
            return total.addcmul(own, states, value=-1).div_(self.neurons)

        return field

    def unit_fields(self, weights: Weights) -> UnitField:
        """Returns h_i as a function of i, s_i, xi_i and the sums xi s."""
        coupling = self._own(weights["patterns"], self._eta(weights))
        eta = ByUnit.of(weights["duals"]).at if self.learning == "pseudo_inverse" else None

        def field(unit: Tensor, own: Tensor, xi: Tensor, sums: Tensor) -> Tensor:
            total = ((xi if eta is None else eta(unit)) * sums).sum(1)
            return total.addcmul(at(coupling, unit), own, value=-1).div_(self.neurons)

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
        """Returns E = -1/2 s^T J s of each state."""
        return (self.local_fields(weights)(states) * states).sum(2) * -0.5

    def _eta(self, weights: Weights) -> Tensor:
        """Returns eta."""
        return weights["patterns"] if self.learning == "hebbian" else weights["duals"]

    def _own(self, xi: Tensor, eta: Tensor) -> Tensor:
        """Returns N J_ii `[agents, neurons]`, which is taken out of the field."""
        if self.self_coupling == "kept":
            return torch.zeros_like(xi[:, 0])
        if xi.stride(0) == eta.stride(0) == 0:
            return (xi[:1] * eta[:1]).sum(1).expand(len(xi), -1)
        return (xi * eta).sum(1)
