"""Opinions under bounded confidence: the clusters that are left, counted from raw opinions."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from netware.simulation.model import NetwareModel
from tests.simulation.worlds import write


def clusters(opinions: np.ndarray, gap: float) -> list[np.ndarray]:
    """Splits opinions where neighbours in order are further apart than a gap."""
    ordered = np.sort(opinions)
    return np.split(ordered, np.nonzero(np.diff(ordered) > gap)[0] + 1)


# --- OPI-1: 101 opinions at equal distances; reference in rational arithmetic (science.md, M).

LINE = """
netware: 1
name: line
seed: 1
steps: 100
precision: float64
populations:
  people:
    agents: 101
    state: {{opinion: {opinions}}}
relations:
  everybody: {{type: association, between: [people, people], topology: {{type: complete}}}}
rules:
  listen: {{type: hegselmann_krause, on: people, confidence: {confidence}{over}}}
"""
LEFT = {
    0.055: [(0.078507, 13), (0.208048, 13), (0.343168, 14), (0.5, 21)],
    0.105: [(0.156688, 25), (0.5, 51)],
    0.155: [(0.234657, 37), (0.5, 27)],
    0.205: [(0.5, 101)],
}
FROZEN = {0.105: 26, 0.205: 38}


def listened(folder: Path, confidence: float, over: str) -> tuple[np.ndarray, int]:
    """Returns opinions at rest, and the steps until nothing moves, not one bit."""
    opinions = [k / 100 for k in range(101)]
    text = LINE.format(opinions=opinions, confidence=confidence, over=over)
    model = NetwareModel(write(folder, text), collect=0)
    for step in range(200):
        before = model.world["people"]["opinion"].numpy()
        model.step()
        after = model.world["people"]["opinion"].numpy()
        assert (np.diff(after) > -1e-12).all(), "opinions change their order"
        if np.array_equal(before, after):
            return after, step
    raise AssertionError("never at rest")


@pytest.mark.t0
@pytest.mark.parametrize("over", ["", ", over: everybody"], ids=["sorted", "edges"])
@pytest.mark.parametrize("confidence", LEFT)
def test_opi_1_clusters_of_101_opinions_at_equal_distances(confidence, over, tmp_path):
    rest, step = listened(tmp_path, confidence, over)
    half = LEFT[confidence]
    mirrored = [(1 - place, size) for place, size in reversed(half) if place < 0.5]
    found = clusters(rest, 1e-6)
    assert [len(one) for one in found] == [size for _, size in [*half, *mirrored]]
    places = [place for place, _ in [*half, *mirrored]]
    assert [one.mean() for one in found] == pytest.approx(places, abs=1e-5)
    assert all(one.max() - one.min() < 1e-12 for one in found)
    if confidence in FROZEN:
        # Along edges everybody sums in an order of his own: the last bit may take a step more.
        assert FROZEN[confidence] <= step <= FROZEN[confidence] + (2 if over else 0)


@pytest.mark.t0
def test_opi_1_control_who_hears_nobody_stays(tmp_path):
    rest, step = listened(tmp_path, 0.005, "")
    assert step == 0 and len(clusters(rest, 1e-6)) == 101


# --- OPI-3: 1000 opinions that meet two by two; six replicas are six seeds.

PAIRS = """
netware: 1
name: pairs
seed: 33
steps: 400
replicas: 6
precision: float64
populations:
  people: {{agents: 1000, state: {{opinion: uniform}}}}
rules:
  meet: {{type: deffuant, on: people, threshold: {threshold}, mu: 0.5, order: {order}}}
"""


def met(folder: Path, threshold: float, order: str) -> tuple[np.ndarray, np.ndarray]:
    """Returns the opinions of six replicas at first and after many meetings."""
    text = PAIRS.format(threshold=threshold, order=order)
    model = NetwareModel(write(folder, text), collect=0)
    first = model.world["people"]["opinion"].view(6, 1000).numpy()
    for _ in range(model.blueprint.scenario.steps):
        model.step()
    return first, model.world["people"]["opinion"].view(6, 1000).numpy()


@pytest.mark.t1
@pytest.mark.parametrize("order", ["disjoint", "sequential"])
def test_opi_3_major_clusters_against_the_threshold(order, tmp_path):
    for threshold, expected in ((0.5, {1}), (0.2, {2}), (0.1, {4, 5})):
        first, last = met(tmp_path, threshold, order)
        assert np.abs(first.mean(1) - last.mean(1)).max() < 1e-10
        major = [sum(len(one) > 20 for one in clusters(row, 0.02)) for row in last]
        assert sum(count in expected for count in major) >= 5, major
        for row in last:
            centres = [one.mean() for one in clusters(row, 0.02) if len(one) > 20]
            assert all(b - a > threshold for a, b in pairwise(centres))


@pytest.mark.t1
def test_opi_3_control_a_threshold_below_all_differences_leaves_all_as_they_are(tmp_path):
    first, last = met(tmp_path, 1e-9, "disjoint")
    assert np.array_equal(first, last)
