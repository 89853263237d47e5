"""What acts one by one does what its equation says, agent by agent, in a plain loop."""

from itertools import permutations
from random import Random

import numpy as np
import pytest

from tests.laws import worlds


AGENTS = 5
SEEDS = range(6)
COLD = 1e-4
"""A temperature at which chance has no say."""


def scenario(seed: int, rule: dict, activation: str) -> dict:
    """Returns agents on a random graph, some links one-way and weighted, in float64."""
    chance = Random(seed)
    graph = {"type": "erdos_renyi", "p": chance.choice((0.4, 0.7))}
    knows = {"type": "influence", "between": ["a", "a"], "topology": graph, "weakest": 0.3}
    if rule["type"] == "signed_consensus":
        knows["distrust"] = 0.4
    spins = [chance.choice((-1.0, 1.0)) for _ in range(AGENTS)]
    play = [chance.choice(([1.0, 0.0], [0.0, 1.0])) for _ in range(AGENTS)]
    x = [round(chance.random(), 6) for _ in range(AGENTS)]
    state = {"x": x, "spin": spins, "strategy": play}
    return {
        "netware": 1,
        "name": "loop",
        "seed": seed,
        "steps": 1,
        "precision": "float64",
        "activation": activation,
        "populations": {"a": {"agents": AGENTS, "state": state}},
        "relations": {"knows": knows},
        "rules": {"it": {"on": "a", "over": "knows", **rule}},
    }


def diffusion(i, x, a, gain):
    """x_i + gain sum_j a_ij (x_j - x_i)"""
    return x[i] + gain * sum(a[i, j] * (x[j] - x[i]) for j in range(len(x)))


def led(i, x, a, gain):
    """The same for followers; agent 0 leads and stays."""
    return x[i] if i == 0 else diffusion(i, x, a, gain)


def bounded(i, x, a, gain):
    """Mean of the opinions within 0.3, its own included, among those it hears."""
    near = [x[j] for j in range(len(x)) if j == i or (a[i, j] and abs(x[j] - x[i]) <= 0.3)]
    return sum(near) / len(near)


def trusting(i, x, a, gain):
    """(sum_j a_ij x_j + 0.5 x_i) / (sum_j a_ij + 0.5)"""
    return (a[i] @ x + 0.5 * x[i]) / (a[i].sum() + 0.5)


def opposing(i, x, a, gain):
    """x_i + gain sum_j |a_ij| (sgn(a_ij) x_j - x_i)"""
    parts = (abs(a[i, j]) * (np.sign(a[i, j]) * x[j] - x[i]) for j in range(len(x)))
    return x[i] + gain * sum(parts)


def cold_spin(i, x, a, gain):
    """The sign of J sum_j a_ij s_j + h"""
    return np.sign(a[i] @ x + 0.05)


PAYOFF = np.array([[1.0, 0.1], [0.3, 0.8]])


def best_reply(i, x, a, gain):
    """argmax_k sum_j a_ij A(k, s_j), its own strategy if that is as good"""
    worth = PAYOFF @ (a[i] @ x)
    return x[i] if worth @ x[i] >= worth.max() else np.eye(2)[worth.argmax()]


def cold_reply(i, x, a, gain):
    """The best strategy; of those as good, any"""
    worth = PAYOFF @ (a[i] @ x)
    return np.eye(2)[worth.argmax()] if a[i].any() else x[i]


GAMES = {"payoff": PAYOFF.tolist(), "revision": "all"}
RULES = {
    "average_consensus": ({"state": "x", "gain": 0.2}, "x", diffusion),
    "leader_following": ({"state": "x", "gain": 0.2, "leaders": [0]}, "x", led),
    "hegselmann_krause": ({"state": "x", "confidence": 0.3}, "x", bounded),
    "degroot": ({"state": "x", "self_trust": 0.5}, "x", trusting),
    "signed_consensus": ({"state": "x", "gain": 0.2}, "x", opposing),
    "ising": ({"temperature": COLD, "field": 0.05}, "spin", cold_spin),
    "best_response": (GAMES, "strategy", best_reply),
    "log_linear_learning": ({**GAMES, "temperature": COLD}, "strategy", cold_reply),
}


def ran(seed: int, name: str, activation: str):
    """Returns a column before and after a step, who hears whom, and the equation."""
    given, column, equation = RULES[name]
    plain = scenario(seed, {"type": name, **given}, activation)
    model = worlds.built(plain)
    a = np.zeros((AGENTS, AGENTS))
    for source, target, weight in worlds.pieces_of_edges(model, "knows", 0):
        a[target, source] = weight
    before = worlds.column(model, "a", column, 0)
    worlds.after(model, 1)
    return before, worlds.column(model, "a", column, 0), a, equation


def in_order(order, x, a, equation):
    """Returns what comes out if one agent after another acts."""
    x = x.copy()
    for i in order:
        x[i] = equation(i, x, a, 0.2)
    return x


def close(one, other) -> bool:
    return bool(np.allclose(one, other, rtol=0, atol=1e-12))


def refusing(name: str, activation: str) -> bool:
    return activation not in worlds.orders_of(name)


def lonely_draws(name: str, a) -> bool:
    """Tells whether chance has a say although it is cold: an agent that nothing pushes."""
    return name == "log_linear_learning" and bool((a.sum(1) == 0).any())


@pytest.mark.parametrize("name", RULES)
def test_all_at_once(name):
    for seed in SEEDS:
        x, found, a, equation = ran(seed, name, "synchronous")
        if name == "ising" or lonely_draws(name, a):
            continue  # spins turn sublattice by sublattice; see below
        each = np.array([equation(i, x, a, 0.2) for i in range(AGENTS)])
        assert close(found, each), f"seed {seed}"


@pytest.mark.parametrize("name", RULES)
def test_by_ids(name):
    if refusing(name, "sequential"):
        pytest.skip("refuses to act one by one")
    for seed in SEEDS:
        x, found, a, equation = ran(seed, name, "sequential")
        if not lonely_draws(name, a):
            assert close(found, in_order(range(AGENTS), x, a, equation)), f"seed {seed}"


@pytest.mark.parametrize("name", RULES)
def test_in_some_order_of_chance(name):
    if refusing(name, "shuffled"):
        pytest.skip("refuses to act one by one")
    for seed in SEEDS:
        x, found, a, equation = ran(seed, name, "shuffled")
        orders = permutations(range(AGENTS))
        if not lonely_draws(name, a):
            assert any(close(found, in_order(o, x, a, equation)) for o in orders), f"seed {seed}"


@pytest.mark.parametrize("name", ["average_consensus", "leader_following", "hegselmann_krause"])
def test_in_pairs_each_hears_its_partner_alone(name):
    for seed in SEEDS:
        x, found, a, equation = ran(seed, name, "pairs")
        assert any(close(found, met(p, x, a, equation)) for p in pairings(AGENTS, a)), seed


def pairings(agents: int, a):
    """Yields every set of pairs that share nobody, of agents of whom one hears the other."""
    pairs = [(i, j) for i in range(agents) for j in range(i) if a[i, j] or a[j, i]]

    def grown(taken, rest):
        yield taken
        for k, pair in enumerate(rest):
            if not any(set(pair) & set(one) for one in taken):
                yield from grown([*taken, pair], rest[k + 1 :])

    return grown([], pairs)


def met(pairs, x, a, equation):
    """Returns what comes out if these pairs meet, each as if joined with nobody else."""
    found = x.copy()
    for pair in pairs:
        alone = np.zeros_like(a)
        alone[pair[0], pair[1]], alone[pair[1], pair[0]] = a[pair[0], pair[1]], a[pair[1], pair[0]]
        for i in pair:
            found[i] = equation(i, x, alone, 0.2)
    return found


@pytest.mark.parametrize("name", ["gossip", "deffuant"])
def test_who_meets_moves_by_opposite_numbers(name):
    for seed in SEEDS:
        given = {"share": 0.3} if name == "gossip" else {"mu": 0.3, "threshold": 0.5}
        plain = scenario(seed, {"type": name, "state": "x", **given}, "synchronous")
        model = worlds.built(plain)
        hears = np.zeros((AGENTS, AGENTS))
        for source, target, _ in worlds.pieces_of_edges(model, "knows", 0):
            hears[target, source] = 1
        x = worlds.column(model, "a", "x", 0)
        found = worlds.column(worlds.after(model, 1), "a", "x", 0)

        def meeting(pairs, x=x):
            moved = x.copy()
            for i, j in pairs:
                if name == "gossip" or abs(x[i] - x[j]) < 0.5:
                    moved[i] += 0.3 * (x[j] - x[i])
                    moved[j] += 0.3 * (x[i] - x[j])
            return moved

        assert any(close(found, meeting(p)) for p in pairings(AGENTS, hears)), f"seed {seed}"


def test_the_best_of_neighbours_is_copied():
    for seed in SEEDS:
        plain = scenario(seed, {"type": "spatial_dilemma", "b": 1.2}, "synchronous")
        plain["relations"]["knows"] = {
            "type": "association",
            "between": ["a", "a"],
            "topology": {"type": "erdos_renyi", "p": 0.5},
        }
        model = worlds.built(plain)
        near = np.eye(AGENTS)
        for source, target, _ in worlds.pieces_of_edges(model, "knows", 0):
            near[target, source] = 1
        s = worlds.column(model, "a", "strategy", 0)
        earned = np.where(s[:, 0] > 0, near @ s[:, 0], 1.2 * (near @ s[:, 0]))
        worlds.after(model, 1)
        assert close(worlds.column(model, "a", "payoff", 0), earned), f"seed {seed}"
        found = worlds.column(model, "a", "strategy", 0)
        for i in range(AGENTS):
            best = [
                max((earned[j] for j in range(AGENTS) if near[i, j] and s[j, k]), default=-1)
                for k in (0, 1)
            ]
            copied = s[i] if abs(best[0] - best[1]) < 1e-12 else np.eye(2)[int(np.argmax(best))]
            assert close(found[i], copied), f"seed {seed}, agent {i}"
