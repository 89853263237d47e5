"""What every rule promises, tried on every rule that there is."""

from typing import Any

import pytest
import torch

from netware.draws import replica_seeds
from netware.population import Population
from netware.scenario.members import catalog
from netware.simulation.model import NetwareModel
from netware.simulation.snapshot import state_out
from netware.world import World
from tests.contracts.testbeds import bed_of, model


RULES = catalog.names("rules")
STEPS = 4


def run(plain: dict[str, Any], steps: int = STEPS, **changes: Any) -> NetwareModel:
    made = model(plain, **changes)
    for _ in range(steps):
        made.step()
    return made


def tensors(world: World) -> dict[str, torch.Tensor]:
    return state_out(world, world)


@pytest.fixture(params=RULES)
def plain(request) -> dict[str, Any]:
    return bed_of("rules", request.param)


def test_shapes_and_types_are_kept_and_numbers_stay_finite(plain) -> None:
    made = model(plain)
    before = tensors(made.world)
    for _ in range(20):
        made.step()
    after = tensors(made.world)
    assert before.keys() == after.keys()
    for name, values in after.items():
        assert values.shape == before[name].shape and values.dtype == before[name].dtype, name
        assert not values.is_floating_point() or bool(values.isfinite().all()), name


def test_the_world_it_is_given_is_not_touched(plain) -> None:
    made = model(plain)
    world = made.world
    copies = {name: values.clone() for name, values in tensors(world).items()}
    made.step()
    for name, values in tensors(world).items():
        assert torch.equal(values, copies[name]), name


def test_net_3_the_same_seed_gives_the_same_bits_and_another_does_not(plain) -> None:
    first, second = (tensors(run(plain).world) for _ in range(2))
    for name, values in first.items():
        assert torch.equal(values, second[name]), name
    other = tensors(run(plain, seed=6).world)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_replica_r_is_the_single_run_with_its_seed(plain) -> None:
    together = run(plain, replicas=3).world
    for replica, seed in enumerate(replica_seeds(5, 3)):
        alone = run(plain, replicas=1, seed=seed).world
        for name, population in together.populations.items():
            compare(population, alone[name], replica)


def compare(together: Population, alone: Population, replica: int) -> None:
    for kind in ("state", "weights"):
        for column, values in getattr(together, kind).items():
            own = together.per_replica(values)[replica]
            expected = getattr(alone, kind)[column]
            if values.is_floating_point():
                torch.testing.assert_close(own, expected, rtol=1e-5, atol=1e-5, msg=column)
            else:
                assert torch.equal(own, expected), column


def test_results_do_not_depend_on_the_chunk(plain) -> None:
    whole, cut = (tensors(run(plain, chunk=chunk).world) for chunk in (1000, 3))
    for name, values in whole.items():
        torch.testing.assert_close(values, cut[name], rtol=1e-4, atol=1e-5, msg=name)


def test_net_5_probes_change_nothing(plain) -> None:
    state = model(plain).world["them"].state
    column = next(n for n, v in state.items() if v.is_floating_point() and "." not in n)
    probes = {"seen": {"type": "disagreement", "on": "them", "state": column}}
    watched = model(plain, probes=probes)
    for _ in range(STEPS):
        watched.blueprint.members.probes["seen"].member.read(watched.world)
        watched.step()
    plainly = tensors(run(plain).world)
    for name, values in tensors(watched.world).items():
        assert torch.equal(values, plainly[name]), name


def test_it_goes_on_from_its_state_as_if_nothing_had_happened(plain) -> None:
    from netware.simulation.snapshot import state_in

    made = run(plain, 2)
    again = model(plain)
    again.world = state_in(again.built, 2, state_out(made.world, made.built))
    for one in (made, again):
        one.step()
    for name, values in tensors(made.world).items():
        assert torch.equal(values, tensors(again.world)[name]), name
