"""URN: one dense recursion without layers, in which structure may emerge."""

from dataclasses import dataclass
from math import prod
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Stream
from netware.errors import ScenarioError
from netware.models.base import AbstractModel, State, Tap, Weights, affine, untapped
from netware.models.layers.activations import ACTIVATIONS, Activation
from netware.models.layers.geometry import sites, synaptic_length
from netware.models.layers.initial import Initial, initial_weights
from netware.models.layers.synapses import INPUT, OUTPUT, Places, Recursion, Synapses
from netware.parameters import Count, NonNegative, Positive


Residual = Literal["none", "output", "input"]

LARGE = 512
FEW = 0.5


@dataclass(frozen=True)
class Urn(AbstractModel):
    """Applies one dense matrix to all neurons, I times over (Unrestricted Recursive Network).

    N^(0) = [x, 0 ... 0],   N^(l+1) = phi(N^(l) W + b) + R^(l),   l = 0 .. I - 1,
    y = the last `outputs` neurons of N^(I)

    R = 0 for `none`; for `output`, R = N^(l) on the last `outputs` neurons, which so accumulate;
    for `input`, R = x on the first `inputs` neurons, which so see the sample at every iteration.

    The first iteration reads only the rows of W that leave input neurons, the last computes only
    the columns that enter output neurons, and one large network of relu reads only the rows that
    leave neurons that are active for some sample, once these are few: so late training of a
    network that pays for activity is cheaper. All are identities, not approximations.

    Args:
        inputs: Numbers in a sample, the first neurons. [1]
        outputs: Numbers in an answer, the last neurons. [1]
        neurons: S, all neurons, those of input and output among them. [1]
        iterations: I, how often W is applied. [1]
        residual: What is added after phi: `none`, `output` or `input`.
        activation: phi, under PyTorch's name; the outputs go through it as well.
        initial: How W is drawn, under PyTorch's name; `kaiming_normal` has variance 2 / S.
        spread: Half width of `uniform`, or standard deviation of `normal`. [1]
        cube: Sites (x, y, z) of the lattice in which the neurons lie, so S = x y z; none for
            neurons without a place. Inputs fill the plane z = 0 from its first site, outputs lie
            at the centre of the last plane.
        beta: Weight of z in the distance, d^2 = dx^2 + dy^2 + beta dz^2. [1]
        gamma: Power of the distance in the length of a synapse, d^gamma. [1]

    Shapes: inputs `(agents, samples, inputs)`, outputs `(agents, samples, outputs)`, `w`
    `(agents, neurons, neurons)`, `b` `(agents, neurons)`. W is kept as rows of senders and
    columns of receivers, `w[:, j, i]` from neuron j to neuron i: the paper's W_ij transposed.

    Source: Golkar (2019), arXiv:1911.11691, equations 2 to 4 and 6 to 9.
    Departs from it: indices count as equations 2 and 4 mean, S - outputs .. S - 1.
    """

    inputs: Count
    outputs: Count
    neurons: Count
    iterations: Count = 4
    residual: Residual = "none"
    activation: Activation = "relu"
    initial: Initial = "kaiming_normal"
    spread: Positive = 0.2
    cube: tuple[Count, Count, Count] | None = None
    beta: NonNegative = 1.0
    gamma: NonNegative = 1.0

    def __post_init__(self):
        """Refuses fewer neurons than inputs and outputs need, and a lattice of another size."""
        if self.inputs + self.outputs > self.neurons:
            raise ScenarioError(
                "neurons",
                found=f"{self.neurons} neurons for {self.inputs} inputs, {self.outputs} outputs",
                expected="inputs and outputs to be different neurons",
                fix=f"write 'neurons: {self.inputs + self.outputs}' or more",
            )
        if self.cube is not None:
            self.refuse_cube(self.cube)

    def refuse_cube(self, cube: tuple[int, int, int]) -> None:
        """Refuses a lattice that the neurons do not fill as the docstring says."""
        plane, many = cube[0] * cube[1], prod(cube)
        if many != self.neurons:
            raise ScenarioError(
                "cube",
                found=f"{many} sites for {self.neurons} neurons",
                expected="as many sites as neurons",
                fix=f"write 'neurons: {many}'",
            )
        if cube[2] < 2 or max(self.inputs, self.outputs) > plane:
            raise ScenarioError(
                "cube",
                found=f"{cube[2]} planes of {plane} sites",
                expected=f"2 planes or more, of {max(self.inputs, self.outputs)} sites or more",
                fix="make x and y, or z, larger",
            )

    def input_size(self) -> int:
        """Returns the numbers in a sample."""
        return self.inputs

    def output_size(self) -> int:
        """Returns the numbers in an answer."""
        return self.outputs

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns w and b."""
        return {"w": (self.neurons, self.neurons), "b": (self.neurons,)}

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws w as `initial` says."""
        return initial_weights(self.weight_shapes(), self.initial, self.spread, stream, dtype)

    def synapses(self) -> tuple[Synapses, ...]:
        """Returns W, from all neurons to all: those of the input, those between, the outputs."""
        first = self.neurons - self.outputs
        shown = tuple(f"iteration{at}" for at in range(1, self.iterations + 1))
        neurons = (
            Places(INPUT, 0, self.inputs),
            Places("neurons", self.inputs, first - self.inputs, shown),
            Places(OUTPUT, first, self.outputs),
        )
        return (Synapses("w", "b", neurons, neurons, times=self.iterations),)

    def recursion(self) -> Recursion:
        """Returns W as the recursion that it is."""
        sizes = (self.inputs, self.outputs, self.neurons, self.iterations)
        return Recursion("w", "b", *sizes, self.residual, self.cube, self.beta)

    def weight_reads(self) -> int:
        """Returns I: each iteration reads w."""
        return self.iterations

    def flops(self) -> int:
        """Returns what is left to compute where inputs are zero and outputs alone are read."""
        if self.iterations == 1:
            return 2 * self.inputs * self.outputs
        whole = (self.iterations - 2) * self.neurons
        return 2 * self.neurons * (self.inputs + whole + self.outputs)

    def sites(self, like: Tensor) -> Float[Tensor, "neurons 3"]:
        """Returns the site of each neuron, in the type and on the device of `like`."""
        if self.cube is None:
            raise ScenarioError(
                "model.cube",
                found="neurons without a place",
                expected="a lattice, since something asks how long synapses are",
                fix="write 'cube: [x, y, z]' under the model, with x y z neurons",
            )
        return sites(self.cube, self.outputs, like)

    def synaptic_length(self, weights: Weights) -> Float[Tensor, " agents"]:
        """Returns sum_ij |W_ij| d_ij^gamma of each agent."""
        return synaptic_length(weights["w"], self.sites(weights["w"]), self.beta, self.gamma)

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes y for every agent and sample; the parts are N^(1) .., as `iteration1 ..`.

        Without a tap only the outputs are computed in the last iteration: no other part reads it.
        """
        if tap is not untapped:
            return self.tapped(weights, inputs, tap)
        w, b = weights["w"], weights["b"]
        first = self.neurons - self.outputs
        if self.iterations == 1:
            return self.phi(affine(inputs, w[:, : self.inputs, first:], b[:, first:]))
        h = self.begun(w, b, inputs)
        for _ in range(self.iterations - 2):
            h = self.iterated(w, b, inputs, h)
        y = self.phi(self.received(h, w[:, :, first:], b[:, first:]))
        return y + h[..., first:] if self.residual == "output" else y

    def tapped(self, weights: Weights, inputs: Tensor, tap: Tap) -> Tensor:
        """Computes y where all neurons of every iteration go through the tap."""
        w, b = weights["w"], weights["b"]
        h = tap("iteration1", self.begun(w, b, inputs))
        for iteration in range(2, self.iterations + 1):
            h = tap(f"iteration{iteration}", self.iterated(w, b, inputs, h))
        return h[..., self.neurons - self.outputs :]

    def phi(self, x: Tensor) -> Tensor:
        """Returns the activation."""
        return ACTIVATIONS[self.activation](x)

    def begun(self, w: Tensor, b: Tensor, inputs: Tensor) -> Tensor:
        """Returns N^(1): before it, only the input neurons are not zero."""
        h = self.phi(affine(inputs, w[:, : self.inputs], b))
        return self.fed(h, inputs) if self.residual == "input" else h

    def iterated(self, w: Tensor, b: Tensor, inputs: Tensor, h: Tensor) -> Tensor:
        """Returns N^(l+1) from N^(l)."""
        new = self.phi(self.received(h, w, b))
        if self.residual == "output":
            first = self.neurons - self.outputs
            return joined(new[..., :first], new[..., first:] + h[..., first:])
        return self.fed(new, inputs) if self.residual == "input" else new

    def received(self, h: Tensor, w: Tensor, b: Tensor) -> Tensor:
        """Returns h W + b; of silent neurons neither the rows are read nor the gradients sought.

        Of relu, neither a silent neuron nor its gradient is anything but 0.
        """
        if len(w) > 1 or self.neurons < LARGE or self.activation != "relu":
            return affine(h, w, b)
        active = (h != 0).flatten(0, 1).any(0).nonzero()[:, 0]
        if len(active) > self.neurons * FEW:
            return affine(h, w, b)
        few = h.transpose(1, 2).index_select(1, active).transpose(1, 2)
        return affine(few, w.index_select(1, active), b)

    def fed(self, h: Tensor, inputs: Tensor) -> Tensor:
        """Returns the neurons with x added to those of the input."""
        return joined(h[..., : self.inputs] + inputs, h[..., self.inputs :])


def joined(left: Tensor, right: Tensor) -> Tensor:
    """Joins neurons along the last axis and keeps them feature-major, as `affine` has them."""
    if left.shape[1] == 1:
        return torch.cat([left, right], -1)
    return torch.cat([left.transpose(1, 2), right.transpose(1, 2)], 1).transpose(1, 2)
