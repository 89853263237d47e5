import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.relations.substrate import coordinates, places, sheets_of, synapses


LIKE = torch.zeros(0, dtype=torch.float64)
NETS = Population("nets", 2, model=Multilayer(6, 2, (4,)))


def test_neurons_lie_row_by_row_from_minus_1_to_1() -> None:
    assert places((3, 2), LIKE).tolist() == [
        [-1, -1], [0, -1], [1, -1], [-1, 1], [0, 1], [1, 1],
    ]  # fmt: skip
    assert places((1, 1), LIKE).tolist() == [[0, 0]]


def test_synapses_stand_in_the_order_of_the_matrix() -> None:
    found = synapses((2, 1), (3, 1), LIKE)
    assert found.shape == (6, 4)
    assert found[:, 0].tolist() == [-1, -1, -1, 1, 1, 1]
    assert found[:, 2].tolist() == [-1, 0, 1, -1, 0, 1]


def test_twice_the_resolution_has_every_second_place_in_common() -> None:
    coarse, fine = places((5, 5), LIKE).view(5, 5, 2), places((9, 9), LIKE).view(9, 9, 2)
    assert torch.allclose(fine[::2, ::2], coarse)


def test_layers_are_lines_unless_sheets_are_given() -> None:
    assert sheets_of("relations.make", (), NETS) == ((6, 1), (4, 1), (2, 1))
    given = ((3, 2), (2, 2), (1, 2))
    assert sheets_of("relations.make", given, NETS) == given
    w1, w2 = coordinates(("w1", "w2"), given, NETS, LIKE)
    assert w1.shape == (24, 4) and w2.shape == (8, 4)


def test_sheets_that_do_not_fit_the_layers_are_refused() -> None:
    with pytest.raises(ShapeError) as caught:
        sheets_of("relations.make", ((3, 2), (3, 2), (2, 1)), NETS)
    message = str(caught.value)
    assert "relations.make.sheets: 3x2, 3x2, 2x1, that is 6, 6, 2 neurons" in message
    assert "expected: a sheet for each layer of nets, inputs first, of 6, 4, 2 neurons" in message


def test_agents_without_layers_have_no_synapses_to_ask_for() -> None:
    memories = Population("memories", 2, model=Hopfield(4, 1))
    with pytest.raises(ScenarioError) as caught:
        sheets_of("relations.make", (), memories)
    message = str(caught.value)
    assert "relations.make.between: memories, which has no layers of neurons" in message
