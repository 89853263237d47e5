"""Distribution: histograms of data, of noise, and of what came back."""

import numpy as np
import pytest

from netware.analysis.figures.distribution import Distribution
from netware.errors import StoreError
from tests.analysis.conftest import columns


RULES = {
    "up": {"type": "noising", "on": "birds", "state": "x", "level": "level"},
    "down": {"type": "denoising", "on": "birds", "state": "x", "level": "level"},
}
LEVELS = np.array([0, 5, 9, 4, 0])


@pytest.fixture
def samples() -> np.ndarray:
    return np.random.default_rng(5).normal(size=(5, 2, 4, 50)) + np.arange(5)[:, None, None, None]


@pytest.fixture
def run(make_run, samples):
    level = np.broadcast_to(LEVELS[:, None, None], (5, 2, 4))
    series = {"snapshots": columns({"birds.x": samples, "birds.level": level}, every=10)}
    return make_run(scenario={"rules": RULES}, series=series)


def test_it_draws_the_first_the_noisiest_and_the_last_snapshot(run, samples) -> None:
    (axes,) = Distribution(bins=30).draw(run).axes
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["step 0", "step 20", "step 40"]
    for patch, at in zip(axes.patches, (0, 2, 4), strict=True):
        values, edges, _ = patch.get_data()
        expected = np.histogram(samples[at].astype(np.float32), edges)[0]
        assert np.allclose(values * np.diff(edges) * samples[at].size, expected)
    assert axes.get_title(loc="left") == "birds"


def test_one_number_of_a_sample_may_be_asked_for(run, samples) -> None:
    (axes,) = Distribution(component=7).draw(run).axes
    values, edges, _ = axes.patches[0].get_data()
    expected = np.histogram(samples[0, :, :, 7].astype(np.float32), edges)[0]
    assert np.allclose(values * np.diff(edges) * 8, expected)
    with pytest.raises(StoreError, match="no component 50"):
        Distribution(component=50).draw(run)


def test_it_applies_to_recorded_loops_alone(make_run, run, samples, tmp_path) -> None:
    assert Distribution().applies(run)
    assert "Samples held by birds" in Distribution().caption(run)
    series = {"snapshots": columns({"birds.x": samples})}
    assert not Distribution().applies(make_run(series=series, at=tmp_path / "no rules"))
    no_level = make_run(scenario={"rules": RULES}, series=series, at=tmp_path / "no level")
    assert not Distribution().applies(no_level)
