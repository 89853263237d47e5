"""Mutual information of the levels of any model, with three ways in which noise meets activity."""

from typing import Literal

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.models.neurashed.neurashed import Neurashed
from netware.population import Population
from netware.probes.information.mutual_information import MutualInformation
from netware.tasks.one_hot import OneHot
from netware.world import World
from tests.rules.learners import drawn, world_of


Noise = Literal["normalised", "relative", "absolute"]
LABELS = (0, 0, 0, 0, 1, 1, 1, 1)
KINDS = OneHot(labels=LABELS).make("task", Draws.of(3, 2), torch.float32)
MODELS = {"neurashed": (Neurashed(), "level2"), "multilayer": (Multilayer(8, 2, (6,)), "hidden1")}


def around(population: Population) -> World:
    return world_of(population, data=KINDS)


def scaled(population: Population, by: float) -> Population:
    """Returns the agents with activities of the hidden part `by` times as large."""
    weights = dict(population.weights)
    if "w1" in weights:
        weights |= {"w1": weights["w1"] * by, "b1": weights["b1"] * by}
    else:
        weights["log_lambda2"] = weights["log_lambda2"] + np.log(by)
    return population.with_weights(weights)


def placed(noise: str, kappa: float, first: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Returns a S(x) from the activities as drawn and as they are, `[samples, units]`."""
    norms = np.linalg.norm(s, axis=1, keepdims=True)
    start = np.linalg.norm(first, axis=1).mean()
    return (
        s
        / {
            "absolute": 1.0,
            "relative": np.abs(s).max(),
            "normalised": norms + kappa * start,
        }[noise]
    )


def by_densities(t: np.ndarray, labels: np.ndarray, sigma: float) -> tuple[float, float]:
    """Samples both informations from plain Gaussian densities."""
    rng, (n, d) = np.random.default_rng(8), t.shape
    y = t[:, None] + sigma * rng.standard_normal((n, 4000, d))
    square = ((y[:, :, None] - t) ** 2).sum(3) / (2 * sigma**2)
    p_t = logsumexp(-square, axis=2) - np.log(n)
    p_tx = -square[np.arange(n), :, np.arange(n)]
    same = labels[:, None] == labels
    own = np.where(same[:, None], -square, -np.inf)
    p_ty = logsumexp(own, axis=2) - np.log(same.sum(1))[:, None]
    return float((p_tx - p_t).mean() / np.log(2)), float((p_ty - p_t).mean() / np.log(2))


@pytest.mark.parametrize("noise", ["normalised", "relative", "absolute"])
@pytest.mark.parametrize("name", list(MODELS))
def test_it_is_the_information_of_the_mixture(name: str, noise: Noise) -> None:
    model, part = MODELS[name]
    began = drawn(model, 3, replicas=2)
    now = scaled(began, 7.0)
    x = torch.eye(8).expand(6, -1, -1)
    sigma = 1e-4 if (name, noise) == ("neurashed", "absolute") else 0.3
    probe = MutualInformation("nets", "task", part, noise=noise, kappa=2.0, sigma=sigma, draws=4000)
    found = probe.read(around(now))
    for agent in range(6):
        first, s = (
            model.trace(p.weights, x, {})[part][agent].double().numpy() for p in (began, now)
        )
        expected = by_densities(placed(noise, 2.0, first, s), np.array(LABELS), sigma)
        place = (agent // 3, agent % 3)
        # 32 000 draws on either side, of a spread below 1.5 bits: 5 sd are 0.06.
        assert found["about_input_each"][place].item() == pytest.approx(expected[0], abs=0.06)
        assert found["about_label_each"][place].item() == pytest.approx(expected[1], abs=0.06)
        assert expected[0] > 0.1
    for name in ("about_input", "about_label"):
        torch.testing.assert_close(found[name], found[f"{name}_each"].mean(1))


def test_it_reaches_beyond_the_largest_number() -> None:
    plain = drawn(Neurashed(), 3, replicas=2)
    probe = MutualInformation("nets", "task", "level2", kappa=0.0)
    expected = probe.read(around(plain))["about_input_each"]
    weights = {name: w + 400.0 for name, w in plain.weights.items()}
    found = probe.read(around(plain.with_weights(weights)))["about_input_each"]
    # Directions of S do not change when all lambda grow alike; e^800 is no number in any type.
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-2)


def test_nothing_is_known_where_nothing_fires() -> None:
    dead = Neurashed(initial="constant", amplification=0.0)
    for noise in ("normalised", "relative", "absolute"):
        probe = MutualInformation("nets", "task", "level1", noise=noise)
        found = probe.read(around(drawn(dead, 3, replicas=2)))
        assert found["about_input"].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)


def test_agents_in_parts_read_as_all_at_once(monkeypatch) -> None:
    world = around(drawn(Neurashed(), 5, replicas=2))
    probe = MutualInformation("nets", "task", "level2", draws=20)
    whole = probe.read(world)
    monkeypatch.setattr("netware.probes.information.mutual_information.CHUNK_BYTES", 1 << 16)
    cut = probe.read(world)
    for name, values in whole.items():
        torch.testing.assert_close(cut[name], values)


def test_a_part_that_is_not_traced_is_refused() -> None:
    probe = MutualInformation("nets", "task", "level3")
    with pytest.raises(ScenarioError, match=r"(?s)no part 'level3'.*level1, level2, output"):
        probe.read(around(drawn(Neurashed(), 3, replicas=2)))
