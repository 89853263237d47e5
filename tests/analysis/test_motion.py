"""Positions and headings as recorded, and which times to show."""

import numpy as np
import pytest

from netware.analysis.motion import flight, moments, moving
from tests.analysis.conftest import columns


def test_headings_are_angles_or_vectors_or_follow_from_velocities(make_run, tmp_path) -> None:
    angle = np.random.default_rng(4).uniform(-3, 3, (2, 2, 4))
    vector = np.stack([np.cos(angle), np.sin(angle)], -1)
    position = np.zeros((2, 2, 4, 2))
    for number, given in enumerate(
        ({"birds.heading": angle}, {"birds.heading": vector}, {"birds.velocity": 3 * vector})
    ):
        series = {"snapshots": columns({"birds.position": position, **given})}
        run = make_run(series=series, at=tmp_path / str(number))
        assert moving(run) == ["birds"]
        assert np.allclose(flight(run, "birds", 1).heading, angle[:, 1], atol=1e-5)


def test_the_order_parameter_is_that_of_the_headings(make_run) -> None:
    aligned, opposed = np.full((1, 2, 4), 1.0), np.tile([0.0, np.pi, 0.0, np.pi], (1, 2, 1))
    series = columns(
        {
            "birds.position": np.zeros((2, 2, 4, 2)),
            "birds.heading": np.concatenate([opposed, aligned]),
        }
    )
    run = make_run(series={"snapshots": series})
    assert flight(run, "birds").order() == pytest.approx([0.0, 1.0], abs=1e-6)


def test_who_has_no_heading_does_not_move(make_run) -> None:
    run = make_run(series={"snapshots": columns({"birds.position": np.zeros((2, 2, 4, 2))})})
    assert moving(run) == []


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 40, 1000])
@pytest.mark.parametrize("wanted", [1, 2, 4, 8])
def test_moments_are_distinct_in_order_and_reach_the_end(count, wanted) -> None:
    chosen = moments(count, wanted)
    assert len(chosen) == min(count, wanted)
    assert chosen == sorted(set(chosen)) and 0 <= chosen[0] and chosen[-1] < count
    if wanted > 1:
        assert chosen[0] == 0 and chosen[-1] == count - 1
