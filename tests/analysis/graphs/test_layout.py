"""Layouts of graphs: distances as in the graph, parts apart, and which agents stand for many."""

import numpy as np
import pytest

from netware.analysis.graphs.layout import nearest, placed


def pairs(*links: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    ends = np.array(links, dtype=int).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


def distances(place: np.ndarray) -> np.ndarray:
    return np.linalg.norm(place[:, None] - place, axis=2)


def test_a_path_is_a_straight_line_of_equal_steps() -> None:
    source, target = pairs(*((i, i + 1) for i in range(11)))
    place = placed(12, source, target, np.zeros(12, int))
    away = distances(place)
    wanted = np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
    assert np.allclose(away / away[0, 1], wanted, rtol=0.02, atol=0.02)
    assert np.ptp(place[:, 0]) > 20 * np.ptp(place[:, 1]), "its longer side lies across"


def test_a_ring_is_round_and_a_shuffled_ring_too() -> None:
    order = np.random.default_rng(5).permutation(40)
    for names in (np.arange(40), order):
        place = placed(40, names, np.roll(names, 1), np.zeros(40, int))
        radius = np.linalg.norm(place - place.mean(0), axis=1)
        assert np.ptp(radius) < 0.05 * radius.mean()


def test_neighbours_lie_nearer_than_strangers_and_random_places_do_not() -> None:
    rng = np.random.default_rng(6)
    names = rng.permutation(64).reshape(8, 8)
    source = np.concatenate([names[:, :-1].ravel(), names[:-1].ravel()])
    target = np.concatenate([names[:, 1:].ravel(), names[1:].ravel()])

    def ratio(place: np.ndarray) -> float:
        away = distances(place)
        return float(away[source, target].mean() / away.mean())

    assert ratio(placed(64, source, target, np.zeros(64, int))) < 0.35
    assert ratio(rng.uniform(size=(64, 2))) > 0.8


def test_no_two_agents_share_a_place_not_even_the_leaves_of_a_star() -> None:
    source, target = pairs(*((0, i) for i in range(1, 60)))
    away = distances(placed(60, source, target, np.zeros(60, int)))
    away[np.diag_indices(60)] = np.inf
    assert away.min() > 0.1
    assert np.ptp(away[0, 1:]) < away[0, 1:].mean(), "all about as far from the middle"


def test_parts_lie_apart_and_those_who_know_nobody_in_a_block_for_each_group() -> None:
    source, target = pairs((0, 1), (1, 2), (2, 0), (3, 4), (4, 5))
    group = np.array([0] * 6 + [1] * 9 + [2] * 4)
    place = placed(19, source, target, group)
    parts = [range(3), range(3, 6), range(6, 15), range(15, 19)]
    boxes = [(place[list(p)].min(0), place[list(p)].max(0)) for p in parts]
    for a, (low, high) in enumerate(boxes):
        for own, top in boxes[a + 1 :]:
            assert np.any(low > top) or np.any(own > high), "boxes do not meet"
    assert np.allclose(boxes[2][1] - boxes[2][0], 2.0), "three by three"


def test_the_same_graph_has_the_same_layout_and_loops_and_double_edges_do_not_matter() -> None:
    source, target = pairs((0, 1), (1, 2), (2, 3), (0, 3), (3, 4))
    once = placed(5, source, target, np.zeros(5, int))
    more = pairs((0, 1), (1, 0), (1, 2), (2, 3), (0, 3), (3, 4), (4, 4), (0, 1))
    assert np.array_equal(once, placed(5, *more, np.zeros(5, int)))


@pytest.mark.parametrize("agents", [0, 1, 2])
def test_few_agents_have_places_too(agents) -> None:
    none = np.zeros(0, int)
    assert np.isfinite(placed(agents, none, none, np.zeros(agents, int))).all()


def test_the_nearest_are_chosen_in_equal_shares_by_distance_along_edges() -> None:
    source, target = pairs(*((i, i + 1) for i in range(99)))
    group = np.arange(100) // 50
    chosen = nearest(100, source, target, group, 20)
    assert chosen.tolist() == [*range(10), *range(50, 60)]
    whole = nearest(100, source, target, np.array([0] * 97 + [1] * 3), 20)
    assert whole.tolist() == [*range(17), 97, 98, 99], "a small group leaves the rest"


def test_who_knows_nobody_waits_longer() -> None:
    source, target = pairs(*((i, i + 1) for i in range(49)))
    chosen = nearest(100, source, target, np.arange(100) // 50, 50)
    assert (chosen < 50).sum() == 40 and (chosen >= 50).sum() == 10
