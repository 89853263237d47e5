"""Morphology: nodes by connectivity, weights by strength and sign."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from netware.analysis.figures.morphology import MOST_NODES, Morphology, placed
from netware.analysis.style import NEGATIVE, POSITIVE
from netware.models.base import AbstractModel
from netware.models.intralinked import Intralinked
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.record.reader import Run


def net(
    make_run, *weights: np.ndarray, model: AbstractModel | None = None, **others: np.ndarray
) -> Run:
    sizes = [len(weights[0]), *(w.shape[1] for w in weights)] if weights else [1, 1]
    model = model or Multilayer(sizes[0], sizes[-1], tuple(sizes[1:-1]), bias="none")
    named = {f"w{k}": w for k, w in enumerate(weights, 1)} | others
    tensors = {
        f"populations/nets/weights/{name}": np.asarray(w, np.float32)[None]
        for name, w in named.items()
    }
    given = {"replicas": 1, "populations": {"nets": {"agents": 1}}}
    return make_run(scenario=given, tensors=tensors, models={"nets": model})


def lines(figure) -> list[LineCollection]:
    return [each for each in figure.axes[0].collections if isinstance(each, LineCollection)]


def test_every_weight_is_a_line_in_the_colour_of_its_sign(make_run) -> None:
    w1 = np.array([[1.0, -0.5], [0.25, -0.75]])
    figure = Morphology().draw(net(make_run, w1, np.ones((2, 1))))
    first = lines(figure)[0]
    colors = np.asarray(first.get_colors())[:, :3]
    widths = np.array(first.get_linewidths())
    order = np.argsort(np.abs(w1).ravel())
    signs = w1.ravel()[order] > 0
    for color, positive in zip(colors, signs, strict=True):
        assert np.allclose(color, to_rgb(POSITIVE if positive else NEGATIVE))
    assert np.all(np.diff(widths) > 0), "the stronger the wider, the strongest last"
    assert np.all(np.diff(np.asarray(first.get_colors())[:, 3]) > 0)


def test_lines_end_at_nodes(make_run) -> None:
    run = net(make_run, np.random.default_rng(1).normal(size=(3, 4)), np.ones((4, 2)))
    figure = Morphology().draw(run)
    nodes = [each for each in figure.axes[0].collections if not isinstance(each, LineCollection)]
    places = {tuple(np.round(xy, 9)) for each in nodes for xy in np.asarray(each.get_offsets())}
    assert len(places) == 3 + 4 + 2
    for each in lines(figure):
        for segment in each.get_segments():
            assert {tuple(np.round(end, 9)) for end in segment} <= places


def test_the_area_of_a_node_grows_with_its_connectivity(make_run) -> None:
    w1, w2 = np.array([[1.0, -2.0], [3.0, 4.0]]), np.array([[-1.0], [3.0]])
    figure = Morphology(order="given").draw(net(make_run, w1, w2))
    nodes = [each for each in figure.axes[0].collections if not isinstance(each, LineCollection)]
    areas = nodes[1].get_sizes()
    assert areas[1] / areas[0] == pytest.approx(0.45 / 0.1)


def test_below_stands_the_entropy_of_each_hidden_layer(make_run) -> None:
    w1, w2 = np.array([[1.0, -2.0], [3.0, 4.0]]), np.array([[-1.0], [3.0]])
    below = Morphology().draw(net(make_run, w1, w2)).axes[1]
    most, entropy = below.lines
    assert entropy.get_ydata() == pytest.approx([0.474139], abs=1e-6)
    assert most.get_ydata() == pytest.approx([np.log(2)])
    ticks = [tick.get_text() for tick in below.get_xticklabels()]
    assert ticks == ["input\nn = 2", "hidden 1\nn = 2", "output\nn = 1"]


def test_the_strongest_nodes_stand_in_the_middle_and_none_is_lost() -> None:
    c = np.random.default_rng(2).uniform(size=9)
    heights = placed(c, True, 9)
    assert heights[np.argmax(c)] == pytest.approx(0.0)
    assert len(set(np.round(heights, 9))) == 9
    assert np.all(np.diff(np.abs(heights)[np.argsort(-c)]) > -1e-9)
    assert np.all(np.diff(placed(c, False, 9)) < 0), "as given: the first on top"


def test_of_a_wide_layer_the_strongest_are_drawn_and_the_rest_counted(make_run) -> None:
    run = net(make_run, np.random.default_rng(3).normal(size=(64, 5)), np.ones((5, 1)))
    figure = Morphology().draw(run)
    nodes = [each for each in figure.axes[0].collections if not isinstance(each, LineCollection)]
    assert len(np.asarray(nodes[0].get_offsets())) == MOST_NODES
    assert f"+ {64 - MOST_NODES} weaker" in [text.get_text() for text in figure.axes[0].texts]


def test_links_inside_a_layer_are_arcs(make_run) -> None:
    run = net(
        make_run,
        np.ones((2, 4)),
        np.ones((4, 1)),
        model=Intralinked(2, 1, (4,), 2, bias="none"),
        c1=np.array([[1.0], [-1.0]]),
    )
    arcs = [each for each in lines(Morphology().draw(run)) if len(each.get_segments()[0]) > 2]
    assert len(arcs) == 1 and len(arcs[0].get_segments()) == 2


def test_a_urn_is_drawn_by_its_iterations(make_run) -> None:
    w = np.zeros((20, 20))
    w[:3, 3:7], w[3:7, 18:] = 0.5, -0.5
    figure = Morphology().draw(net(make_run, model=Urn(3, 2, 20, 2), w=w, b=np.zeros(20)))
    ticks = [tick.get_text() for tick in figure.axes[1].get_xticklabels()]
    assert ticks == ["input\nn = 3", "iteration 1\nn = 4", "output\nn = 2"]


def test_weights_that_are_all_zero_and_nets_without_hidden_layers_are_drawn(make_run) -> None:
    assert Morphology().draw(net(make_run, np.zeros((3, 2)))).render("png", dpi=30)


def test_it_applies_where_there_are_layers(make_run) -> None:
    assert not Morphology().applies(make_run())
