"""Matrix: all weights are drawn, in an order that shows their structure."""

import numpy as np
import pytest

from netware.analysis.figures.matrix import Matrix, by_strength
from netware.errors import StoreError
from netware.models.base import AbstractModel
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn


def with_weights(make_run, model: AbstractModel, **weights: np.ndarray):
    tensors = {
        f"populations/nets/weights/{name}": np.asarray(w, np.float32)[None]
        for name, w in weights.items()
    }
    given = {"replicas": 1, "populations": {"nets": {"agents": 1}}}
    return make_run(scenario=given, tensors=tensors, models={"nets": model})


def drawn(figure) -> np.ndarray:
    return np.asarray(figure.axes[0].images[0].get_array())


def test_the_largest_matrix_is_drawn_with_all_its_values(make_run) -> None:
    w1 = np.random.default_rng(1).normal(size=(4, 6)).astype(np.float32)
    run = with_weights(make_run, Multilayer(4, 2, (6,)), w1=w1, b1=np.ones(6), w2=np.ones((6, 2)))
    figure = Matrix().draw(run)
    assert np.allclose(np.sort(drawn(figure).ravel()), np.sort(w1.ravel()))
    assert figure.axes[0].get_title(loc="left") == "nets: weights w1 of agent 0"
    assert figure.axes[0].get_xlabel() == "receiver (n = 6)"
    assert Matrix(weight="w2").draw(run).axes[0].get_ylabel() == "sender (n = 6)"


def test_zero_is_white_and_signs_are_opposite(make_run) -> None:
    w = np.diag([1.0, -1.0, 0.0, 0.5])
    image = (
        Matrix().draw(with_weights(make_run, Multilayer(4, 4, bias="none"), w1=w)).axes[0].images[0]
    )
    low, high = image.get_clim()
    assert low == -high
    assert np.allclose(image.to_rgba(np.zeros((1, 1)))[0, 0, :3], 1.0, atol=0.02)


def test_rows_and_columns_are_sorted_by_strength() -> None:
    strength = np.array([1.0, 3.0, 2.0])
    found = by_strength(np.outer(strength, strength)).values
    assert np.array_equal(found[0], [9, 6, 3]) and np.array_equal(found[:, 0], [9, 6, 3])


def test_a_urn_is_sorted_by_iteration_and_idle_neurons_are_left_out(make_run) -> None:
    shuffled = np.random.default_rng(2).permutation(np.arange(3, 18))
    hidden = shuffled[:4]
    w = np.zeros((20, 20))
    w[np.ix_(np.arange(3), hidden)] = 0.5
    w[np.ix_(hidden, np.array([18, 19]))] = -0.5
    model = Urn(3, 2, 20, 2)
    figure = Matrix().draw(with_weights(make_run, model, w=w, b=np.zeros(20)))
    values = drawn(figure)
    assert values.shape == (9, 9)
    assert np.all(values[:3, 3:7] == 0.5) and np.all(values[3:7, 7:] == -0.5)
    assert np.count_nonzero(values) == 12 + 8
    ticks = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert ticks == ["input", "iteration 1", "output"]


def test_memories_have_no_matrix_to_sort_and_wrong_names_are_refused(make_run) -> None:
    run = with_weights(make_run, Hopfield(9, 3), patterns=np.ones((3, 9)))
    assert not Matrix().applies(run)
    run = with_weights(make_run, Multilayer(2, 2, bias="none"), w1=np.ones((2, 2)))
    with pytest.raises(StoreError, match="no matrix 'w7'"):
        Matrix(weight="w7").draw(run)
