"""The layers in an agent's weights: matrices from one layer to the next, and what they carry.

What joins which units stands in the checkpoint, as the agent's model said it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from netware.errors import StoreError
from netware.measures.morphology import NodeShares, connectivity, entropy, share
from netware.measures.unrolled import relevant_neurons
from netware.models.layers.matrices import compact, matrix_of
from netware.models.layers.synapses import (
    INPUT,
    OUTPUT,
    Places,
    Recursion,
    Synapses,
    hidden_layers,
)
from netware.record.reader import Run


RELEVANT = 0.01


@dataclass(frozen=True)
class Chain:
    """Matrices `[senders, receivers]` that lead from layer to layer, and links inside layers.

    Args:
        matrices: One matrix between each layer and the next.
        nodes: For each layer, the neurons that its rows stand for.
        names: What each layer is called.
        links: For each layer, the links inside it `[from, to]`; none for most models.
    """

    matrices: tuple[np.ndarray, ...]
    nodes: tuple[np.ndarray, ...]
    names: tuple[str, ...]
    links: tuple[np.ndarray, ...] = ()

    @property
    def widths(self) -> tuple[int, ...]:
        """Returns the number of nodes of each layer."""
        return tuple(len(nodes) for nodes in self.nodes)

    def connectivity(self) -> list[np.ndarray]:
        """Returns c of every node, as the probe `nodal_connectivity` measures it.

        The first and the last layer only send or only receive: there c is the square of that
        share, so that sizes compare.
        """
        into = [np.abs(matrix).sum(0) for matrix in self.matrices]
        out = [np.abs(matrix).sum(1) for matrix in self.matrices]
        received, sent = [out[0], *into], [*out, into[-1]]
        for layer, links in enumerate(self.links):
            received[layer] = received[layer] + np.abs(links).sum(0)
            sent[layer] = sent[layer] + np.abs(links).sum(1)
        layers = [
            NodeShares(*(share(torch.from_numpy(sums)[None]) for sums in both))
            for both in zip(received, sent, strict=True)
        ]
        return [c[0].numpy() for c in connectivity(layers)]

    def entropy(self) -> list[float]:
        """Returns S of each layer. [nat]"""
        return [float(entropy(torch.from_numpy(c)[None])) for c in self.connectivity()]


def chain_of(run: Run, population: str, agent: int = 0, replica: int = 0) -> Chain:
    """Returns the layers of one agent at the last checkpoint."""
    weights, joined = run.weights(population, agent, replica), run.connections(population)
    if joined.recursion is not None:
        w, b = weights[joined.recursion.weight], weights[joined.recursion.bias]
        return unrolled(w, b, joined.recursion)
    layers = layers_joined(joined.synapses)
    if not layers:
        raise StoreError(
            f"{run.path}: populations.{population}",
            found="weights that are no chain of layers: "
            + ", ".join(f"{name} {list(each.shape)}" for name, each in weights.items())[:80],
            expected="matrices whose receivers are the senders of the next",
            fix="plot 'matrix' instead",
        )
    between = {(one.senders, one.receivers): matrix_in(one, weights) for one in joined.synapses}
    word = "hidden " if len(layers) < 7 else ""
    hidden = [f"{word}{layer}" for layer in range(1, len(layers) - 1)]
    links: tuple[np.ndarray, ...] = ()
    if any(one.inner() for one in joined.synapses):
        links = tuple(
            between.get(((one,), (one,)), np.zeros((one.many, one.many))) for one in layers
        )
    return Chain(
        tuple(between[(one,), (after,)] for one, after in pairwise(layers)),
        tuple(np.arange(one.many) for one in layers),
        ("input", *hidden, "output"),
        links,
    )


def matrix_in(one: Synapses, weights: Mapping[str, np.ndarray]) -> np.ndarray:
    """Returns one agent's matrix, `[senders, receivers]`."""
    named = {
        name: torch.from_numpy(np.ascontiguousarray(weights[name]))[None] for name in one.factors()
    }
    return matrix_of(one, compact(one, named))[0].numpy()


def layers_joined(synapses: Sequence[Synapses]) -> list[Places]:
    """Returns the layers from input to output if each sends to the next alone, or nothing."""
    ahead = [one for one in synapses if not one.inner()]
    ends = [(one.senders, one.receivers) for one in ahead]
    single = all(len(places) == 1 for one in ends for places in one)
    follows = all(one[1] == after[0] for one, after in pairwise(ends))
    if not ends or not single or not follows or len(ends) != len(hidden_layers(tuple(ahead))) + 1:
        return []
    layers = [ends[0][0][0], *(receivers[0] for _, receivers in ends)]
    return layers if (layers[0].layer, layers[-1].layer) == (INPUT, OUTPUT) else []


def unrolled(
    w: np.ndarray, b: np.ndarray, recursion: Recursion, threshold: float = RELEVANT
) -> Chain:
    """Unrolls a recursion into its iterations and keeps the neurons that matter.

    A neuron matters at iteration l if weights stronger than `threshold` lead to it from an input
    (or its bias can make it fire), and from it to an output by iteration I. `w` is `[from, to]`.

    Source: Golkar (2019), arXiv:1911.11691, section 3.
    """
    strong, neuron = np.abs(w) > threshold, np.arange(len(w))
    is_input, is_output = neuron < recursion.inputs, neuron >= len(w) - recursion.outputs
    lit = [is_input]
    for _ in range(recursion.iterations):
        new = strong[lit[-1]].any(0) | (b > threshold)
        if recursion.residual == "input":
            new = new | is_input
        elif recursion.residual == "output":
            new = new | (lit[-1] & is_output)
        lit.append(new)
    carried = recursion.outputs if recursion.residual == "output" else 0
    active, lead = torch.from_numpy(np.stack(lit))[None], torch.from_numpy(strong)[None]
    wanted = relevant_neurons(active, lead, recursion.outputs, carried)[0].numpy()
    nodes = [np.flatnonzero(each) for each in wanted]
    matrices = tuple(
        np.where(strong, w, 0)[np.ix_(rows, columns)] for rows, columns in pairwise(nodes)
    )
    names = ("input", *(f"iteration {i}" for i in range(1, recursion.iterations)), "output")
    return Chain(matrices, tuple(nodes), names)


def layered(run: Run) -> Sequence[str]:
    """Names the populations whose agents have weights in layers."""
    return [
        name
        for name, joined in run.all_connections.items()
        if joined.recursion is not None or layers_joined(joined.synapses)
    ]
