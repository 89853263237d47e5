"""The layers in an agent's weights: matrices from one layer to the next, and what they carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from netware.errors import StoreError
from netware.record.reader import Run


URN = "urn"
MEMORIES = ("hopfield",)
RELEVANT = 0.01


@dataclass(frozen=True)
class Chain:
    """Matrices `[in, out]` that lead from layer to layer, and how strongly each node is joined.

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
        """Returns c of every node: c_j = f_in_j f_out_j, each a share of its layer.

        f_in_j = sum_i |w_ij| / sum |w| and f_out_j = sum_k |w_jk| / sum |w|; the first and the
        last layer have only one of the two, and c is its square, so that sizes compare.

        Source: de Jong, Meigel and Rulands (2025), arXiv:2501.05550, equation 1.
        """
        into = [share(np.abs(matrix).sum(0)) for matrix in self.matrices]
        out = [share(np.abs(matrix).sum(1)) for matrix in self.matrices]
        inner = [f_in * f_out for f_in, f_out in zip(into[:-1], out[1:], strict=True)]
        return [out[0] ** 2, *inner, into[-1] ** 2]

    def entropy(self) -> list[float]:
        """Returns S^l = -sum_j p_j ln p_j with p_j = c_j / sum c, for each layer. [nat]"""
        entropies = []
        for c in self.connectivity():
            p = share(c)
            p = p[p > 0]
            entropies.append(float(-(p * np.log(p)).sum()))
        return entropies


def share(values: np.ndarray) -> np.ndarray:
    """Returns values divided by their sum; zeros stay zeros."""
    total = values.sum()
    return values / total if total > 0 else np.zeros_like(values)


def chain_of(run: Run, population: str, agent: int = 0, replica: int = 0) -> Chain:
    """Returns the layers of one agent at the last checkpoint."""
    weights = run.weights(population, agent, replica)
    model = run.population(population).get("model") or {}
    if model.get("type") == URN:
        return unrolled(weights["w"], weights["b"], model)
    matrices = matrices_in(weights)
    if not matrices:
        raise StoreError(
            f"{run.path}: populations.{population}",
            found="weights that are no chain of layers: "
            + ", ".join(f"{name} {list(each.shape)}" for name, each in weights.items())[:80],
            expected="matrices whose outputs are the inputs of the next",
            fix="plot 'matrix' instead",
        )
    sizes = (len(matrices[0]), *(matrix.shape[1] for matrix in matrices))
    word = "hidden " if len(sizes) < 7 else ""
    hidden = [f"{word}{layer}" for layer in range(1, len(sizes) - 1)]
    nodes = tuple(np.arange(size) for size in sizes)
    names = ("input", *hidden, "output")
    return Chain(tuple(matrices), nodes, names, links_in(weights, sizes, model))


def matrices_in(weights: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """Returns the matrices that lead from layer to layer, `[in, out]`, or none.

    Weights named w1, w2, ... are netware's own; of a user's PyTorch module all matrices are
    taken, which lie as `[out, in]`.
    """
    own = [w for name, w in weights.items() if name[:1] == "w" and name[1:].isdigit()]
    matrices = own or [w.T for w in weights.values() if w.ndim == 2]
    fits = all(one.shape[1] == two.shape[0] for one, two in pairwise(matrices))
    return matrices if fits and all(w.ndim == 2 for w in matrices) else []


def links_in(
    weights: Mapping[str, np.ndarray], sizes: Sequence[int], model: Mapping[str, Any]
) -> tuple[np.ndarray, ...]:
    """Returns the links inside each layer of an intra-linked network `[from, to]`, or nothing.

    Weight `c<l>` of `[groups, links]` holds c_10, c_20, c_21, ... (dense) or c_10, c_21, ...
    (chain) of every group of `height` neurons that stand side by side.
    """
    height = int(model.get("height", 1))
    if height < 2 or not any(name[:1] == "c" and name[1:].isdigit() for name in weights):
        return ()
    places = [(k, j) for j in range(height) for k in range(j)]
    if model.get("links") == "chain":
        places = [(j - 1, j) for j in range(1, height)]
    found = [np.zeros((size, size)) for size in sizes]
    for layer in range(1, len(sizes) - 1):
        for group, row in enumerate(weights.get(f"c{layer}", ())):
            for (before, after), weight in zip(places, row, strict=True):
                found[layer][group * height + before, group * height + after] = weight
    return tuple(found)


def unrolled(
    w: np.ndarray, b: np.ndarray, model: Mapping[str, Any], threshold: float = RELEVANT
) -> Chain:
    """Unrolls a URN into its iterations and keeps the neurons that matter.

    A neuron matters at iteration l if weights stronger than `threshold` lead to it from an input
    (or its bias can make it fire), and from it to an output by iteration I. `w` is `[from, to]`.

    Source: Golkar (2019), arXiv:1911.11691, section 3.
    """
    inputs, outputs = int(model["inputs"]), int(model["outputs"])
    iterations, residual = int(model.get("iterations", 4)), model.get("residual", "none")
    strong, neuron = np.abs(w) > threshold, np.arange(len(w))
    is_input, is_output = neuron < inputs, neuron >= len(w) - outputs
    lit = [is_input]
    for _ in range(iterations):
        new = strong[lit[-1]].any(0) | (b > threshold)
        if residual == "input":
            new = new | is_input
        elif residual == "output":
            new = new | (lit[-1] & is_output)
        lit.append(new)
    wanted = [is_output]
    for before in reversed(lit[:-1]):
        useful = strong[:, wanted[0]].any(1)
        if residual == "output":
            useful = useful | (wanted[0] & is_output)
        wanted.insert(0, useful & before)
    nodes = [np.flatnonzero(each) for each in wanted]
    matrices = tuple(
        np.where(strong, w, 0)[np.ix_(rows, columns)] for rows, columns in pairwise(nodes)
    )
    names = ("input", *(f"iteration {i}" for i in range(1, iterations)), "output")
    return Chain(matrices, tuple(nodes), names)


def layered(run: Run) -> Sequence[str]:
    """Names the populations whose agents have weights in layers."""
    found = []
    for name, population in run.populations.items():
        model = population.get("model") or {}
        if not model or not run.checkpoints or model.get("type") in MEMORIES:
            continue
        if model.get("type") == URN or matrices_in(run.weights(name)):
            found.append(name)
    return found
