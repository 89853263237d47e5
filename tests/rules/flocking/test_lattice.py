from math import sqrt

import pytest
import torch

from netware.rules.flocking.lattice import (
    action,
    bump,
    repulsion,
    shadows,
    sigma_norm,
    sigma_of,
    slope,
)


def test_the_smooth_norm_is_nearly_half_the_square_near_0_and_linear_far_away():
    r = torch.tensor([1e-3, 1e3], dtype=torch.float64)
    near, far = sigma_norm(r.square(), 0.1).tolist()
    assert near == pytest.approx(0.5e-6, rel=1e-5)
    assert far == pytest.approx(1e3 / sqrt(0.1), rel=0.01)
    assert sigma_of(1e3, 0.1) == pytest.approx(far)


def test_the_bump_falls_from_one_to_zero():
    z = torch.tensor([0.0, 0.2, 0.6, 1.0, 3.0])
    assert bump(z, 0.2).tolist() == pytest.approx([1, 1, 0.5, 0, 0], abs=1e-6)


def test_the_action_pushes_inside_pulls_outside_and_ends_at_the_range():
    z = torch.tensor([0.0, 5.0, 10.0, 12.0, 18.0, 25.0], dtype=torch.float64)
    for a, b in ((5.0, 5.0), (1.0, 5.0)):
        push = action(z, 18.0, 10.0, 0.2, a, b).tolist()
        assert push[0] < 0 and push[1] < 0 and push[3] > 0
        assert push[2] == pytest.approx(0, abs=1e-12) and push[4:] == pytest.approx([0, 0])
        assert push[0] >= -b and push[3] <= a


def test_repulsion_only_pushes():
    z = torch.linspace(0, 8, 50, dtype=torch.float64)
    push = repulsion(z, 6.0, 0.9)
    assert (push <= 0).all() and (push[z < 5.9] < 0).all() and push[z > 6.0].abs().max() == 0
    assert slope(torch.tensor([1.0])).item() == pytest.approx(sqrt(0.5))


def test_a_shadow_is_the_nearest_point_of_the_ball_and_moves_along_it():
    # A ball of radius 2; the agent 4 to the right of its centre, flying up and to the left.
    gap = torch.tensor([[[4.0, 0.0]]])
    way, motion = shadows(gap, torch.tensor([[-3.0, 1.0]]), torch.tensor([2.0]))
    assert way.tolist() == [[[-2.0, 0.0]]] and motion.tolist() == [[[0.0, 0.5]]]
