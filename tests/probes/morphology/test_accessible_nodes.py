import torch

from netware.probes.morphology.accessible_nodes import AccessibleNodes
from tests.probes.morphology.nets import deep, given


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
