import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.morphology.nodal_growth import NodalGrowth
from netware.world import World


def layer(c: list[float], alpha: list[float], replicas: int = 1, dt: float = 0.01) -> World:
    state = {
        "connectivity": torch.tensor(c, dtype=torch.float64),
        "growth": torch.tensor(alpha, dtype=torch.float64),
    }
    nodes = Population("nodes", len(c) // replicas, replicas, state=state, dtype=torch.float64)
    return World(Draws.of(1, replicas), {"nodes": nodes}, dt=dt)


def grown(world: World, steps: int) -> torch.Tensor:
    rule = NodalGrowth("nodes")
    world = rule.prepare(world, Acting("grow"))
    for _ in range(steps):
        world = rule.apply(world, Acting("grow")).advanced()
    return world["nodes"]["connectivity"]


def test_a_short_step_is_the_equation_term_by_term() -> None:
    c, alpha, dt = [0.25, 0.16, 0.01], [1.0, 2.0, 3.0], 1e-6
    moved = grown(layer(c, alpha, dt=dt), 1)
    for j in range(3):
        others = sum(alpha[k] * c[k] ** 0.5 for k in range(3) if k != j)
        slope = alpha[j] * c[j] * (1 - c[j] ** 0.5) - c[j] * others
        assert (moved[j].item() - c[j]) / dt == pytest.approx(slope, rel=1e-4)


def test_each_replica_is_a_layer_of_its_own() -> None:
    both = grown(layer([1.0, 4.0, 9.0, 1.0], [1.0, 2.0, 2.0, 1.0], 2), 300)
    first = grown(layer([1.0, 4.0], [1.0, 2.0]), 300)
    assert torch.allclose(both[:2], first, rtol=0, atol=1e-14)
    assert both[2] > both[3]


def test_roots_are_made_to_sum_to_one() -> None:
    assert grown(layer([1.0, 9.0], [1.0, 1.0]), 0).tolist() == pytest.approx([1 / 16, 9 / 16])


def test_what_is_no_connectivity_is_refused() -> None:
    for c in ([-1.0, 2.0], [0.0, 0.0]):
        with pytest.raises(ScenarioError) as error:
            grown(layer(c, [1.0, 1.0]), 0)
        assert str(error.value) == (
            "populations.nodes.state.connectivity: connectivities below 0, or none above 0 in a "
            "layer\n"
            "  expected: connectivities of at least 0, some above 0\n"
            "  fix: write 'connectivity: uniform'"
        )
    world = layer([1.0, 2.0], [1.0, 1.0])
    world = World(
        world.draws,
        {
            "nodes": Population(
                "nodes", 2, state={"connectivity": torch.ones(2, 3), "growth": torch.ones(2)}
            )
        },
    )
    with pytest.raises(ScenarioError) as error:
        grown(world, 0)
    assert str(error.value) == (
        "populations.nodes.state.connectivity: 3 numbers for each node\n"
        "  expected: one number for each node\n"
        "  fix: write 'connectivity: uniform'"
    )
