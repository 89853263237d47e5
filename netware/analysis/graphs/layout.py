"""Places for the agents of a graph in the plane, so that those near in it are near each other."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, shortest_path


ROUNDS = 150
ENOUGH = 1e-4
GOLDEN = np.pi * (3 - 5**0.5)
JITTER = 0.05
GAP = 2.0
ROOM = 1.3
MOST_TRIED = 100
WAIT = 4


def placed(agents: int, source: np.ndarray, target: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Returns a place for each agent `[agents, 2]`, about 1 from the next.

    Every connected part is laid out so that distances in the plane are those in the graph, as
    near as can be; agents that know no other stand in a block for each group. The parts are packed
    beside each other, the largest first. Nothing is drawn by lot.
    """
    if not agents:
        return np.zeros((0, 2))
    links = matrix(agents, source, target)
    degree = np.diff(links.indptr)
    _, part = connected_components(links, directed=False)
    part = np.where(degree == 0, agents + group, part)
    parts = [np.flatnonzero(part == one) for one in np.unique(part)]
    parts.sort(key=lambda members: (degree[members[0]] == 0, -len(members), members[0]))
    shapes = [
        block(len(members)) if degree[members[0]] == 0 else stress(links[members][:, members])
        for members in parts
    ]
    place = np.zeros((agents, 2))
    for members, shape, corner in zip(parts, shapes, packed(shapes), strict=True):
        place[members] = shape - shape.min(0) + corner
    return place


def matrix(agents: int, source: np.ndarray, target: np.ndarray) -> csr_array:
    """Returns which agents know each other, both ways, as sparse rows without loops."""
    proper = source != target
    pairs = np.stack([source[proper], target[proper]])
    both = np.concatenate([pairs, pairs[::-1]], 1)
    rows = csr_array((np.ones(both.shape[1]), (both[0], both[1])), shape=(agents, agents))
    rows.sum_duplicates()
    rows.data[:] = 1.0
    return rows


def stress(links: csr_array) -> np.ndarray:
    """Places one connected part: the least sum of (|x_i - x_j| - d_ij)^2 / d_ij^2.

    d are the lengths of shortest paths. Every round solves the majorising quadratic, whose matrix
    stays the same.

    Source: Gansner, Koren and North (2004), Graph Drawing, LNCS 3383, 239,
    doi:10.1007/978-3-540-31843-9_25.
    """
    away = shortest_path(links, directed=False, unweighted=True)
    agents = len(away)
    weight = np.divide(1.0, away**2, out=np.zeros_like(away), where=away > 0)
    laplacian = np.diag(weight.sum(1)) - weight
    solve = np.linalg.inv(laplacian + 1.0 / agents) - 1.0 / agents
    place, before = begun(away), np.inf
    for _ in range(ROUNDS):
        apart = np.linalg.norm(place[:, None] - place, axis=2)
        now = float((weight * (apart - away) ** 2).sum())
        if before - now < ENOUGH * now:
            break
        before = now
        pull = np.divide(weight * away, apart, out=np.zeros_like(away), where=apart > 0)
        place = solve @ (pull.sum(1)[:, None] * place - pull @ place)
    return roomy(upright(place))


def begun(away: np.ndarray) -> np.ndarray:
    """Returns where to begin: the two main coordinates of the distances, none on another."""
    agents = len(away)
    inner = away**2
    inner = -0.5 * (inner - inner.mean(0) - inner.mean(1)[:, None] + inner.mean())
    values, vectors = np.linalg.eigh(inner)
    main = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0))
    main = main * np.where(main[np.abs(main).argmax(0), range(main.shape[1])] < 0, -1, 1)
    place = np.zeros((agents, 2))
    place[:, : main.shape[1]] = main
    turn = GOLDEN * np.arange(agents)
    around = np.stack([np.cos(turn), np.sin(turn)], 1) * np.sqrt(np.arange(agents) + 0.5)[:, None]
    return place + JITTER * around


def upright(place: np.ndarray) -> np.ndarray:
    """Turns a drawing so that its longer side lies across."""
    centred = place - place.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes * np.where(axes[range(2), np.abs(axes).argmax(1)] < 0, -1, 1)[:, None]
    return centred @ axes.T


def block(agents: int) -> np.ndarray:
    """Places agents that know no other in rows and columns."""
    across = int(np.ceil(agents**0.5))
    each = np.arange(agents)
    return np.stack([each % across, -(each // across)], 1).astype(float)


def roomy(place: np.ndarray) -> np.ndarray:
    """Enlarges a drawing in which the agents have less than the area of a unit each."""
    sides = place.max(0) - place.min(0)
    share = float(np.maximum(sides, 1.0).prod()) / (ROOM * len(place))
    return place * max(1.0, share**-0.5)


def packed(shapes: list[np.ndarray]) -> list[np.ndarray]:
    """Returns the lower left corner of each drawing, in shelves that together are about square."""
    sizes = [shape.max(0) - shape.min(0) + GAP for shape in shapes]
    sides = np.cumsum([size[0] for size in sizes])
    tried = [shelves(sizes, float(side)) for side in sides[:: len(sides) // MOST_TRIED + 1]]
    return min(tried, key=lambda one: one[1])[0]


def shelves(sizes: list[np.ndarray], width: float) -> tuple[list[np.ndarray], float]:
    """Fills shelves up to a width; returns the corners, and the longer side of it all."""
    corners, x, y, shelf, widest = [], 0.0, 0.0, 0.0, 0.0
    for size in sizes:
        if x > 0 and x + size[0] > width:
            x, y, shelf = 0.0, y - shelf, 0.0
        corners.append(np.array([x, y - size[1]]))
        x, shelf = x + float(size[0]), max(shelf, float(size[1]))
        widest = max(widest, x)
    return corners, max(widest, shelf - y)


def nearest(
    agents: int, source: np.ndarray, target: np.ndarray, group: np.ndarray, most: int
) -> np.ndarray:
    """Chooses `most` agents: those nearest to the first of each group, along edges.

    The groups get equal shares, those too small for theirs leave the rest to the others, and who
    knows no other has to wait longer; who cannot be reached comes last, in order.
    """
    links = matrix(agents, source, target)
    groups = np.unique(group)
    lists = []
    for one in groups:
        first = int(np.flatnonzero(group == one)[0])
        reached = breadth_first_order(links, first, directed=False, return_predecessors=False)
        rest = np.setdiff1d(np.flatnonzero(group == one), reached)
        lists.append(np.concatenate([reached[group[reached] == one], rest]))
    rank = np.concatenate([np.arange(len(one)) for one in lists])
    order = np.concatenate(lists)
    rank = rank * np.where(np.diff(links.indptr)[order] == 0, WAIT, 1)
    return np.sort(order[np.argsort(rank, kind="stable")[:most]])
