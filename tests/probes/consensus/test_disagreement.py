import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import Draws
from netware.population import Population
from netware.probes.consensus.disagreement import Disagreement
from netware.world import World


def read(x: torch.Tensor, replicas: int = 1) -> dict[str, torch.Tensor]:
    people = Population("people", len(x) // replicas, replicas, state={"output": x})
    return Disagreement("people").read(World(Draws.of(1, replicas), {"people": people}))


def test_numbers_by_hand():
    found = read(torch.tensor([[1.0, 0.0], [3.0, 0.0], [5.0, 6.0]]))
    assert found["disagreement"].item() == pytest.approx(((4 + 4 + 0 + 4 + 4 + 16) / 3) ** 0.5)
    assert found["spread"].item() == 6.0
    assert found["mean"].item() == pytest.approx(2.5)


@given(st.integers(0, 2**31), st.sampled_from([(), (1,), (3,), (2, 2)]))
def test_each_replica_has_its_own(seed, size):
    x = torch.rand(3 * 7, *size, generator=torch.Generator().manual_seed(seed))
    together = read(x, 3)
    assert list(together) == list(Disagreement.quantities)
    for r in range(3):
        alone = read(x[7 * r : 7 * (r + 1)])
        for name in together:
            assert together[name][r].item() == pytest.approx(alone[name].item(), rel=1e-6)


def test_agents_that_agree_do_not_disagree_and_more_of_them_change_nothing():
    assert read(torch.full((5, 2), 0.25))["disagreement"].item() == 0
    x = torch.rand(6, 2, generator=torch.Generator().manual_seed(4))
    one, two = read(x), read(torch.cat([x, x]))
    assert one["disagreement"].item() == pytest.approx(two["disagreement"].item(), rel=1e-6)
