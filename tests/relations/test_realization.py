import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ShapeError
from netware.graphs.topologies.complete import Complete
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.relations.realization import Realization
from tests.relations.scenes import scene as scene_of


def scene(replicas: int = 1) -> dict[str, Population]:
    said = torch.arange(3.0 * replicas)[:, None]
    servers = Population("servers", 3, replicas, Multilayer(4, 1, (2,)), state={"output": said})
    clients = Population("clients", 4, replicas, state={"input": torch.full((4 * replicas, 1), -1)})
    return {"servers": servers, "clients": clients}


def edges_of(populations: dict[str, Population], relation: Realization) -> Edges:
    replicas = populations["clients"].replicas
    return relation.connect(*scene_of("serves", populations, None, Draws.of(1, replicas)))


SERVES = Realization(("servers", "clients"), Complete(), 4, 1)


def served(populations: dict[str, Population], edges: Edges) -> list[float]:
    after = SERVES.flow(edges, populations["servers"], populations["clients"])
    return after["input"][:, 0].tolist()


def test_each_client_has_a_provider_of_its_own_and_the_next_stands_in():
    populations = scene()
    edges = edges_of(populations, SERVES)
    assert served(populations, edges) == [0, 1, 2, 0]
    without_1 = edges.among(edges.source != 1)
    assert served(populations, without_1) == [0, 2, 2, 0]
    only_1 = edges.among(edges.source == 1)
    assert served(populations, only_1) == [1, 1, 1, 1]


def test_a_client_that_nobody_serves_keeps_what_it_had():
    populations = scene()
    edges = edges_of(populations, SERVES)
    assert served(populations, edges.among(edges.target != 2)) == [0, 1, -1, 0]


def test_nobody_serves_another_replica():
    populations = scene(replicas=2)
    edges = edges_of(populations, SERVES)
    assert served(populations, edges) == [0, 1, 2, 0, 3, 4, 5, 3]


def test_a_broken_promise_is_refused():
    populations = scene()
    with pytest.raises(ShapeError) as caught:
        edges_of(populations, Realization(("servers", "clients"), Complete(), 4, 2))
    assert "take 4 numbers and answer 1" in str(caught.value)
    assert "the interface: 4 in, 2 out" in str(caught.value)


def test_empty_places_are_no_providers_to_count_from():
    """Three providers and room for seven more serve as three do."""
    populations = scene(2)
    said = torch.tensor([0.0, 1, 2] + [9.0] * 7 + [3.0, 4, 5] + [9.0] * 7)[:, None]
    roomy = Population(
        "servers", 10, 2, Multilayer(4, 1, (2,)), state={"output": said}, empty_slots=7
    )
    found = {**populations, "servers": roomy}
    expected = served(populations, edges_of(populations, SERVES))
    assert served(found, edges_of(found, SERVES)) == expected == [0, 1, 2, 0, 3, 4, 5, 3]
