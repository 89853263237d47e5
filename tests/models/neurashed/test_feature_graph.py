"""Graphs of features: who hears whom, and when nodes fire."""

import pytest
import torch
from torch import Tensor

from netware.errors import ScenarioError
from netware.models.neurashed.feature_graph import FeatureGraph, Node, appendix, figure_5, pathways


def fired(graph: FeatureGraph) -> list[Tensor]:
    patterns = torch.tensor(graph.firing, dtype=torch.float64)[None]
    return [fires[0].int() for fires in graph.fired(patterns)]


def test_a_node_fires_from_its_threshold_on() -> None:
    firing = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1))
    heard = (1, 2, 3)
    nodes: tuple[Node, ...] = (
        {"from": heard},
        {"from": heard, "threshold": 2},
        {"from": heard, "threshold": "all"},
    )
    graph = FeatureGraph(firing, (nodes,), ((1,),))
    assert fired(graph)[1].tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_a_node_hears_only_those_that_it_names() -> None:
    graph = FeatureGraph(((1, 0), (0, 1)), (({"from": (2,)},), ({"from": (1,)},)), ((1,),))
    assert [fires.tolist() for fires in fired(graph)] == [[[1, 0], [0, 1]], [[0], [1]], [[0], [1]]]


def test_figure_5_has_two_classes_alike() -> None:
    graph = figure_5()
    assert graph.sizes == (14, 6)
    first = torch.tensor(graph.firing)
    assert torch.equal(first[:4, :7], first[4:, 7:])
    assert first[:4, 7:].sum() == 0 and (first.sum(1) == 3).all()
    assert [[n + 1 for n, one in enumerate(row) if one] for row in graph.firing[:4]] == [
        [1, 2, 7],
        [2, 3, 7],
        [4, 5, 7],
        [5, 6, 7],
    ]


def test_shared_figure_5_has_one_node_7() -> None:
    graph = figure_5(shared=True)
    assert graph.sizes == (13, 6)
    assert all(row[6] for row in graph.firing)
    assert torch.equal(fired(graph)[1], fired(figure_5())[1])


@pytest.mark.parametrize(
    ("common", "specific", "classes", "patterns", "depth"),
    [(2, 3, 3, 1, 4), (1, 2, 1, 2, 3), (0, 2, 2, 2, 2), (2, 0, 3, 1, 2)],
)
def test_pathways_fire_their_own_and_the_shared_nodes_in_every_level(
    common: int, specific: int, classes: int, patterns: int, depth: int
) -> None:
    graph = pathways(common, specific, classes, patterns, depth)
    many = classes * patterns
    assert graph.sizes == (common + specific * many,) * depth
    for fires in fired(graph):
        for number, row in enumerate(fires):
            own = [common + number * specific + k for k in range(specific)]
            assert row.nonzero()[:, 0].tolist() == [*range(common), *own]
    assert len(graph.readout) == classes
    assert all(len(heard) == common + specific * patterns for heard in graph.readout)


def test_the_appendix_has_a_node_for_each_class() -> None:
    for private in (1, 3):
        graph = appendix(private)
        assert graph.sizes == (9 + private, 3)
        assert torch.equal(fired(graph)[1], torch.eye(3, dtype=torch.int32))
        assert fired(graph)[0].sum(1).tolist() == [7, 7, 2 + private]


def test_tensors_are_made_once_for_a_type() -> None:
    graph, like = figure_5(), torch.zeros(1)
    assert graph.placed(like) is graph.placed(like + 1)
    assert graph.placed(like.double()).firing.dtype == torch.float64


def test_edges_into_classes_are_numbered_node_by_node() -> None:
    graph = FeatureGraph(((1, 1),), (), ((1, 2), (1,)))
    placed = graph.placed(torch.zeros(1))
    assert placed.sender.tolist() == [0, 0, 1] and placed.receiver.tolist() == [0, 1, 0]
    assert placed.numbers[0].tolist() == [0, 1] and placed.numbers[1, 0] == 2


@pytest.mark.parametrize(
    ("firing", "levels", "readout", "message"),
    [
        (((1, 0), (1,)), (), ((1,),), "firing: rows of"),
        (((1, 0),), ((),), ((1,),), "no node in level 2"),
        (((1, 0),), (({"from": (3,)},),), ((1,),), r"levels\[0\]\[0\].*numbers, of 1 to 2"),
        (((1, 0),), (({"from": (1, 1)},),), ((1,),), r"nodes \[1, 1\] below"),
        (((1, 0),), (({"from": (1,), "threshold": 2},),), ((1,),), "threshold 2 of 1 nodes"),
        (((1, 0),), (), ((3,),), r"readout\[0\]"),
        (((1, 0),), (), (), "no class"),
    ],
)
def test_graphs_that_cannot_be_are_refused(firing, levels, readout, message: str) -> None:
    with pytest.raises(ScenarioError, match=f"(?s){message}"):
        FeatureGraph(firing, levels, readout)


def test_pathways_of_no_nodes_are_refused() -> None:
    with pytest.raises(ScenarioError, match="levels of no nodes"):
        pathways(0, 0, 2, 1, 2)
