"""Steer: the network's output is where an agent goes."""

from math import cos, pi, sin

import pytest
import torch

from netware.errors import ShapeError
from netware.simulation.model import NetwareModel
from tests.simulation.worlds import write


TEXT = """
netware: 1
name: steered
seed: 3
steps: 5
space: {dimensions: 2, box: 10.0}
populations:
  birds:
    agents: 3
    state:
      position: uniform
      heading: [[1, 0], [0, 1], [0.6, 0.8]]
      wish: [[0, 1], [1, 0], [0, 0]]
rules:
  fly: {type: steer, on: birds, by: wish, speed: 0.5, noise: 0.0}
"""


def model(folder, *overrides: str) -> NetwareModel:
    return NetwareModel(write(folder, TEXT), overrides)


def test_an_agent_turns_left_goes_on_or_keeps_its_heading(tmp_path) -> None:
    flock = model(tmp_path)
    before = flock.world["birds"]["position"]
    flock.step()
    heading = flock.world["birds"]["heading"]
    expected = torch.tensor([[0.0, 1.0], [0.0, 1.0], [0.6, 0.8]])
    assert torch.allclose(heading, expected, atol=1e-6)
    assert torch.allclose(
        flock.world["birds"]["position"], (before + 0.5 * expected) % 10, atol=1e-5
    )


def test_in_the_frame_of_the_world_the_output_is_the_heading(tmp_path) -> None:
    flock = model(tmp_path, "rules.fly.frame=world")
    flock.step()
    expected = torch.tensor([[0.0, 1.0], [1.0, 0.0], [0.6, 0.8]])
    assert torch.allclose(flock.world["birds"]["heading"], expected, atol=1e-6)


def test_noise_stays_within_its_width(tmp_path) -> None:
    flock = model(tmp_path, "rules.fly.noise=1.0", "rules.fly.frame=world")
    for _ in range(20):
        flock.step()
        x, y = flock.world["birds"]["heading"][1]
        assert abs(float(torch.atan2(y, x))) <= 0.5
    assert not torch.equal(flock.world["birds"]["heading"][1], torch.tensor([1.0, 0.0]))


def test_turning_the_world_turns_the_flock(tmp_path) -> None:
    angle = pi / 3
    turn = torch.tensor([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]])
    flock, turned = model(tmp_path), model(tmp_path)
    turned.world = turned.world.with_state("birds", heading=flock.world["birds"]["heading"] @ turn)
    flock.step()
    turned.step()
    expected = flock.world["birds"]["heading"] @ turn
    assert torch.allclose(turned.world["birds"]["heading"], expected, atol=1e-5)


def test_an_output_that_does_not_point_is_refused(tmp_path) -> None:
    with pytest.raises(ShapeError, match="outputs: 2"):
        model(tmp_path, "populations.birds.state.wish=zeros")
