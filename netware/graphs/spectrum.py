"""Spectrum of a relation: the ends of the eigenvalues of its Laplacian, graph by graph."""

import warnings
from collections.abc import Callable
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse import csr_array, diags_array, eye_array
from scipy.sparse.csgraph import connected_components, reverse_cuthill_mckee
from scipy.sparse.linalg import LinearOperator, eigsh, lobpcg, splu
from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary

from netware.draws import Draws, Purpose
from netware.edges import Edges


DENSE = 512
DENSE_BYTES = 1 << 28
PROFILE = 200_000_000
TOLERANCE = 1e-5
RESIDUAL = 1e-3
ROUNDING = 1e-14
SHIFT = 1e-9
BASIS = 48
BLOCK, ROUNDS, STEPS = 4, 16, 40
NEVER = 1e-15
MOST_STEPS = 10_000

Product = Callable[[np.ndarray], np.ndarray]

KNOWN = WeakIdKeyDictionary()


def extremes(edges: Edges, replicas: int) -> Float[Tensor, "replicas 2"]:
    """Returns lambda_2 and lambda_n of each replica's Laplacian, in float64.

    The Laplacian is that of the mirror graph, (a_ij + a_ji) / 2: the graph itself if it is
    undirected. lambda_2 is the smallest eigenvalue but that of agreement, below 0 only where
    negative weights drive agents apart. Edges never change, so what was found for a block is kept
    as long as the block is.
    """
    found = KNOWN.get(edges)
    if found is None:
        agents = edges.targets // replicas
        way = dense_extremes if agents <= DENSE else sparse_extremes
        found = KNOWN[edges] = way(edges, replicas)
    return found


def dense_extremes(edges: Edges, replicas: int) -> Float[Tensor, "replicas 2"]:
    """Returns both ends by the whole spectrum of dense matrices, as many at once as fit."""
    agents = edges.targets // replicas
    if agents < 2:
        return torch.zeros(replicas, 2, dtype=torch.float64, device=edges.source.device)
    source, target = edges.edge_index
    place = target * agents + source % agents
    matrix = torch.zeros(
        replicas * agents * agents, dtype=torch.float64, device=edges.source.device
    ).index_add_(0, place, edges.weights(torch.float64))
    matrix = matrix.view(replicas, agents, agents)
    matrix = (matrix + matrix.mT) / 2
    # Agreement, whose eigenvalue is 0, is moved above all others, to 2 max sum_j |a_ij|.
    bound = 2 * matrix.abs().sum(2).amax(1)[:, None]
    moved = torch.diag_embed(matrix.sum(2)) - matrix + bound[:, :, None] / agents
    at_once = max(1, DENSE_BYTES // (8 * agents * agents))
    values = torch.cat([torch.linalg.eigvalsh(some) for some in moved.split(at_once)])[:, [0, -2]]
    return values.where(values.abs() > ROUNDING * bound, torch.zeros_like(values))


def sparse_extremes(edges: Edges, replicas: int) -> Float[Tensor, "replicas 2"]:
    """Returns both ends by iteration, replica by replica: one graph fills a processor."""
    agents = edges.targets // replicas
    source, target = edges.edge_index.cpu().numpy()
    weights = edges.weights(torch.float64).cpu().numpy()
    bounds = edges.pointer[::agents].cpu().numpy()
    found = []
    for replica in range(replicas):
        own = slice(bounds[replica], bounds[replica + 1])
        matrix = csr_array(
            (weights[own], (target[own] % agents, source[own] % agents)), shape=(agents, agents)
        )
        found.append(ends_of((matrix + matrix.T) / 2))
    return torch.tensor(found, dtype=torch.float64, device=edges.source.device)


def ends_of(adjacency: csr_array) -> tuple[float, float]:
    """Returns lambda_2 and lambda_n of one undirected graph."""
    degree = adjacency.sum(1)
    laplacian = csr_array(diags_array(degree) - adjacency)
    row, column = adjacency.nonzero()
    if not len(row):
        return 0.0, 0.0
    start = Draws.of(0).stream(Purpose.PROBE, "spectrum", len(degree)).normal(dtype=torch.float64)
    guess = start.numpy() - float(start.mean())
    # lambda_n <= max (d_i + d_j) over links (Anderson and Morley 1985): met by rings and stars.
    strength = abs(adjacency).sum(1)
    bound = float((strength[row] + strength[column]).max())
    positive = adjacency.data.min() >= 0
    narrow = positive and width_of(adjacency, row, column) * len(degree) <= PROFILE
    last = last_by_shift(laplacian, bound, guess) if narrow else last_by_iteration(laplacian, guess)
    if positive and connected_components(adjacency, directed=False)[0] > 1:
        return 0.0, quotient(laplacian, last)
    way = second_by_shift if narrow else second_by_iteration
    second = way(laplacian, bound, guess)
    return quotient(laplacian, second - second.mean()), quotient(laplacian, last)


def quotient(laplacian: csr_array, vector: np.ndarray) -> float:
    """Returns the Rayleigh quotient: its error is the square of the vector's."""
    return float(vector @ (laplacian @ vector) / (vector @ vector))


def width_of(adjacency: csr_array, row: np.ndarray, column: np.ndarray) -> int:
    """Returns how narrow a band the matrix becomes once its agents are numbered well."""
    order = reverse_cuthill_mckee(adjacency, symmetric_mode=True)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return int(np.abs(place[row] - place[column]).max())


def second_by_shift(laplacian: csr_array, bound: float, start: np.ndarray) -> np.ndarray:
    """Returns the vector of lambda_2 by inverse iteration, for graphs like rings and grids.

    Their lambda_2 is so small beside lambda_n that plain iteration would not end.
    """
    solve = factored(laplacian + SHIFT * bound * eye_array(len(start)))

    def inverse(vector: np.ndarray) -> np.ndarray:
        solved = solve(vector - vector.mean())
        return solved - solved.mean()

    return extreme(inverse, start, "LA")


def last_by_shift(laplacian: csr_array, bound: float, start: np.ndarray) -> np.ndarray:
    """Returns the vector of lambda_n by inverse iteration from just above the bound."""
    return extreme(factored(bound * (1 + SHIFT) * eye_array(len(start)) - laplacian), start, "LA")


def factored(matrix: csr_array) -> Product:
    """Returns the product with the inverse of a positive definite matrix."""
    return splu(
        matrix.tocsc(),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    ).solve


def second_by_iteration(laplacian: csr_array, bound: float, start: np.ndarray) -> np.ndarray:
    """Returns the vector of lambda_2 by LOBPCG, for graphs without geometry: their gap is wide.

    Where it has not converged in its time, Lanczos goes on, which takes longer and arrives.
    """
    degree, ones = laplacian.diagonal(), np.ones((len(start), 1))
    scaled = diags_array(1 / np.where(degree > 0, degree, 1.0))
    block = np.stack([start, *(np.roll(start, shift) for shift in range(1, BLOCK))], 1)
    for _ in range(ROUNDS):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says when it has not converged; we look ourselves
            found = lobpcg(
                laplacian, block, M=scaled, Y=ones, largest=False, tol=NEVER, maxiter=STEPS
            )
        block = found[1]
        first = block[:, 0]
        value = quotient(laplacian, first)
        if np.linalg.norm(laplacian @ first - value * first) <= RESIDUAL * abs(value):
            return first
    return extreme(lambda x: laplacian @ x + bound * x.mean(), block[:, 0], "SA")


def last_by_iteration(laplacian: csr_array, start: np.ndarray) -> np.ndarray:
    """Returns the vector of lambda_n by Lanczos."""
    return extreme(lambda x: laplacian @ x, start, "LA")


def extreme(product: Product, start: np.ndarray, which: Literal["LA", "SA"]) -> np.ndarray:
    """Returns the vector at the largest or smallest eigenvalue of a symmetric product."""
    size = len(start)
    operator = LinearOperator((size, size), product, dtype=np.float64)  # pyright: ignore
    found = eigsh(
        operator,
        1,
        which=which,
        v0=start,
        ncv=min(BASIS, size),
        maxiter=MOST_STEPS,
        tol=TOLERANCE,  # pyright: ignore[reportArgumentType]
    )
    return found[1][:, 0]
