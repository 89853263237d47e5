"""Receptive fields: each neuron's weights are an image, at the neuron's own place."""

import numpy as np
import pytest

from netware.analysis.figures.receptive_fields import ReceptiveFields, Woven, mosaic
from netware.errors import StoreError


def a_run(make_run, kind: str = "synapse_generation", **names: int):
    """Populations by name, each with square inputs of that side and two receivers in a row."""
    rng = np.random.default_rng(5)
    tensors = {
        f"populations/{name}/weights/w1": rng.normal(size=(1, side * side, 2)).astype(np.float32)
        for name, side in names.items()
    }
    relations = {
        f"weaves_{name}": {
            "type": kind,
            "between": ["makers", name],
            "weights": "all",
            "sheets": [[side, side], [2, 1]],
        }
        for name, side in names.items()
    }
    given = {
        "replicas": 1,
        "populations": {name: {"agents": 1, "model": {"type": "multilayer"}} for name in names},
        "relations": relations,
    }
    return make_run(scenario=given, tensors=tensors), tensors


def test_each_neuron_has_its_image_at_its_place() -> None:
    matrix = np.arange(6 * 4, dtype=float).reshape(6, 4)
    found = mosaic(matrix, Woven((3, 2), (2, 2), "w1"))
    assert found.shape == (2 * 2 + 1, 2 * 3 + 1)
    for y, x in ((0, 0), (0, 1), (1, 0), (1, 1)):
        tile = found[y * 3 : y * 3 + 2, x * 4 : x * 4 + 3]
        assert np.array_equal(tile, matrix[:, 2 * y + x].reshape(2, 3))
    assert np.isnan(found[2]).all() and np.isnan(found[:, 3]).all()


def test_populations_stand_side_by_side_in_one_scale(make_run) -> None:
    run, tensors = a_run(make_run, small=3, large=5)
    figure = ReceptiveFields().draw(run)
    images = [axes.images[0] for axes in figure.axes if axes.images]
    assert len(images) == 2 and images[0].get_clim() == images[1].get_clim()
    drawn = np.ma.filled(np.ma.asarray(images[0].get_array()), np.nan)
    field = tensors["populations/small/weights/w1"][0, :, 1].reshape(3, 3)
    assert np.allclose(drawn[:, 4:], field)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert "small: 3 x 3 neurons" in titles and "large: 5 x 5 neurons" in titles
    assert len(ReceptiveFields(population="large").chosen(run)) == 1


def test_it_applies_to_what_was_made_synapse_by_synapse(make_run) -> None:
    run, _ = a_run(make_run, small=3)
    assert ReceptiveFields().applies(run) and "agent 0" in ReceptiveFields().caption(run)
    assert not ReceptiveFields(layer=2).applies(run)


def test_other_weights_are_refused(make_run) -> None:
    run, _ = a_run(make_run, kind="generation", small=3)
    assert not ReceptiveFields().applies(run)
    with pytest.raises(StoreError) as caught:
        ReceptiveFields().draw(run)
    message = str(caught.value)
    assert "no layer 1 that was generated synapse by synapse" in message
    assert "fix: write 'sheets' under a relation of type synapse_generation" in message
