"""Layers in weights: connectivity by hand, chains of matrices, and a URN that hides a network."""

from itertools import pairwise

import numpy as np
import pytest

from netware.analysis.layers import chain_of, layered, unrolled
from netware.errors import StoreError


def nets(model: dict, agents: int = 1) -> dict:
    return {"replicas": 1, "populations": {"nets": {"agents": agents, "model": model}}}


def tensors(**weights: object) -> dict[str, np.ndarray]:
    return {
        f"populations/nets/weights/{name}": np.asarray(w, np.float32)[None]
        for name, w in weights.items()
    }


def test_connectivity_and_entropy_are_those_of_the_paper(make_run) -> None:
    w1, w2 = [[1, -2], [3, 4]], [[-1], [3]]
    run = make_run(scenario=nets({"type": "multilayer"}), tensors=tensors(w1=w1, w2=w2))
    chain = chain_of(run, "nets")
    assert np.allclose(chain.connectivity()[1], [0.1, 0.45])
    assert chain.entropy()[1] == pytest.approx(0.474139, abs=1e-6)
    assert chain.names == ("input", "hidden 1", "output") and chain.widths == (2, 2, 1)


def test_layers_come_in_order_even_beyond_nine(make_run) -> None:
    sizes = list(range(2, 14))
    weights = {f"w{k}": np.ones((a, b)) for k, (a, b) in enumerate(pairwise(sizes), 1)}
    run = make_run(scenario=nets({"type": "multilayer"}), tensors=tensors(**weights))
    assert chain_of(run, "nets").widths == tuple(sizes)


def test_a_users_module_has_its_matrices_turned_round(make_run) -> None:
    run = make_run(
        scenario=nets({"type": "my_lab.nets.Policy"}),
        tensors=tensors(
            **{"0.weight": np.ones((5, 3)), "0.bias": np.ones(5), "2.weight": np.ones((2, 5))}
        ),
    )
    assert chain_of(run, "nets").widths == (3, 5, 2)
    assert layered(run) == ["nets"]


def test_links_inside_a_layer_join_neurons_of_one_group(make_run) -> None:
    model = {"type": "intralinked", "height": 3, "links": "dense"}
    c1 = [[1, 2, 3], [4, 5, 6]]
    run = make_run(
        scenario=nets(model),
        tensors=tensors(w1=np.ones((2, 6)), c1=c1, w2=np.ones((6, 1))),
    )
    links = chain_of(run, "nets").links[1]
    assert (links[0, 1], links[0, 2], links[1, 2]) == (1, 2, 3)
    assert (links[3, 4], links[3, 5], links[4, 5]) == (4, 5, 6)
    assert np.count_nonzero(links) == 6


def test_chain_links_join_neighbours_alone(make_run) -> None:
    model = {"type": "intralinked", "height": 3, "links": "chain"}
    run = make_run(
        scenario=nets(model),
        tensors=tensors(w1=np.ones((2, 3)), c1=[[7, 8]], w2=np.ones((3, 1))),
    )
    links = chain_of(run, "nets").links[1]
    assert (links[0, 1], links[1, 2]) == (7, 8) and np.count_nonzero(links) == 2


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
    chain = unrolled(w, np.zeros(40), {"inputs": 4, "outputs": 2, "iterations": 4})
    assert chain.widths == tuple(int(n) for n in widths)
    for found, layer in zip(chain.nodes, layers, strict=True):
        assert np.array_equal(found, layer)
    transposed = unrolled(w.T, np.zeros(40), {"inputs": 4, "outputs": 2, "iterations": 4})
    assert transposed.widths != chain.widths


def test_weights_below_the_threshold_do_not_count() -> None:
    w, _ = packed((3, 2, 2), 20, 5)
    w[:, 10] = 0.005
    chain = unrolled(w, np.zeros(20), {"inputs": 3, "outputs": 2, "iterations": 2})
    assert chain.widths == (3, 2, 2)


def test_a_residual_output_may_be_ready_before_the_last_iteration() -> None:
    w, _ = packed((3, 2), 20, 5)
    model = {"inputs": 3, "outputs": 2, "iterations": 3, "residual": "output"}
    assert unrolled(w, np.zeros(20), model).widths == (3, 2, 2, 2)
    assert unrolled(w, np.zeros(20), model | {"residual": "none"}).widths == (0, 0, 0, 2)


def test_memories_have_no_layers(make_run) -> None:
    run = make_run(scenario=nets({"type": "hopfield"}), tensors=tensors(patterns=np.ones((2, 9))))
    assert layered(run) == []


def test_weights_that_are_no_chain_are_refused(make_run) -> None:
    run = make_run(
        scenario=nets({"type": "odd"}), tensors=tensors(a=np.ones((2, 3)), b=np.ones((7, 5)))
    )
    with pytest.raises(StoreError, match="no chain of layers"):
        chain_of(run, "nets")
    assert layered(run) == []
