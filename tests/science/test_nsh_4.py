"""Neurashed, figure 5: the second level learns two bits about its input and keeps one.

Su (2024), arXiv:2112.09741. The noise is a choice of ours, since the paper names none; two others
that do not give its figure are the controls.
"""

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from netware.probes.information.mutual_information import MutualInformation
from netware.simulation.model import NetwareModel


SCENARIO = Path(__file__).parents[2] / "scenarios" / "su_2021_neurashed.yaml"
LOOKS = (0, 20, 40, 60, 80, 100, 140, 180, 240, 300, 800, 1600)
LABELS = np.arange(8) // 4
PATTERNS = [{1, 2, 7}, {2, 3, 7}, {4, 5, 7}, {5, 6, 7}]
NETS = 10

Array = NDArray[np.float64]
Logs = dict[int, list[Array]]


def logsumexp(values: Array, axis: int) -> Array:
    """Returns ln sum e^x along an axis."""
    return np.logaddexp.reduce(values, axis=axis)


@cache
def run() -> tuple[Logs, NetwareModel]:
    """Runs ten networks; returns ln lambda of both levels at some steps, and the model."""
    model = NetwareModel(SCENARIO, [f"replicas={NETS}", "seed=11"], collect=0)
    logs: Logs = {}
    for step in range(LOOKS[-1] + 1):
        if step in LOOKS:
            weights = model.world["nets"].weights
            logs[step] = [weights[f"log_lambda{level}"].numpy().copy() for level in (1, 2)]
        if step < LOOKS[-1]:
            model.step()
    return logs, model


def scores(logs: list[Array]) -> list[Array]:
    """Returns ln S of both levels for the eight inputs, written out for figure 5."""
    first, second = logs
    low, high = np.full((NETS, 8, 14), -np.inf), np.full((NETS, 8, 6), -np.inf)
    for x in range(8):
        shift, mine = 7 * (x // 4), PATTERNS[x % 4]
        for n in mine:
            low[:, x, n - 1 + shift] = first[:, n - 1 + shift]
        for node, (heard, least) in enumerate(
            (({1, 2, 3}, 1), (set(range(1, 8)), 2), ({4, 5, 6}, 1))
        ):
            fires = [n - 1 + shift for n in sorted(mine & heard)]
            if len(fires) >= least:
                at = node + 3 * (x // 4)
                high[:, x, at] = second[:, at] + logsumexp(first[:, fires], axis=1)
    return [low, high]


def normalised(now: Array, first: Array, kappa: float = 10.0) -> Array:
    """Returns S / (|S| + kappa mean |S| at the beginning)."""
    size = logsumexp(2 * now, axis=2)[..., None] / 2
    start = logsumexp(logsumexp(2 * first, axis=2) / 2, axis=1)[:, None, None] - np.log(8)
    return np.exp(now - np.logaddexp(size, np.log(kappa) + start))


def information(t: Array, sigma: float = 0.05, draws: int = 400) -> tuple[float, float]:
    """Returns I(T; X) and I(T; Y) in bits, means over the networks, from plain densities."""
    rng, found = np.random.default_rng(2), []
    for net in t:
        y = net[:, None] + sigma * rng.standard_normal((8, draws, net.shape[1]))
        log_p = -((y[:, :, None] - net) ** 2).sum(3) / (2 * sigma**2)
        whole = logsumexp(log_p, axis=2) - np.log(8)
        given_x = log_p[np.arange(8), :, np.arange(8)]
        other = np.where((LABELS[:, None] == LABELS)[:, None], log_p, -np.inf)
        given_y = logsumexp(other, axis=2) - np.log(4)
        found.append([(given_x - whole).mean() / np.log(2), (given_y - whole).mean() / np.log(2)])
    about = np.mean(found, axis=0)
    return float(about[0]), float(about[1])


@cache
def curves() -> dict[tuple[int, int], tuple[float, float]]:
    """Returns both informations at every look, of levels 1 and 2."""
    logs, _ = run()
    first = scores(logs[0])
    return {
        (step, level): information(normalised(scores(logs[step])[level - 1], first[level - 1]))
        for step in LOOKS
        for level in (1, 2)
    }


@pytest.mark.t1
def test_nsh_4_the_second_level_rises_to_two_bits_and_falls_to_one() -> None:
    about = {step: curves()[step, 2][0] for step in LOOKS}
    assert 1.7 <= max(about[step] for step in LOOKS if step < 200) <= 2.2
    assert about[0] < 1.2
    assert abs(about[800] - 1.0) <= 0.05


@pytest.mark.t1
def test_nsh_4_the_first_level_rises_and_falls_to_two_bits() -> None:
    about = {step: curves()[step, 1][0] for step in LOOKS}
    assert max(about.values()) > 2.2
    assert abs(about[1600] - 2.0) <= 0.05


@pytest.mark.t1
def test_nsh_4_the_label_is_learned_and_kept() -> None:
    for level in (1, 2):
        assert abs(curves()[1600, level][1] - 1.0) <= 0.02
    assert abs(curves()[800, 2][1] - 1.0) <= 0.02


@pytest.mark.t1
def test_nsh_4_the_probe_reads_the_same() -> None:
    logs, model = run()
    for level in (1, 2):
        probe = MutualInformation("nets", "inputs", f"level{level}", draws=1000)
        found = probe.read(model.world)
        expected = curves()[1600, level]
        assert found["about_input"].mean().item() == pytest.approx(expected[0], abs=0.01)
        assert found["about_label"].mean().item() == pytest.approx(expected[1], abs=0.01)
    assert set(logs) == set(LOOKS)


@pytest.mark.t1
def test_nsh_4_nodes_grow_at_the_rates_of_their_firing() -> None:
    logs, _ = run()
    steps, unit = LOOKS[-1], np.log(1.022)
    for level, rates in (
        (1, [0.125, 0.5, 0.125, 0.125, 0.5, 0.125, 0.25]),
        (2, [0.5, 1.25, 0.5]),
    ):
        grown = (logs[steps][level - 1] - logs[0][level - 1]) / (unit * steps)
        both = grown.reshape(2 * NETS, -1)
        # Variance of a step 9 p (1 - p) (node 7: p (1 - p)), p = (rate + 1/4) / 3.
        p = (np.array(rates) + 0.25) / 3
        spread = 3 * np.sqrt(p * (1 - p) / (steps * 2 * NETS))
        assert (np.abs(both.mean(0) - rates) < 5 * spread).all()


@pytest.mark.t1
def test_nsh_4_control_against_absolute_noise_nothing_is_forgotten() -> None:
    logs, _ = run()
    about = [information(np.exp(scores(logs[step])[1]))[0] for step in LOOKS]
    assert about[0] < 0.1
    assert all(b > a - 0.05 for a, b in pairwise(about))
    assert about[-1] > 2.9


@pytest.mark.t1
def test_nsh_4_control_noise_relative_to_the_largest_activity_drowns_labels() -> None:
    logs, _ = run()
    score = scores(logs[1600])[1]
    t = np.exp(score - score.max((1, 2), keepdims=True))
    assert information(t)[1] < 0.95
