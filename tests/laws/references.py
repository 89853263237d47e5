"""Probes and rules once more, written out with NumPy from their docstrings alone."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


Array = np.ndarray
Pairs = list[tuple[int, int, float]]
"""Edges of one replica: source, target, weight."""


def rows(x: Array) -> Array:
    """Returns a column as one row an agent."""
    return x.reshape(len(x), -1)


def disagreement(x: Array) -> dict[str, float]:
    """sqrt(1/N sum_i ||x_i - mean||^2), the largest range of a component, the mean of all."""
    x = rows(x)
    apart = x - x.mean(0)
    return {
        "disagreement": np.sqrt((apart**2).sum(1).mean()),
        "spread": (x.max(0) - x.min(0)).max(),
        "mean": x.mean(),
    }


def polarisation(x: Array) -> dict[str, float]:
    """m_2, where <(x - mean)^k> is averaged over the agents, and the components."""
    return {"variance": rows(x).var(0).mean()}


def order_parameter(x: Array) -> dict[str, float]:
    """|1/N sum_i e_i|, e_i of length 1, or 0 for who stands still."""
    length = np.linalg.norm(x, axis=1, keepdims=True)
    return {"order_parameter": float(np.linalg.norm((x / np.where(length, length, 1)).mean(0)))}


def momentum(x: Array) -> dict[str, float]:
    """|mean v|, the root mean square distance from it, and the mean of |v|."""
    apart = x - x.mean(0)
    return {
        "momentum": float(np.linalg.norm(x.mean(0))),
        "mismatch": np.sqrt((apart**2).sum(1).mean()),
        "speed": np.linalg.norm(x, axis=1).mean(),
    }


def coalition_sizes(x: Array) -> dict[str, float]:
    """Agents of the same whole number are together."""
    sizes = np.unique(x.astype(int), return_counts=True)[1]
    return {"number": len(sizes), "largest": sizes.max(), "mean_size": sizes.mean()}


def shares(x: Array) -> dict[str, float]:
    """Mean of every strategy's share; here those of the first and the last."""
    return {"first": x[:, 0].mean(), "last": x[:, -1].mean()}


def payoff(x: Array) -> dict[str, float]:
    """Mean and extremes."""
    return {"mean": x.mean(), "most": x.max(), "least": x.min()}


def opinion_clusters(x: Array, tolerance: float = 1e-3, share: float = 0.01) -> dict[str, float]:
    """Groups whose opinions, sorted, lie within a tolerance of the next one."""
    x = np.sort(x.ravel())
    sizes = [1]
    for gap in np.diff(x):
        sizes = [*sizes, 1] if gap > tolerance else [*sizes[:-1], sizes[-1] + 1]
    sizes.sort(reverse=True)
    return {
        "all": len(sizes),
        "clusters": sum(size >= share * len(x) - 1e-9 for size in sizes),
        "largest": sizes[0] / len(x),
        "second": (sizes[1] if len(sizes) > 1 else 0) / len(x),
    }


def tie_difference(x: Array, edges: Pairs, tolerance: float = 0.2) -> dict[str, float]:
    """Mean length of the difference of both ends, and the share of edges beyond a tolerance."""
    x = rows(x)
    apart = np.array([np.linalg.norm(x[s] - x[t]) for s, t, _ in edges])
    if not edges:
        return {"mean": 0.0, "unlike": 0.0}
    return {"mean": apart.mean(), "unlike": (apart > tolerance).mean()}


def magnetisation(x: Array, edges: Pairs, coupling: float = 1.0, field: float = 0.0):
    """m = 1/N sum s, e = -1/N [J/2 sum_ij a_ij s_i s_j + h sum_i s_i]."""
    energy = coupling / 2 * sum(a * x[s] * x[t] for s, t, a in edges) + field * x.sum()
    return {"magnetisation": x.mean(), "absolute": abs(x.mean()), "energy": -energy / len(x)}


def algebraic_connectivity(agents: int, edges: Pairs) -> dict[str, float]:
    """Eigenvalues 2 and n of D - A of the mirror graph (a_ij + a_ji) / 2."""
    a = np.zeros((agents, agents))
    for source, target, weight in edges:
        a[target, source] += weight
    a = (a + a.T) / 2
    values = np.sort(np.linalg.eigvalsh(np.diag(a.sum(1)) - a))
    return {"algebraic_connectivity": values[1], "largest": values[-1]}


def connectivity(weights: list[Array]) -> dict[str, Array]:
    """R of the first hidden layer of each agent, c_j = f_in_j f_out_j, as their sum over agents."""
    before, after = np.abs(weights[0]), np.abs(weights[1])
    total = before.sum((1, 2)), after.sum((1, 2))
    into = before.sum(1) / np.where(total[0], total[0], 1)[:, None]
    out = after.sum(2) / np.where(total[1], total[1], 1)[:, None]
    return {"amplitude": (into * out).sum(1)}


OF_COLUMN: Mapping[str, tuple[str, Callable[..., dict[str, Any]], tuple[str, ...]]] = {
    "disagreement": ("output", disagreement, ()),
    "polarisation": ("opinion", polarisation, ()),
    "order_parameter": ("heading", order_parameter, ()),
    "momentum": ("velocity", momentum, ()),
    "coalition_sizes": ("coalition", coalition_sizes, ()),
    "shares": ("strategy", shares, ()),
    "payoff": ("payoff", payoff, ()),
    "opinion_clusters": ("opinion", opinion_clusters, ("tolerance", "share")),
    "tie_difference": ("opinion", tie_difference, ("tolerance",)),
    "magnetisation": ("spin", magnetisation, ("coupling", "field")),
}
"""Column that a probe reads unless another is named, its reference, and what else it takes."""
OVER_EDGES = ("tie_difference", "magnetisation")
