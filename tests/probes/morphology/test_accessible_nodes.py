import numpy as np
import pytest
import torch

from netware.population import Population
from netware.probes.morphology.accessible_nodes import AccessibleNodes
from tests.models.joined import MODELS, edges_by_hand, weights_of
from tests.probes.morphology.nets import deep, given
from tests.rules.learners import world_of


def test_nodes_are_counted_backwards_from_the_output() -> None:
    # Means are 4/6, 1 and 2: strong are three weights of w1, two of w2 and one of w3.
    world = given(
        [[1, 1, 0], [0, 0, 2]],
        [[3, 0], [0, 3], [0, 0]],
        [[4], [0]],
    )
    read = AccessibleNodes(on="nets").read(world)["accessible"]
    # Only node 0 of the last hidden layer leads to the output, only node 0 before leads to it.
    assert read[0, 0].tolist() == [1, 1]


def test_a_homogeneous_network_is_accessible_everywhere() -> None:
    world = given([[1.0] * 3] * 2, [[1.0] * 4] * 3, [[1.0]] * 4)
    read = AccessibleNodes(on="nets").read(world)
    assert read["accessible"][0, 0].tolist() == [4, 3]
    assert read["shuffled"][0, 0].tolist() == [4, 3]


def test_depth_by_depth_a_loop_over_paths_finds_the_same_nodes() -> None:
    world = deep()
    read = AccessibleNodes(on="nets").read(world)
    weights = world["nets"].weights
    for agent in range(12):
        alive = {0}
        for depth in range(6):
            w = weights[f"w{7 - depth}"][agent].abs()
            strong = w >= w.mean()
            alive = {j for j in range(8) if any(strong[j, k] for k in alive)}
            assert read["accessible"][agent // 6, agent % 6, depth].item() == len(alive)


def test_shuffles_are_of_each_matrix_and_keep_what_is_strong() -> None:
    # One strong weight in four: after a shuffle it leaves each of the two nodes half the time.
    world = given([[1.0, 1.0]], [[9.0, 0.0], [0.0, 0.0]], [[1.0], [1.0]])
    read = AccessibleNodes(on="nets", shuffles=400).read(world)["shuffled"][0, 0]
    assert read.tolist() == [2.0, 1.0]
    lopsided = given([[1.0, 1.0]], [[9.0, 0.0], [9.0, 0.0]], [[1.0], [0.0]])
    found = AccessibleNodes(on="nets", shuffles=400).read(lopsided)
    assert found["accessible"][0, 0].tolist() == [1, 2]
    # Two strong weights of four lead into one of two nodes that counts: 0, 1 or 2 of them with
    # chances 1/6, 4/6, 1/6; four standard errors of the mean of 400 are 0.12.
    assert abs(found["shuffled"][0, 0, 1].item() - 1) < 0.12
    assert torch.equal(found["shuffled"][0, 0, :1], torch.ones(1, dtype=torch.float64))


HOPS = {"chnnet": 1, "dense": 2, "chain": 2, "urn": 2}


@pytest.mark.parametrize("name", ["chnnet", "dense", "chain", "urn", "module", "low_rank"])
def test_links_and_recursions_are_followed_as_often_as_a_sample_crosses_them(name: str) -> None:
    model = MODELS[name]
    weights = weights_of(model, agents=20)
    nets = Population("nets", 20, 1, model, weights, dtype=torch.float64)
    read = AccessibleNodes(on="nets", shuffles=1).read(world_of(nets))["accessible"][0]
    hidden = ["neurons"] if name == "urn" else ["hidden2", "hidden1"]
    for agent in range(20):
        edges = edges_by_hand(name, weights, agent)
        groups = {}
        for before, i, after, j, w in edges:
            key = "w" if name == "urn" else (before, after)
            groups.setdefault(key, []).append(((before, i), (after, j), abs(w)))
        strong = {
            key: {(a, b) for a, b, w in some if w >= np.mean([w for _, _, w in some])}
            for key, some in groups.items()
        }
        alive = {("output", 0), ("output", 1)}
        if name == "urn":
            for _ in range(HOPS[name]):
                alive |= {a for a, b in strong["w"] if b in alive}
        else:
            for layer, after in (("hidden2", "output"), ("hidden1", "hidden2")):
                alive |= {a for a, b in strong[layer, after] if b in alive}
                for _ in range(HOPS.get(name, 0)):
                    alive |= {a for a, b in strong[layer, layer] if b in alive}
        counts = [sum(place[0] == layer for place in alive) for layer in hidden]
        assert read[agent].tolist() == counts
    assert read.double().std() > 0
