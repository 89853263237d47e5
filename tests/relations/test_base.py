import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.one_to_one import OneToOne
from netware.graphs.topology import AbstractTopology, Ends, Links
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.relations.base import beside, joined
from netware.relations.carrying import shape_of
from tests.relations.scenes import scene


class Endless(AbstractTopology):
    """Claims more links than can be counted, with no memory behind them."""

    def links(self, ends: Ends) -> Links:
        one = torch.zeros(1, dtype=torch.int32).expand(2**30)
        return Links(one, one)


def test_replicas_lie_beside_each_other():
    parts = [torch.tensor([0, 1]), torch.tensor([1]), torch.tensor([2, 0])]
    assert beside(parts, 3).tolist() == [0, 1, 4, 8, 6]
    assert parts == []
    one = torch.tensor([2, 1])
    assert beside([one], 3) is one


def test_two_populations_of_different_sizes_are_joined_replica_by_replica():
    populations = {"a": Population("a", 4, 2), "b": Population("b", 4, 2)}
    edges = joined(OneToOne(), ("a", "b"), *scene("twin", populations, None, Draws.of(1, 2)))
    assert edges.source.tolist() == edges.target.tolist() == list(range(8))


def test_more_edges_than_can_be_counted_are_refused():
    populations = {"a": Population("a", 4, 3)}
    with pytest.raises(ScenarioError) as caught:
        joined(Endless(), ("a", "a"), *scene("all", populations, None, Draws.of(1, 3)))
    assert "relations.all: S-GRAPH 3221225472 edges in 3 replicas" in str(caught.value)
    assert "expected: at most 2147483647 in all replicas together" in str(caught.value)


def test_the_shape_of_a_column_is_known_before_the_first_step():
    thinkers = Population("thinkers", 2, model=Multilayer(3, 5), state={"mood": torch.zeros(2, 4)})
    assert shape_of(thinkers, "mood") == (4,)
    assert shape_of(thinkers, "input") == (3,)
    assert shape_of(thinkers, "output") == (5,)
    assert shape_of(thinkers, "other") is None
    assert shape_of(Population("rocks", 2), "input") is None
