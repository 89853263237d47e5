import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.models.multilayer import Multilayer
from netware.models.wrappers.steered import Steered
from netware.rules.base import Acting
from netware.rules.representation.control_representation import ControlRepresentation
from netware.world import World
from tests.rules.learners import drawn, world_of


ACTING = Acting("control")
NETS = Multilayer(2, 2, (8, 6), "tanh")


def world(**state: torch.Tensor) -> World:
    return world_of(drawn(Steered(NETS, "hidden2"), 3, state=state))


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(4))


def controlled(before: World, rule: ControlRepresentation, times: int = 1) -> World:
    after = rule.prepare(before, ACTING)
    for _ in range(times):
        after = rule.apply(after, ACTING).advanced()
    return after


@pytest.mark.parametrize(
    ("control", "column"),
    [("addition", "strength"), ("projection", "removal"), ("contrast", "contrast")],
)
def test_each_control_has_its_amount(control, column) -> None:
    rule = ControlRepresentation("nets", control, 0.5)
    after = controlled(world(direction=random(3, 6)), rule, 3)["nets"]
    assert after[column].tolist() == [0.5] * 3
    rule = ControlRepresentation("nets", control, 0.5, "increase")
    after = controlled(world(direction=random(3, 6)), rule, 3)["nets"]
    assert after[column].tolist() == [1.5] * 3


def test_the_answers_of_the_agents_change_with_it() -> None:
    before, x = world(direction=random(3, 6)), random(3, 5, 2)
    after = controlled(before, ControlRepresentation("nets", amount=2.0))
    moved = after["nets"].forward(x) - before["nets"].forward(x)
    unit = random(3, 6) / random(3, 6).norm(dim=1, keepdim=True)
    expected = 2 * torch.bmm(unit[:, None], before["nets"].weights["w3"])
    assert torch.allclose(moved, expected.expand(-1, 5, -1), rtol=0, atol=1e-5)
    back = controlled(after, ControlRepresentation("nets", amount=0.0))
    assert torch.allclose(back["nets"].forward(x), before["nets"].forward(x), rtol=0, atol=1e-6)


def test_agents_that_cannot_be_steered_are_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        ControlRepresentation("nets").prepare(world_of(drawn(NETS, 3)), ACTING)
    assert str(error.value) == (
        "rules.control.on: agents of 'nets' that cannot be steered: Multilayer\n"
        "  expected: agents whose model is 'steered'\n"
        "  fix: write 'model: {type: steered, base: ...}' under populations.nets"
    )


def test_agents_without_a_direction_of_that_layer_are_refused() -> None:
    with pytest.raises(ShapeError) as error:
        ControlRepresentation("nets").prepare(world(), ACTING)
    assert str(error.value) == (
        "rules.control: populations.nets.state.direction: no column 'direction'\n"
        "  expected: 6 numbers an agent, one for each unit of the layer\n"
        "  fix: let a rule 'read_representation' of that layer stand before this one, or write "
        "'state: {direction: {normal: [0, 1], size: 6}}'"
    )
    with pytest.raises(ShapeError, match=r"shape \(8,\)"):
        ControlRepresentation("nets").prepare(world(direction=random(3, 8)), ACTING)
    contrast = ControlRepresentation("nets", "contrast")
    assert "contrast" in contrast.prepare(world(), ACTING)["nets"].state


def test_less_than_nothing_cannot_be_taken_out() -> None:
    with pytest.raises(ScenarioError) as error:
        ControlRepresentation("nets", "projection", -0.5)
    assert str(error.value) == (
        "amount: -0.5 of a projection\n"
        "  expected: 0 or more; 1 takes the concept out\n"
        "  fix: write 'amount: 1.0'"
    )
