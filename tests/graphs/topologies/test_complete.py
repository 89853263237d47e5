import pytest

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.complete import Complete
from netware.graphs.topology import Ends


@pytest.mark.parametrize("agents", [1, 2, 7])
def test_everyone_is_joined_with_everyone_else(agents):
    links = Complete().links(Ends("net", agents, agents, True, Draws.of(1)))
    found = sorted(zip(links.source.tolist(), links.target.tolist(), strict=True))
    assert found == [(s, t) for s in range(agents) for t in range(agents) if s != t]
    assert len(found) == Complete().expected(agents, agents, True, None)


def test_between_two_populations_every_source_reaches_every_target():
    links = Complete().links(Ends("net", 3, 5, False, Draws.of(1)))
    found = sorted(zip(links.source.tolist(), links.target.tolist(), strict=True))
    assert found == [(s, t) for s in range(3) for t in range(5)]
    assert len(found) == Complete().expected(3, 5, False, None)


def test_more_links_than_can_be_counted_are_refused_before_they_are_made():
    with pytest.raises(ScenarioError, match=r"S-GRAPH 10000000000 links\n.*at most 2147483647"):
        Complete().links(Ends("net", 100_000, 100_000, True, Draws.of(1)))
