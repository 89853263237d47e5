"""Graded Hopfield network: continuous units in continuous time."""

from dataclasses import dataclass
from math import log
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import softplus

from netware.draws import Stream
from netware.models.base import Draw, State, Tap, Weights, untapped
from netware.models.memories.memory import AbstractPatternMemory, random_spins, sums_of, taught
from netware.parameters import Count, Positive
from netware.tasks.base import Examples
from netware.tasks.cues import Sample, cues


@dataclass(frozen=True)
class GradedHopfield(AbstractPatternMemory):
    """Lets the potentials of units with a smooth response flow down an energy.

    tau du/dt = -u + J V,  V = tanh(gain u),  J = 1/N xi^T xi with J_ii = 0
    E = -1/2 V^T J V + sum_i [u_i V_i - 1/gain log cosh(gain u_i)],  dE/dt <= 0

    The bracket is the integral of the inverse response up to V_i. Below a gain of 1 over the
    largest eigenvalue of J, u = 0 is all there is; a single pattern is held with overlap
    m = tanh(gain m). At large gain the minima are those of the network of two states.

    Args:
        neurons: N, the units. [1]
        patterns: P, the patterns stored, each +-1. [1]
        gain: Steepness of the response. [1 / potential]
        tau: Time constant of a unit, its resistance times its capacity. [time]
        interval: Time by which one update advances. [time]
        solver: `rk4`, the classical Runge-Kutta method of fourth order; or `euler`.

    Shapes: inputs and outputs `(agents, samples, neurons)` are potentials u; weights `patterns`
    `(agents, patterns, neurons)`, one block of memory for agents that were taught one set.

    Source: Hopfield (1984), PNAS 81, 3088, doi:10.1073/pnas.81.10.3088.
    Departs from it: all units have one gain and tau; no current comes from outside, a cue is the
    potential that units begin with.
    """

    neurons: Count
    patterns: Count
    gain: Positive = 4.0
    tau: Positive = 1.0
    interval: Positive = 0.1
    solver: Literal["rk4", "euler"] = "rk4"

    def weight_reads(self) -> int:
        """Returns 2 for each evaluation of the slope."""
        return 8 if self.solver == "rk4" else 2

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws every unit of every pattern, +1 or -1 with equal chance."""
        return self.learned(random_spins(stream, self.patterns, self.neurons, dtype))

    def store(self, draw: Draw, examples: Examples, replica: Tensor) -> dict[str, Tensor]:
        """Stores the first patterns of the task, every agent those of its replica."""
        return taught(examples, self.patterns, self.neurons, replica, self.learned)

    def presented(
        self, examples: Examples, sample: Sample, corruption: float, stream: Stream
    ) -> tuple[Tensor, Tensor]:
        """Returns a stored pattern with some of its signs changed, and the pattern itself."""
        return cues(examples, self.patterns, sample, corruption, stream)

    def learned(self, xi: Float[Tensor, "agents patterns units"]) -> dict[str, Tensor]:
        """Returns the weights that store the patterns xi: the patterns."""
        return {"patterns": xi}

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Advances all potentials by `interval`."""
        step = self.interval / self.tau

        def slope(u: Tensor) -> Tensor:
            return self._driven(weights, (u * self.gain).tanh()) - u

        if self.solver == "euler":
            return inputs + step * slope(inputs)
        k1 = slope(inputs)
        k2 = slope(inputs + step / 2 * k1)
        k3 = slope(inputs + step / 2 * k2)
        k4 = slope(inputs + step * k3)
        return inputs + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    def energy(
        self, weights: Weights, states: Float[Tensor, "agents samples units"]
    ) -> Float[Tensor, "agents samples"]:
        """Returns E of each state of potentials."""
        x = states * self.gain
        v = x.tanh()
        # log cosh x = |x| + log(1 + exp(-2 |x|)) - log 2, which does not overflow.
        log_cosh = x.abs() + softplus(-2 * x.abs()) - log(2)
        held = (states * v - log_cosh / self.gain).sum(2)
        return held - 0.5 * (v * self._driven(weights, v)).sum(2)

    def _driven(self, weights: Weights, v: Tensor) -> Tensor:
        """Returns J V; a pattern of +-1 adds 1/N to each J_ii, and is taken out of it."""
        xi = weights["patterns"]
        own = xi[:1].square().sum(1) if xi.stride(0) == 0 else xi.square().sum(1)
        total = torch.bmm(sums_of(weights, v), xi)
        return total.addcmul(own[:, None], v, value=-1).div_(self.neurons)
