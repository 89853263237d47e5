"""What a rule promises by which agents hear nobody or whom they are joined to: not the dead."""

from typing import Any

import pytest
import torch

from netware.errors import ScenarioError
from netware.population import ALIVE
from netware.scenario.members import catalog
from netware.simulation.lifecycle import drop_dead_edges
from netware.simulation.model import NetwareModel
from netware.simulation.refusals import reads_anyone
from tests.contracts.testbeds import AGENTS, bed_of, model


def with_dead(plain: dict[str, Any], garbage: float) -> NetwareModel:
    """Builds a bed in which every third agent is dead, and its columns and weights are garbage."""
    them = dict(plain["populations"]["them"])
    them["capacity"] = them.get("agents", AGENTS)
    made = model({**plain, "populations": {**plain["populations"], "them": them}})
    world = made.world
    population = world["them"]
    dead = population.ids % 3 == 1
    spoiled = {
        name: torch.where(dead.view(-1, *[1] * (v.dim() - 1)), torch.full_like(v, garbage), v)
        for name, v in population.state.items()
        if v.is_floating_point()
    }
    weights = {
        name: torch.where(dead.view(-1, *[1] * (v.dim() - 1)), torch.full_like(v, garbage), v)
        for name, v in population.weights.items()
    }
    buried = population.with_state({**spoiled, ALIVE: ~dead})
    buried = buried.with_weights(weights) if weights else buried
    made.world = drop_dead_edges(world.with_population(buried), world)
    return made


@pytest.mark.parametrize("name", catalog.names("rules"))
def test_the_living_do_as_if_the_dead_were_not_there(name) -> None:
    plain = bed_of("rules", name)
    if reads_anyone(model(plain).blueprint.members.rules["it"].member):
        with pytest.raises(ScenarioError, match="that may die, which this rule would read"):
            with_dead(plain, 0.25)
        return
    one, other = (with_dead(plain, garbage) for garbage in (0.25, 0.75))
    for _ in range(3):
        one.step()
        other.step()
    alive = one.world["them"][ALIVE]
    assert torch.equal(alive, other.world["them"][ALIVE])
    for kind in ("state", "weights"):
        for column, values in getattr(one.world["them"], kind).items():
            expected = getattr(other.world["them"], kind)[column]
            assert torch.equal(values[alive], expected[alive]), column
