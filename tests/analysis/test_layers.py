"""Layers in weights: connectivity by hand, chains of matrices, and a URN that hides a network."""

from itertools import pairwise

import numpy as np
import pytest

from netware.analysis.layers import chain_of, layered, unrolled
from netware.errors import StoreError
from netware.measures.morphology import connectivity, node_shares
from netware.models.base import AbstractModel
from netware.models.chnnet import Chnnet
from netware.models.intralinked import Intralinked
from netware.models.layers.synapses import Recursion
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.models.urn import Residual, Urn
from netware.population import Population
from netware.record.reader import Run
from tests.models.joined import MODELS, weights_of


NETS = {"replicas": 1, "populations": {"nets": {"agents": 1}}}


def net(make_run, model: AbstractModel, **weights: object) -> Run:
    return make_run(scenario=NETS, tensors=tensors(**weights), models={"nets": model})


def tensors(**weights: object) -> dict[str, np.ndarray]:
    return {
        f"populations/nets/weights/{name}": np.asarray(w, np.float32)[None]
        for name, w in weights.items()
    }


def test_connectivity_and_entropy_are_those_of_the_paper(make_run) -> None:
    w1, w2 = [[1, -2], [3, 4]], [[-1], [3]]
    run = net(make_run, Multilayer(2, 1, (2,), bias="none"), w1=w1, w2=w2)
    chain = chain_of(run, "nets")
    assert np.allclose(chain.connectivity()[1], [0.1, 0.45])
    assert chain.entropy()[1] == pytest.approx(0.474139, abs=1e-6)
    assert chain.names == ("input", "hidden 1", "output") and chain.widths == (2, 2, 1)


def test_layers_come_in_order_even_beyond_nine(make_run) -> None:
    sizes = list(range(2, 14))
    weights = {f"w{k}": np.ones((a, b)) for k, (a, b) in enumerate(pairwise(sizes), 1)}
    run = net(make_run, Multilayer(2, 13, tuple(sizes[1:-1]), bias="none"), **weights)
    assert chain_of(run, "nets").widths == tuple(sizes)


def test_a_users_module_sends_from_columns_to_rows(make_run) -> None:
    model = MODELS["module"]
    weights = {name: w[0].numpy() for name, w in weights_of(model, 1).items()}
    run = net(make_run, model, **weights)
    chain = chain_of(run, "nets")
    assert chain.widths == (4, 5, 3, 2) and layered(run) == ["nets"]
    for at, matrix in enumerate(chain.matrices):
        assert np.array_equal(matrix, weights[f"{2 * at}.weight"].T.astype(np.float32))


@pytest.mark.parametrize("name", ["multilayer", "chnnet", "dense", "chain", "low_rank", "module"])
def test_figures_show_the_connectivity_that_the_probe_measures(make_run, name: str) -> None:
    model = MODELS[name]
    weights = {key: w.float() for key, w in weights_of(model, 1).items()}
    chain = chain_of(net(make_run, model, **{key: w[0] for key, w in weights.items()}), "nets")
    shares = node_shares(Population("nets", 1, model=model, weights=weights))
    for shown, c in zip(chain.connectivity()[1:-1], connectivity(shares), strict=True):
        assert np.allclose(shown, c[0].numpy(), rtol=1e-5)


def test_links_inside_a_layer_join_neurons_of_one_group(make_run) -> None:
    weights = {"w1": np.ones((2, 6)), "c1": [[1, 2, 3], [4, 5, 6]], "w2": np.ones((6, 1))}
    run = net(make_run, Intralinked(2, 1, (6,), 3, "dense", bias="none"), **weights)
    links = chain_of(run, "nets").links[1]
    assert (links[0, 1], links[0, 2], links[1, 2]) == (1, 2, 3)
    assert (links[3, 4], links[3, 5], links[4, 5]) == (4, 5, 6)
    assert np.count_nonzero(links) == 6


def test_chain_links_join_neighbours_alone(make_run) -> None:
    weights = {"w1": np.ones((2, 3)), "c1": [[7, 8]], "w2": np.ones((3, 1))}
    run = net(make_run, Intralinked(2, 1, (3,), 3, "chain", bias="none"), **weights)
    links = chain_of(run, "nets").links[1]
    assert (links[0, 1], links[1, 2]) == (7, 8) and np.count_nonzero(links) == 2


def test_hidden_neurons_that_hear_their_layer_have_links_to_all_of_it(make_run) -> None:
    u = np.arange(9.0).reshape(3, 3)
    weights = {"w1": np.ones((2, 3)), "u1": u, "w2": np.ones((3, 1))}
    run = net(make_run, Chnnet(2, 1, (3,), bias="none"), **weights)
    assert np.array_equal(chain_of(run, "nets").links[1], u)


def recursion(
    neurons: int, iterations: int, residual: Residual = "none", inputs: int = 3
) -> Recursion:
    return Urn(inputs, 2, neurons, iterations, residual).recursion()


def packed(widths: tuple[int, ...], neurons: int, seed: int) -> tuple[np.ndarray, list]:
    """A perceptron inside a URN: each layer feeds the next, other neurons feed nobody."""
    rng = np.random.default_rng(seed)
    starts = np.cumsum([0, *widths[:-1]])
    layers = [np.arange(s, s + n) for s, n in zip(starts, widths, strict=True)]
    layers[-1] = np.arange(neurons - widths[-1], neurons)
    w = np.zeros((neurons, neurons))
    for before, after in pairwise(layers):
        w[np.ix_(before, after)] = rng.choice([-1, 1], (len(before), len(after))) * 0.5
    return w, layers


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_perceptron_packed_into_a_urn_is_found_again(seed) -> None:
    rng = np.random.default_rng(seed)
    widths = (4, *rng.integers(2, 7, 3), 2)
    w, layers = packed(widths, 40, seed)
    chain = unrolled(w, np.zeros(40), recursion(40, 4, inputs=4))
    assert chain.widths == tuple(int(n) for n in widths)
    for found, layer in zip(chain.nodes, layers, strict=True):
        assert np.array_equal(found, layer)
    transposed = unrolled(w.T, np.zeros(40), recursion(40, 4, inputs=4))
    assert transposed.widths != chain.widths


def test_weights_below_the_threshold_do_not_count() -> None:
    w, _ = packed((3, 2, 2), 20, 5)
    w[:, 10] = 0.005
    chain = unrolled(w, np.zeros(20), recursion(20, 2))
    assert chain.widths == (3, 2, 2)


def test_a_residual_output_may_be_ready_before_the_last_iteration() -> None:
    w, _ = packed((3, 2), 20, 5)
    assert unrolled(w, np.zeros(20), recursion(20, 3, "output")).widths == (3, 2, 2, 2)
    assert unrolled(w, np.zeros(20), recursion(20, 3)).widths == (0, 0, 0, 2)


def test_weights_of_which_no_units_are_known_are_refused(make_run) -> None:
    run = net(make_run, Hopfield(9, 2), patterns=np.ones((2, 9)))
    assert layered(run) == []
    with pytest.raises(StoreError, match="no chain of layers"):
        chain_of(run, "nets")


def test_a_run_that_does_not_say_whom_its_weights_join_is_refused(make_run) -> None:
    run = make_run(scenario=NETS, tensors=tensors(w1=np.ones((2, 3)), w2=np.ones((3, 1))))
    assert layered(run) == []
    with pytest.raises(StoreError) as error:
        chain_of(run, "nets")
    assert "a checkpoint that does not say which units the weights join" in str(error.value)
    assert "resolved.yaml' again" in str(error.value)
