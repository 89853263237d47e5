"""Connectome: weights by the direction in which they lead."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from netware.analysis.figures.connectome import DIRECTIONS, Connectome, wired
from netware.errors import StoreError
from netware.models.urn import Urn
from netware.record.reader import Run


FLAT = Urn(2, 1, 8, 4, "output")
CUBE = Urn(4, 1, 12, 3, "output", cube=(2, 2, 3))


def run(make_run, w: np.ndarray, model: Urn) -> Run:
    tensors = {
        "populations/nets/weights/w": w[None].astype(np.float32),
        "populations/nets/weights/b": np.zeros((1, len(w)), np.float32),
    }
    given = {"populations": {"nets": {"agents": 1}}, "replicas": 1}
    return make_run(scenario=given, tensors=tensors, models={"nets": model})


def network() -> np.ndarray:
    """Inputs 0, 1 reach output 7 by 2, 3 and 4, once sideways and once back; 5 and 6 are idle."""
    w = np.zeros((8, 8))
    w[0, 2], w[1, 3], w[3, 4], w[4, 7], w[2, 7] = 1.0, -2.0, 1.0, 1.0, 0.5
    w[2, 3] = 0.75
    w[4, 2] = 0.25
    w[5, 7], w[0, 6], w[1, 2] = 3.0, 3.0, 1e-4
    return w


def in_space() -> np.ndarray:
    """Planes of 4: inputs 0-3 at z = 0, 4-7 at z = 1, 8-11 at z = 2, the output the last."""
    w = np.zeros((12, 12))
    w[0, 4], w[4, 11], w[1, 5], w[5, 0], w[0, 11] = 1.0, 1.0, 0.5, 0.5, 1.0
    w[1, 0], w[2, 4] = 0.25, 1.0
    return w


def lines(figure) -> dict[str, LineCollection]:
    found = [each for each in figure.axes[0].collections if isinstance(each, LineCollection)]
    return {str(each.get_label()): each for each in found}


def test_weights_that_matter_are_shared_out_by_direction(make_run) -> None:
    wiring = wired(run(make_run, network(), FLAT), "nets", 0, 0)
    # Layers: 2 and 3 from iteration 1 on, 4 from 2 on; 5 hears nothing, 6 says nothing.
    assert wiring.names == ("input", "iteration 1", "iteration 2", "iteration 3", "output")
    assert wiring.level.tolist() == [0, 0, 1, 1, 2, 4]
    assert np.count_nonzero(wiring.w) == 7
    size = {"forward": 1.0 + 2.0 + 1.0 + 1.0 + 0.5, "lateral": 0.75, "backward": 0.25}
    for name, share in wiring.shares().items():
        assert share == pytest.approx(size[name] / 6.5)


def test_in_space_the_direction_is_that_of_z(make_run) -> None:
    wiring = wired(run(make_run, in_space(), CUBE), "nets", 0, 0)
    rise = wiring.level[None, :] - wiring.level[:, None]
    size = np.abs(in_space())
    matters = size.copy()
    for name, _, sign in DIRECTIONS:
        wanted = matters[np.sign(rise) == sign].sum() / matters.sum()
        assert wiring.shares()[name] == pytest.approx(wanted)
    assert wiring.shares()["backward"] > 0 and wiring.shares()["lateral"] > 0


def test_every_weight_is_a_line_in_the_colour_of_its_direction(make_run) -> None:
    figure = Connectome().draw(run(make_run, in_space(), CUBE))
    found = lines(figure)
    counts = {"forward": 5, "lateral": 1, "backward": 1}
    for name, color, _ in DIRECTIONS:
        assert len(found[name].get_segments()) == counts[name]
        assert np.allclose(np.asarray(found[name].get_colors())[:, :3], to_rgb(color))
    widths = np.asarray(found["forward"].get_linewidths())
    assert widths.max() > widths.min()
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "z = 1\nn = 2" in texts and "lateral 5 %" in texts
    assert figure.render("png", dpi=30)


def test_links_inside_a_layer_are_arcs_and_all_lines_end_at_neurons(make_run) -> None:
    one = run(make_run, network(), FLAT)
    wiring, found = wired(one, "nets", 0, 0), lines(Connectome().draw(one))
    places = {tuple(np.round(place, 9)) for place in wiring.place}
    for each in found.values():
        for segment in each.get_segments():
            assert {tuple(np.round(segment[at], 9)) for at in (0, -1)} <= places
    arc = found["lateral"].get_segments()[0]
    assert arc[:, 0].max() > arc[0, 0] + 0.1
    assert len(places) == len(wiring.level), "no two neurons on one place"


def test_weights_that_are_all_zero_are_drawn(make_run) -> None:
    for model in (FLAT, CUBE):
        one = run(make_run, np.zeros((model.neurons, model.neurons)), model)
        assert Connectome().draw(one).render("png", dpi=30)


def test_it_applies_to_urns_alone(make_run, tmp_path) -> None:
    assert Connectome().applies(run(make_run, network(), FLAT))
    other = make_run(at=tmp_path / "runs" / "flock" / "other")
    assert not Connectome().applies(other)
    with pytest.raises(StoreError, match="no URN"):
        Connectome().draw(other)
