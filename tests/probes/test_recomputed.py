"""Readings of random states against plain NumPy, replica by replica, in both precisions."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.scenario.members import catalog
from netware.space.box import Space
from netware.tasks.base import Examples, TaskData
from netware.world import World
from tests.probes.histories import read_each


AGENTS, REPLICAS, BOX = 12, 2, 4.0
NET = Multilayer(3, 4, (5, 5), "relu")


@dataclass(frozen=True)
class One:
    """The raw state of one replica: columns, weights, dense edges a[target, source], samples."""

    state: dict[str, np.ndarray]
    weights: dict[str, np.ndarray]
    edges: np.ndarray
    x: np.ndarray
    t: np.ndarray

    def answers(self) -> np.ndarray:
        """Computes `(agents, samples, outputs)` layer by layer."""
        h = np.broadcast_to(self.x, (AGENTS, *self.x.shape))
        for layer in (1, 2, 3):
            h = h @ self.weights[f"w{layer}"] + self.weights[f"b{layer}"][:, None]
            h = np.maximum(h, 0) if layer < 3 else h
        return h

    def matrices(self) -> list[np.ndarray]:
        return [np.abs(self.weights[f"w{layer}"]) for layer in (1, 2, 3)]


def columns(chance: np.random.Generator) -> dict[str, np.ndarray]:
    many = AGENTS * REPLICAS
    return {
        "x": chance.normal(size=many),
        "grid": np.round(chance.uniform(size=many), 1),
        "label": chance.choice([-3, 0, 7, 1000], size=many).astype(float),
        "count": chance.integers(0, 9, size=many),
        "signs": chance.choice([-1.0, 1.0], size=(many, 10)),
        "other": chance.choice([-1.0, 1.0], size=(many, 10)),
        "strategy": chance.dirichlet(np.ones(3), size=many),
        "velocity": chance.normal(size=(many, 2)),
        "position": chance.uniform(0, BOX, size=(many, 2)),
        "temperature": np.repeat([2.0, 0.5], AGENTS),
        "spin": chance.choice([-1.0, 1.0], size=many),
    }


def drawn(seed: int, dtype: torch.dtype) -> tuple[World, list[One]]:
    """Draws a world at random, and what each replica of it holds as NumPy in float64."""
    chance = np.random.Generator(np.random.Philox(seed))

    def tensor(values: np.ndarray) -> torch.Tensor:
        made = torch.from_numpy(np.asarray(values))
        return made.to(dtype) if made.is_floating_point() else made

    state = {name: tensor(values) for name, values in columns(chance).items()}
    many = AGENTS * REPLICAS
    weights = {
        name: tensor(chance.normal(size=(many, *shape)))
        for name, shape in NET.weight_shapes().items()
    }
    a = chance.uniform(0.5, 2, (REPLICAS, AGENTS, AGENTS)) * (chance.uniform(size=(12, 12)) < 0.3)
    a = np.float32(a).astype(float) * (1 - np.eye(AGENTS))
    replica, target, source = a.nonzero()
    first = replica * AGENTS
    edges = Edges.from_pairs(
        torch.from_numpy(source + first),
        torch.from_numpy(target + first),
        many,
        many,
        torch.from_numpy(a[replica, target, source]).float(),
        between=("them", "them"),
    )
    x, label = chance.normal(size=(REPLICAS, 20, 3)), chance.integers(0, 4, (REPLICAS, 20))
    examples = Examples(tensor(x), tensor(np.eye(4)[label]), "classes")
    them = Population("them", AGENTS, REPLICAS, NET, weights, state, dtype=dtype)
    world = World(
        Draws.of(seed, REPLICAS),
        {"them": them},
        {"talks": edges},
        examples={"task": TaskData(examples, examples)},
        space=Space(2, BOX, True),
    )

    def part(values: torch.Tensor, replica: int) -> np.ndarray:
        return values.double().numpy()[replica * AGENTS : (replica + 1) * AGENTS]

    raw = [
        One(
            {name: part(values, r) for name, values in state.items()},
            {name: part(values, r) for name, values in weights.items()},
            a[r],
            examples.inputs[r].double().numpy(),
            examples.targets[r].double().numpy(),
        )
        for r in range(REPLICAS)
    ]
    return world, raw


def disagreement(one: One) -> dict[str, Any]:
    x = one.state["signs"] * one.state["x"][:, None]
    return {
        "disagreement": np.sqrt(((x - x.mean(0)) ** 2).sum(1).mean()),
        "spread": np.ptp(x, 0).max(),
        "mean": x.mean(),
    }


def whole_numbers(one: One) -> dict[str, Any]:
    return {
        "disagreement": one.state["count"].std(),
        "spread": np.ptp(one.state["count"]),
        "mean": one.state["count"].mean(),
    }


def polarisation(one: One) -> dict[str, Any]:
    d = one.state["x"] - one.state["x"].mean()
    m2, m3, m4 = ((d**k).mean() for k in (2, 3, 4))
    return {"variance": m2, "bimodality": (1 + m3**2 / m2**3) / (m4 / m2**2)}


def opinion_clusters(one: One) -> dict[str, Any]:
    x = np.sort(one.state["grid"])
    sizes, size = [], 1
    for low, high in pairwise(x):
        if high - low > 0.05:
            sizes.append(size)
            size = 0
        size += 1
    sizes = sorted([*sizes, size], reverse=True)
    return {
        "clusters": sum(4 * one >= AGENTS for one in sizes),
        "all": len(sizes),
        "largest": sizes[0] / AGENTS,
        "second": sizes[1] / AGENTS if len(sizes) > 1 else 0,
    }


def coalition_sizes(one: One) -> dict[str, Any]:
    sizes = np.unique(one.state["label"], return_counts=True)[1]
    return {"number": len(sizes), "largest": sizes.max(), "mean_size": sizes.mean()}


def overlap(one: One) -> dict[str, Any]:
    s, xi = one.state["signs"], one.state["other"]
    m = (s * xi).sum(1) / 10
    return {
        "overlap": m,
        "mean": m.mean(),
        "best": m.max(),
        "group": (np.sign(s.sum(0)) * xi).mean(),
        "recalled": ((s * xi).sum(1) > 2).mean(),
    }


def payoff(one: One) -> dict[str, Any]:
    u = one.state["x"]
    return {"mean": u.mean(), "most": u.max(), "least": u.min()}


def shares(one: One) -> dict[str, Any]:
    share = one.state["strategy"].mean(0)
    return {"share": share, "first": share[0], "last": share[2]}


def tracking_error(one: One) -> dict[str, Any]:
    error = one.state["signs"] - one.state["other"]
    return {
        "tracking_error": np.sqrt((error**2).sum(1).mean()),
        "joint_error": np.linalg.norm(error.mean(0)),
    }


def correctness(one: One) -> dict[str, Any]:
    right = ((one.state["signs"] > 0) == (one.state["other"] > 0)).all(1)
    return {"share": right.mean()}


def tie_difference(one: One) -> dict[str, Any]:
    target, source = one.edges.nonzero()
    apart = np.abs(one.state["grid"][target] - one.state["grid"][source])
    return {"mean": apart.mean(), "unlike": (apart.round(1) > 0.3).mean()}


def convergence_rate(one: One) -> dict[str, Any]:
    laplacian = np.diag(one.edges.sum(1)) - one.edges
    delta = one.state["x"] - one.state["x"].mean()
    return {"convergence_rate": delta @ laplacian @ delta / (delta @ delta)}


def algebraic_connectivity(one: One) -> dict[str, Any]:
    mirror = (one.edges + one.edges.T) / 2
    values = np.sort(np.linalg.eigvalsh(np.diag(mirror.sum(1)) - mirror))
    return {
        "algebraic_connectivity": values[1],
        "largest": values[-1],
        "ratio": values[1] / values[-1],
    }


def magnetisation(several: list[One]) -> dict[str, Any]:
    one = several[-1]
    s, heat = one.state["spin"], one.state["temperature"][0]
    energy = -(0.7 / 2 * s @ one.edges @ s + 0.3 * s.sum()) / AGENTS
    m = s.mean()
    chi = AGENTS * np.var([abs(each.state["spin"].mean()) for each in several]) / heat
    return {"magnetisation": m, "absolute": abs(m), "energy": energy, "susceptibility": chi}


def momentum(one: One) -> dict[str, Any]:
    v = one.state["velocity"]
    return {
        "mismatch": np.sqrt(((v - v.mean(0)) ** 2).sum(1).mean()),
        "momentum": np.linalg.norm(v.mean(0)),
        "speed": np.linalg.norm(v, axis=1).mean(),
    }


def order_parameter(one: One) -> dict[str, Any]:
    v = one.state["velocity"]
    units = v / np.linalg.norm(v, axis=1, keepdims=True)
    return {"order_parameter": np.linalg.norm(units.mean(0))}


def orders(several: list[One]) -> np.ndarray:
    return np.array([order_parameter(one)["order_parameter"] for one in several])


def binder_cumulant(several: list[One]) -> dict[str, Any]:
    phi = orders(several)
    return {
        "binder_cumulant": 1 - (phi**4).mean() / (3 * (phi**2).mean() ** 2),
        "mean_order": phi.mean(),
    }


def susceptibility(several: list[One]) -> dict[str, Any]:
    return {"susceptibility": AGENTS * orders(several).var()}


def volatility(several: list[One]) -> dict[str, Any]:
    attendance = np.array([one.state["spin"].sum() for one in several])
    return {"volatility": attendance.var() / AGENTS, "bias": attendance.mean() / AGENTS}


def separations(one: One) -> np.ndarray:
    apart = one.state["position"][:, None] - one.state["position"][None]
    return np.linalg.norm(apart - BOX * np.round(apart / BOX), axis=2)


def cluster_sizes(one: One) -> dict[str, Any]:
    near = separations(one) <= 0.7
    reach = np.linalg.matrix_power(near.astype(float), AGENTS) > 0
    sizes = np.array([len(group) for group in {tuple(row.nonzero()[0]) for row in reach}])
    return {
        "number": len(sizes),
        "largest": sizes.max() / AGENTS,
        "mean_size": sizes.mean(),
        "typical_size": (sizes**2).sum() / AGENTS,
    }


def velocity_correlation(one: One) -> dict[str, Any]:
    d, v = separations(one), one.state["velocity"]
    dv = v - v.mean(0)
    alike, apart = dv @ dv.T, ~np.eye(AGENTS, dtype=bool)
    rings = [apart & (d > low) & (d <= low + 0.6) for low in (0, 0.6, 1.2)]
    middle = np.array([0.3, 0.9, 1.5])
    c = np.array([alike[ring].sum() / ring.sum() if ring.any() else np.nan for ring in rings])
    c = c / (dv**2).sum(1).mean()
    below = middle[c <= 0]
    return {"correlation": c, "distance": middle, "length": below[0] if len(below) else 1.8}


def number_fluctuations(one: One) -> dict[str, Any]:
    cells = [np.floor(one.state["position"] / (BOX / cut)).astype(int) for cut in (2, 4)]
    counts = [
        np.bincount(cell @ [cut, 1], minlength=cut * cut)
        for cell, cut in zip(cells, (2, 4), strict=True)
    ]
    deviation = np.array([count.std() for count in counts])
    mean = np.array([AGENTS / 4, AGENTS / 16])
    exponent = np.nan
    if deviation.all():
        exponent = np.diff(np.log(deviation))[0] / np.diff(np.log(mean))[0]
    return {"exponent": exponent, "deviation": deviation, "mean_number": mean}


def headcount(one: One) -> dict[str, Any]:
    return {"living": AGENTS, "initial": AGENTS, "last": AGENTS - 1}


def accuracy(one: One) -> dict[str, Any]:
    chosen, label = one.answers().argmax(2), one.t.argmax(1)
    votes = np.array([np.bincount(column, minlength=4) for column in chosen.T])
    each = (chosen == label).mean(1)
    return {
        "accuracy": each,
        "mean": each.mean(),
        "best": each.max(),
        "majority": (votes.argmax(1) == label).mean(),
    }


def pairwise_disagreement(one: One) -> dict[str, Any]:
    chosen = one.answers().argmax(2)
    pairs = [
        (chosen[i] != chosen[j]).mean() for i in range(AGENTS) for j in range(AGENTS) if i != j
    ]
    votes = np.array([np.bincount(column, minlength=4) for column in chosen.T]) / AGENTS
    return {
        "pairwise_disagreement": np.mean(pairs),
        "majority": votes.max(1).mean(),
        "votes": votes.mean(0),
    }


def loss(one: One) -> dict[str, Any]:
    y = one.answers()
    surprise = np.log(np.exp(y).sum(2)) - (y * one.t).sum(2)
    return {
        "loss": surprise.mean(1),
        "mean": surprise.mean(),
        "least": surprise.mean(1).min(),
    }


def connectivity(one: One) -> dict[str, Any]:
    w = one.matrices()
    entropy, amplitude, r = [], [], []
    for before, after in pairwise(w):
        f_in = before.sum(1) / before.sum((1, 2))[:, None]
        f_out = after.sum(2) / after.sum((1, 2))[:, None]
        c = f_in * f_out
        p = c / c.sum(1, keepdims=True)
        entropy.append(-(p * np.log(p)).sum(1))
        amplitude.append(c.sum(1))
        r.append([np.corrcoef(a, b)[0, 1] for a, b in zip(f_in, f_out, strict=True)])
    structure = np.mean(r, 0)
    return {
        "entropy": np.transpose(entropy),
        "amplitude": np.transpose(amplitude),
        "in_out_correlation": np.transpose(r),
        "structure": structure,
        "mean_structure": structure.mean(),
    }


def explained_variance(one: One) -> dict[str, Any]:
    x = one.x - one.x.mean(0)
    c = x.T @ x
    explained = []
    for w in one.weights["w1"]:
        basis, size, _ = np.linalg.svd(w, full_matrices=False)
        basis = basis[:, size > 0.05 * size[0]]
        explained.append(np.trace(basis.T @ c @ basis) / np.trace(c))
    return {"explained": explained, "mean": np.mean(explained), "best": 1.0}


def embedding_dimension(one: One) -> dict[str, Any]:
    h, dimension, ever = np.broadcast_to(one.x, (AGENTS, *one.x.shape)), [], []
    for layer in (1, 2):
        h = np.maximum(h @ one.weights[f"w{layer}"] + one.weights[f"b{layer}"][:, None], 0)
        dimension.append((h > 0).sum(2).max(1))
        ever.append((h > 0).any(1).sum(1))
    return {"dimension": np.transpose(dimension), "ever": np.transpose(ever)}


CASES = [
    (disagreement, "disagreement", {"state": "product"}),
    (whole_numbers, "disagreement", {"state": "count"}),
    (polarisation, "polarisation", {"state": "x"}),
    (opinion_clusters, "opinion_clusters", {"state": "grid", "tolerance": 0.05, "share": 0.25}),
    (coalition_sizes, "coalition_sizes", {"state": "label"}),
    (overlap, "overlap", {"state": "signs", "target": "other", "threshold": 0.2}),
    (payoff, "payoff", {"state": "x"}),
    (shares, "shares", {"state": "strategy"}),
    (tracking_error, "tracking_error", {"state": "signs", "signal": "other"}),
    (correctness, "correctness", {"of": "signs", "targets": "other", "goal": "patterns"}),
    (tie_difference, "tie_difference", {"over": "talks", "state": "grid", "tolerance": 0.35}),
    (convergence_rate, "convergence_rate", {"over": "talks", "state": "x"}),
    (algebraic_connectivity, "algebraic_connectivity", {"over": "talks"}),
    (momentum, "momentum", {"state": "velocity"}),
    (order_parameter, "order_parameter", {"state": "velocity"}),
    (cluster_sizes, "cluster_sizes", {"radius": 0.7}),
    (velocity_correlation, "velocity_correlation", {"reach": 1.8, "bins": 3}),
    (number_fluctuations, "number_fluctuations", {"fewest": 0.7, "most": 4.0}),
    (headcount, "headcount", {}),
    (accuracy, "accuracy", {"task": "task"}),
    (pairwise_disagreement, "pairwise_disagreement", {"task": "task"}),
    (loss, "loss", {"task": "task"}),
    (connectivity, "connectivity", {}),
    (explained_variance, "explained_variance", {"task": "task"}),
    (embedding_dimension, "embedding_dimension", {"task": "task"}),
]
OVER_TIME = [
    (magnetisation, "magnetisation", {"over": "talks", "coupling": 0.7, "field": 0.3}),
    (binder_cumulant, "binder_cumulant", {"state": "velocity"}),
    (susceptibility, "susceptibility", {"state": "velocity"}),
    (volatility, "volatility", {"state": "spin"}),
]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("plain", "name", "fields"), CASES, ids=[c[0].__name__ for c in CASES])
def test_a_reading_is_what_numpy_makes_of_the_state(plain, name, fields, seed, dtype) -> None:
    world, raw = drawn(seed, dtype)
    them = world["them"]
    world = world.with_state("them", product=them["signs"] * them["x"][:, None])
    cls = catalog.find("probes", name)
    on = {} if name == "algebraic_connectivity" else {"on": "them"}
    compared(cls(**on, **fields).read(world), [plain(one) for one in raw], dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("plain", "name", "fields"), OVER_TIME, ids=[c[0].__name__ for c in OVER_TIME]
)
def test_a_reading_is_what_numpy_makes_of_states_over_time(
    plain, name, fields, seed, dtype
) -> None:
    drawn_each = [drawn(100 * seed + step, dtype) for step in range(5)]
    worlds = [replace(world, step=step) for step, (world, _) in enumerate(drawn_each)]
    probe = catalog.find("probes", name)(on="them", **fields)
    raw = [raw for _, raw in drawn_each[1:]]
    expected = [plain([each[replica] for each in raw]) for replica in range(REPLICAS)]
    compared(read_each(probe, worlds)[-1], expected, dtype)


def compared(read: dict[str, torch.Tensor], plain: list[dict], dtype: torch.dtype) -> None:
    exact = dtype == torch.float64
    for replica, expected in enumerate(plain):
        assert set(expected) == set(read)
        for quantity, value in expected.items():
            np.testing.assert_allclose(
                read[quantity][replica].double().numpy(),
                value,
                rtol=1e-9 if exact else 2e-5,
                atol=1e-9 if exact else 2e-6,
                err_msg=quantity,
            )
