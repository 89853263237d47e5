import pytest

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.one_to_one import OneToOne
from netware.graphs.topology import Ends


def test_each_agent_is_joined_to_its_counterpart():
    links = OneToOne().links(Ends("net", 4, 4, False, Draws.of(1)))
    assert links.source.tolist() == links.target.tolist() == [0, 1, 2, 3]
    assert OneToOne().expected(4, 4, False, None) == 4


def test_populations_of_two_sizes_are_refused():
    with pytest.raises(ScenarioError, match="S-GRAPH 4 sources and 5 targets"):
        OneToOne().links(Ends("net", 4, 5, False, Draws.of(1)))


def test_a_population_with_itself_is_refused():
    with pytest.raises(ScenarioError, match="'one_to_one' within one population"):
        OneToOne().links(Ends("net", 4, 4, True, Draws.of(1)))
