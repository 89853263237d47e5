"""Receptive fields: each neuron's weights are an image, at the neuron's own place."""

import numpy as np
import pytest

from netware.analysis.figures.receptive_fields import ReceptiveFields, Woven, mosaic
from netware.errors import StoreError
from netware.models.chnnet import Chnnet
from netware.models.multilayer import Multilayer
from netware.models.wrappers.low_rank import LowRank


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
    models = {name: Multilayer(side * side, 2, (), bias="none") for name, side in names.items()}
    return make_run(scenario=given, tensors=tensors, models=models), tensors


def test_each_neuron_has_its_image_at_its_place() -> None:
    matrix = np.arange(6 * 4, dtype=float).reshape(6, 4)
    found = mosaic(matrix, Woven((3, 2), (2, 2), Multilayer(6, 4, ()).synapses()[0]))
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


def one_relation(*sheets: tuple[int, int]) -> dict:
    made = {"type": "synapse_generation", "between": ["makers", "net"], "sheets": sheets}
    nets = {"net": {"agents": 1, "model": {"type": "multilayer"}}}
    return {"replicas": 1, "populations": nets, "relations": {"weaves": made}}


def arrays_of(shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(6)
    return {
        f"populations/net/weights/{name}": rng.normal(size=(1, *shape)).astype(np.float32)
        for name, shape in shapes.items()
    }


def test_the_second_layer_is_the_one_behind_the_links_inside_the_first(make_run) -> None:
    net = Chnnet(4, 2, (6,))
    tensors = arrays_of(net.weight_shapes())
    scenario = one_relation((2, 2), (3, 2), (2, 1))
    run = make_run(scenario=scenario, tensors=tensors, models={"net": net})
    figure = ReceptiveFields(layer=2).draw(run)
    drawn = np.ma.filled(np.ma.asarray(figure.axes[0].images[0].get_array()), np.nan)
    assert np.allclose(drawn[:, :3], tensors["populations/net/weights/w2"][0, :, 0].reshape(2, 3))
    assert not ReceptiveFields(layer=3).applies(run)


def test_what_an_adapter_adds_is_drawn_too(make_run) -> None:
    net = LowRank(Multilayer(4, 1, bias="none"), rank=1, scale=2.0)
    tensors = arrays_of(net.weight_shapes())
    run = make_run(scenario=one_relation((2, 2), (1, 1)), tensors=tensors, models={"net": net})
    image = np.asarray(ReceptiveFields().draw(run).axes[0].images[0].get_array())
    w, down, up = (tensors[f"populations/net/weights/{n}"][0] for n in ("w1", "w1.down", "w1.up"))
    assert np.allclose(image, (w + 2.0 * down @ up).reshape(2, 2), atol=1e-6)


def test_a_checkpoint_that_does_not_say_whom_weights_join_is_not_drawn(make_run) -> None:
    tensors = arrays_of({"w1": (4, 1)})
    assert not ReceptiveFields().applies(
        make_run(scenario=one_relation((2, 2), (1, 1)), tensors=tensors)
    )
