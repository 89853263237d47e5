import pytest
import torch
from torch import Tensor

from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.probes.morphology import linear_pieces
from netware.probes.morphology.linear_pieces import LinearPieces, breaks, met
from netware.world import World
from tests.rules.learners import drawn, world_of


def nets(w1: list, b1: list, w2: list, dtype=torch.float32) -> World:
    """Makes networks of one input, one hidden layer and one output, an agent a row."""
    weights = {
        "w1": torch.tensor(w1, dtype=dtype)[:, None, :],
        "b1": torch.tensor(b1, dtype=dtype),
        "w2": torch.tensor(w2, dtype=dtype)[:, :, None],
        "b2": torch.zeros(len(w1), 1, dtype=dtype),
    }
    model = Multilayer(1, 1, (len(w1[0]),))
    return world_of(Population("nets", len(w1), 1, model, weights, dtype=dtype))


def read(world: World, **parameters) -> dict[str, Tensor]:
    return LinearPieces(on="nets", **parameters).read(world)


def test_pieces_by_hand() -> None:
    world = nets(
        [[1, 1, 1], [1, -1, 1], [1, 1, 1], [1, 1, 1]],
        [[0, -0.5, 0.5], [0, 0, -3], [0, 0, -0.5], [0, -0.0005, -0.5]],
        [[1, 1, 1], [1, 1, 1], [1, -1, 1], [1, -1, 0]],
    )
    # Three bends; |x| bends once (and once outside the line); relu(x) - relu(x) not at all; and
    # two bends within one gap of the grid, which the offset of the pieces gives away.
    assert read(world)["pieces"][0].tolist() == [4, 2, 2, 3]
    assert read(world)["mean"].tolist() == [11 / 4] and read(world)["most"].tolist() == [4]
    assert read(world, high=4.0)["pieces"][0].tolist() == [4, 3, 2, 3]


def test_random_networks_bend_where_units_begin_to_fire() -> None:
    population = drawn(Multilayer(1, 1, (12,), initial="uniform", spread=1.0), 50)
    found = read(world_of(population), low=-5.0, high=5.0, points=5000)["pieces"][0]
    at = -population.weights["b1"] / population.weights["w1"][:, 0]
    wanted = 1 + (at.abs() < 5).sum(1).double()
    assert bool((found <= wanted).all())
    apart = at.sort().values.diff(dim=1).amin(1) > 10 / 4998
    assert apart.sum() > 25
    assert torch.equal(found[apart], wanted[apart])


def test_a_line_may_lie_anywhere() -> None:
    # y = relu(x_1 - x_2): along (1, 1) nothing bends, along (1, 0) from (0, 0.5) it bends at 0.5.
    weights = {
        "w1": torch.tensor([[[1.0], [-1.0]]]),
        "b1": torch.zeros(1, 1),
        "w2": torch.ones(1, 1, 1),
        "b2": torch.zeros(1, 1),
    }
    world = world_of(Population("nets", 1, 1, Multilayer(2, 1, (1,)), weights))
    assert read(world)["pieces"].tolist() == [[1]]
    assert read(world, direction=(1.0, 0.0), origin=(0.0, 0.5))["pieces"].tolist() == [[2]]
    assert read(world, direction=(1.0, 0.0), origin=(0.0, 2.0))["pieces"].tolist() == [[1]]


def test_some_agents_at_a_time_are_counted_like_all_at_once(monkeypatch) -> None:
    world = world_of(drawn(Multilayer(2, 3, (8, 8), initial="linear"), 7))
    whole = read(world, output=2)["pieces"]
    monkeypatch.setattr(linear_pieces, "CHUNK_BYTES", 16 * 1000 * 100)
    assert torch.equal(read(world, output=2)["pieces"], whole)
    assert whole.max() > 2


def test_bends_are_told_from_values_and_slopes() -> None:
    t = torch.arange(3, dtype=torch.float64)
    # A bend at 1.5; two bends of one sign in the first gap; a step; a straight line.
    y = torch.tensor([[0, 0, 0.5], [0, 0.3, 1.3], [0, 1, 0], [0, 1, 2]]).double()
    s = torch.tensor([[0, 0, 1], [0, 1, 1], [1, 1, 1], [1, 1, 1]]).double()
    at = met(t, y, s, 1e-6)
    assert at.flatten().tolist() == pytest.approx([0.5, 1.5, 0.7, 1.5, 0.5, 1.5, 0.5, 1.5])
    between = torch.tensor([[0, 0], [0.05, 0.8], [0.5, 1.5], [0.5, 1.5]]).double()
    assert breaks(t, y, s, at, between, 1e-6).tolist() == [1, 2, 2, 0]


def test_outputs_and_lines_that_are_not_there_are_refused() -> None:
    world = world_of(drawn(Multilayer(2, 3, (8,)), 2))
    with pytest.raises(ScenarioError) as error:
        read(world, output=3)
    assert str(error.value) == (
        "probes: LinearPieces.output: 3 outputs, but output 3 is to be read\n"
        "  expected: an output of 0 .. 2\n"
        "  fix: write 'output: 2' for the last one"
    )
    with pytest.raises(ScenarioError) as error:
        read(world, origin=(1.0,))
    assert str(error.value) == (
        "probes: LinearPieces.origin: 2 inputs, but 1 numbers as origin\n"
        "  expected: 2 numbers\n"
        "  fix: write one number per input, or leave 'origin' out"
    )
