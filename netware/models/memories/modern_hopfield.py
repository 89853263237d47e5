"""Modern Hopfield network: continuous states, one update of which is attention."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.models.base import Draw, State, Tap, Weights, untapped
from netware.models.memories.memory import AbstractPatternMemory, check_fits, given_to, sums_of
from netware.parameters import Count, Positive
from netware.tasks.base import Examples
from netware.tasks.cues import Sample, chosen_rows, corrupted


@dataclass(frozen=True)
class ModernHopfield(AbstractPatternMemory):
    """Moves a state of real numbers to the mean of the stored patterns that it resembles.

    s <- X^T softmax(beta X s),  X the patterns in rows, M the length of the longest of them
    E = -1/beta log sum_mu exp(beta x_mu . s) + 1/2 s.s + 1/beta log P + 1/2 M^2

    0 <= E <= 2 M^2 while |s| <= M, and no update raises E. One update finds a pattern that lies
    apart from the others; at small beta it finds the mean of all. With beta = 1/sqrt(d) it is
    attention, softmax(Q K^T / sqrt(d)) V, of states Q to patterns K = V.

    Args:
        neurons: Numbers in a state. [1]
        patterns: P, the patterns stored. [1]
        beta: Inverse temperature; the larger, the nearer to a single pattern. [1 / length^2]

    Shapes: inputs and outputs `(agents, samples, neurons)`; weights `patterns`
    `(agents, patterns, neurons)`, any real numbers, as the task has them.

    Source: Ramsauer et al. (2021), Int. Conf. Learn. Represent., arXiv:2008.02217.
    Departs from it: nothing; a cue is a stored pattern, each number of which is replaced with
    probability `corruption` by that of another stored pattern.
    """

    neurons: Count
    patterns: Count
    beta: Positive = 1.0

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws every number of every pattern from N(0, 1)."""
        return {"patterns": stream.normal(size=(self.patterns, self.neurons), dtype=dtype)}

    def store(self, draw: Draw, examples: Examples, replica: Tensor) -> dict[str, Tensor]:
        """Stores the first patterns of the task as they are, every agent those of its replica."""
        check_fits(examples, self.patterns, self.neurons)
        return given_to(chosen_rows(examples, self.patterns), replica, lambda x: {"patterns": x})

    def presented(
        self, examples: Examples, sample: Sample, corruption: float, stream: Stream
    ) -> tuple[Tensor, Tensor]:
        """Returns a stored pattern mixed with another, and the pattern itself."""
        x = chosen_rows(examples, self.patterns)
        return corrupted(Examples(x, x, "patterns"), sample, corruption, stream)

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Updates all samples once."""
        likeness = sums_of(weights, inputs).mul_(self.beta)
        return torch.bmm(likeness.softmax(2), weights["patterns"])

    def energy(
        self, weights: Weights, states: Float[Tensor, "agents samples units"]
    ) -> Float[Tensor, "agents samples"]:
        """Returns E of each state; log-mean-exp is the first and third term together."""
        x = weights["patterns"]
        longest = x.square().sum(2).amax(1)[:, None]
        log_sum = (sums_of(weights, states) * self.beta).logsumexp(2)
        log_count = torch.full_like(log_sum, self.patterns).log()
        return (log_count - log_sum) / self.beta + 0.5 * (states.square().sum(2) + longest)
