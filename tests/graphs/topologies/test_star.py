import pytest

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.star import Star
from netware.graphs.topology import Ends


@pytest.mark.parametrize(("agents", "centre"), [(1, 0), (2, 1), (6, 0), (6, 4)])
def test_everyone_is_joined_to_the_centre_alone(agents, centre):
    links = Star(centre).links(Ends("net", agents, agents, True, Draws.of(1)))
    found = sorted(zip(links.source.tolist(), links.target.tolist(), strict=True))
    others = [i for i in range(agents) if i != centre]
    assert found == sorted([(centre, i) for i in others] + [(i, centre) for i in others])
    assert len(found) == Star(centre).expected(agents, agents, True, None)


def test_a_centre_that_is_nobody_is_refused():
    with pytest.raises(ScenarioError, match=r"S-GRAPH centre = 6\n.*an id below 6"):
        Star(6).links(Ends("net", 6, 6, True, Draws.of(1)))
