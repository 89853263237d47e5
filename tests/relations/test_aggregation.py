import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ShapeError
from netware.population import Population
from netware.relations.aggregation import Aggregation
from netware.relations.carrying import Pool
from tests.relations.scenes import scene


VOICES = torch.tensor([[1.0, 0.0], [3.0, 1.0], [0.0, 5.0], [2.0, 4.0]])


def team(replicas: int = 1, wholes: int = 2) -> dict[str, Population]:
    parts = Population("parts", 4, replicas, state={"output": VOICES.repeat(replicas, 1)})
    teams = Population(
        "teams", wholes, replicas, state={"input": torch.full((wholes * replicas, 2), 9.0)}
    )
    return {"parts": parts, "teams": teams}


def pooled(pool: Pool, populations: dict[str, Population]) -> torch.Tensor:
    relation = Aggregation(("parts", "teams"), pool=pool)
    replicas = populations["parts"].replicas
    edges = relation.connect(*scene("team", populations, None, Draws.of(1, replicas)))
    return relation.flow(edges, populations["parts"], populations["teams"])["input"]


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        ("mean", [[2.0, 0.5], [1.0, 4.5]]),
        ("sum", [[4.0, 1.0], [2.0, 9.0]]),
        ("greatest", [[3.0, 1.0], [2.0, 5.0]]),
        ("majority", [[1.0, 0.0], [0.0, 1.0]]),
    ],
)
def test_a_whole_pools_its_own_parts(pool, expected):
    assert pooled(pool, team()).tolist() == expected
    assert pooled(pool, team(replicas=2)).tolist() == expected * 2


def test_a_majority_may_differ_from_the_mean():
    """Two who lean to one side outvote one who is all for the other."""
    said = torch.tensor([[0.6, 0.4], [0.6, 0.4], [0.0, 1.0]])
    three = {
        "parts": Population("parts", 3, state={"output": said}),
        "teams": Population("teams", 1, state={"input": torch.zeros(1, 2)}),
    }
    assert pooled("majority", three).argmax(1).tolist() == [0]
    assert pooled("mean", three).argmax(1).tolist() == [1]


@pytest.mark.parametrize("pool", ["mean", "sum", "greatest", "majority"])
def test_a_whole_without_parts_keeps_what_it_had(pool):
    populations = team()
    nobody = Edges.from_pairs(
        torch.zeros(0, dtype=torch.long), torch.zeros(0, dtype=torch.long), 4, 2
    )
    after = Aggregation(("parts", "teams"), pool=pool).flow(
        nobody, populations["parts"], populations["teams"]
    )
    assert after["input"].eq(9).all()


@pytest.mark.parametrize("size", [(), (2, 2)])
def test_a_majority_of_what_is_no_list_is_refused(size):
    populations = {
        "parts": Population("parts", 4, state={"output": torch.zeros(4, *size)}),
        "teams": Population("teams", 2, state={"input": torch.zeros(2, *size)}),
    }
    with pytest.raises(ShapeError, match=r"relations\.team\.pool: .*parts.output of shape"):
        pooled("majority", populations)


def test_numbers_that_do_not_fit_are_refused():
    populations = team()
    populations["teams"] = Population("teams", 2, state={"input": torch.zeros(2, 3)})
    with pytest.raises(ShapeError, match=r"brings \(2,\), teams.input takes \(3,\)"):
        pooled("mean", populations)
