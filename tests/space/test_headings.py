"""Headings: frames undo each other, noise stays in its cone, directions are unit vectors."""

from math import pi

import torch

from netware.draws import Draws, Purpose
from netware.space.headings import (
    anywhere,
    into_frame,
    out_of_frame,
    perpendicular,
    tilted,
    towards,
)


MANY = Draws.of(4).stream(Purpose.PROBE, "headings", 2000)
PLANE = anywhere(MANY.uniform())
SPACE = anywhere(MANY.uniform(size=(2,)))


def test_directions_have_length_1_and_no_preference() -> None:
    for directions in (PLANE, SPACE):
        assert torch.allclose(directions.norm(dim=1), torch.ones(2000), atol=1e-5)
        assert directions.mean(0).norm() < 4 / 2000**0.5


def test_frames_undo_each_other_and_ahead_is_the_heading() -> None:
    vectors = PLANE.flip(0) * 3
    assert torch.allclose(out_of_frame(into_frame(vectors, PLANE), PLANE), vectors, atol=1e-5)
    ahead = into_frame(PLANE, PLANE)
    assert torch.allclose(ahead, torch.tensor([1.0, 0.0]).expand(2000, 2), atol=1e-5)


def test_towards_gives_directions_and_keeps_the_heading_of_a_zero_sum() -> None:
    total = torch.tensor([[0.0, 3.0], [0.0, 0.0]])
    assert towards(total, PLANE[:2])[0].tolist() == [0.0, 1.0]
    assert torch.equal(towards(total, PLANE[:2])[1], PLANE[1])


def test_noise_stays_within_half_its_width_and_fills_it() -> None:
    for mean, unit in ((PLANE, MANY.uniform()), (SPACE, MANY.uniform(size=(2,)))):
        angle = (tilted(mean, unit, 1.0) * mean).sum(1).clamp(-1, 1).acos()
        assert angle.max() < 0.5 + 1e-3 and angle.max() > 0.45
        assert torch.allclose(tilted(mean, unit, 0.0), mean, atol=1e-6)
    full = tilted(SPACE, MANY.uniform(size=(2,)), 2 * pi)
    assert abs((full * SPACE).sum(1).mean()) < 4 / 2000**0.5


def test_perpendicular_vectors_are_perpendicular_at_the_poles_too() -> None:
    axis = torch.cat([SPACE, torch.tensor([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])])
    one, other = perpendicular(axis)
    for a, b in ((one, axis), (other, axis), (one, other)):
        assert (a * b).sum(1).abs().max() < 1e-5
    assert torch.allclose(one.norm(dim=1), torch.ones(len(axis)), atol=1e-5)
