"""What every probe promises, tried on every probe that there is."""

from typing import Any

import pytest
import torch

from netware.axes import INDEX_COLUMNS
from netware.draws import replica_seeds
from netware.scenario.members import catalog
from netware.simulation.snapshot import state_out
from tests.contracts.testbeds import bed_of, model


@pytest.fixture(params=catalog.names("probes"))
def plain(request) -> dict[str, Any]:
    return bed_of("probes", request.param)


def read(plain: dict[str, Any], **changes: Any) -> dict[str, torch.Tensor]:
    made = model(plain, **changes)
    return made.blueprint.members.probes["it"].member.read(made.world)


def test_it_returns_the_quantities_that_it_names_with_replicas_first(plain) -> None:
    made = model(plain)
    probe = made.blueprint.members.probes["it"].member
    found = probe.read(made.world)
    assert set(found) == set(probe.quantities)
    for name, axes in probe.quantities.items():
        assert set(axes) <= set(INDEX_COLUMNS)
        assert found[name].dim() == 1 + len(axes) and len(found[name]) == 2, name


def test_it_changes_nothing_and_reads_the_same_twice(plain) -> None:
    made = model(plain)
    world = made.world
    copies = {name: values.clone() for name, values in state_out(world, world).items()}
    probe = made.blueprint.members.probes["it"].member
    first, second = probe.read(world), probe.read(world)
    for name, values in state_out(world, world).items():
        assert torch.equal(values, copies[name]), name
    for name, values in first.items():
        torch.testing.assert_close(values, second[name], rtol=0, atol=0, equal_nan=True)


def test_replica_r_reads_what_the_single_run_with_its_seed_reads(plain) -> None:
    together = read(plain, replicas=3)
    for replica, seed in enumerate(replica_seeds(5, 3)):
        alone = read(plain, replicas=1, seed=seed)
        for name, values in together.items():
            torch.testing.assert_close(
                values[replica], alone[name][0], rtol=1e-4, atol=1e-5, equal_nan=True, msg=name
            )
