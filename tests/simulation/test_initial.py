"""Initial columns: what the scenario writes is what agents have at step 0."""

import pytest
import torch

from netware.errors import ShapeError
from tests.simulation.worlds import RING, model


SPACE = RING + "space: {dimensions: 3, box: 4.0}\n"


def column(folder, spec: str, name: str = "c", text: str = SPACE):
    return model(folder, f"populations.nodes.state.{name}={spec}", text=text).world["nodes"][name]


def test_numbers_words_lists_and_draws(tmp_path) -> None:
    assert (column(tmp_path, "2.5") == 2.5).all()
    assert (column(tmp_path, "zeros") == 0).all()
    assert column(tmp_path, "[1, 2, 3, 4, 5, 6]").tolist() == [1, 2, 3, 4, 5, 6] * 2
    assert column(tmp_path, "[[1, 2], [1, 2], [1, 2], [1, 2], [1, 2], [3, 4]]").shape == (12, 2)
    drawn = column(tmp_path, "{uniform: [3, 5], size: 50}")
    assert drawn.shape == (12, 50) and 3 <= drawn.min() and drawn.max() < 5
    assert abs(column(tmp_path, "{normal: [9, 0.1], size: 50}").mean() - 9) < 0.05
    assert column(tmp_path, "normal").shape == (12,)


def test_positions_fill_the_box_and_headings_are_directions(tmp_path) -> None:
    position = column(tmp_path, "uniform", "position")
    assert position.shape == (12, 3) and position.max() > 1 and position.max() < 4
    heading = column(tmp_path, "uniform", "heading")
    assert torch.allclose(heading.norm(dim=1), torch.ones(12))
    flat = RING + "space: {dimensions: 2, box: 4.0}\n"
    many = column(tmp_path, "uniform", "heading", flat)
    assert many.shape == (12, 2) and torch.allclose(many.norm(dim=1), torch.ones(12))


def test_replicas_draw_their_own_values(tmp_path) -> None:
    first, second = column(tmp_path, "uniform").view(2, 6)
    assert not torch.equal(first, second)


def test_a_list_of_the_wrong_length_says_so(tmp_path) -> None:
    with pytest.raises(ShapeError, match="a list of 2"):
        column(tmp_path, "[1, 2]")
