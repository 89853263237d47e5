import numpy as np
import pytest
import torch

from netware.errors import ScenarioError
from netware.measures.morphology import entropies, node_shares
from netware.probes.morphology.entropy_increments import EntropyIncrements, rho
from tests.probes.morphology.nets import deep


PROBE = EntropyIncrements(on="nets", shuffles=20)


def test_increments_and_their_correlation_by_hand() -> None:
    world = deep(20, 2)
    read = PROBE.read(world)
    s = entropies(node_shares(world["nets"])).view(2, 20, 6)[..., :5].double().numpy()
    increments = np.diff(s, axis=2)
    assert np.abs(read["increment"].numpy() - increments).max() < 1e-5
    for replica in range(2):
        own = increments[replica]
        centred = np.diff(s[replica] - s[replica].mean(0), axis=1)
        for lag in range(3):
            for name, d in (("rho", own), ("centred", centred)):
                wanted = np.corrcoef(d[:, : 4 - lag].flatten(), d[:, lag:].flatten())[0, 1]
                assert read[name][replica, lag].item() == pytest.approx(wanted, abs=1e-3)


def test_independent_layers_have_minus_a_half_at_lag_one_and_nothing_further() -> None:
    s = torch.randn(4000, 9, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    assert rho(s)[:4].tolist() == pytest.approx([1, -0.5, 0, 0], abs=0.03)
    # The control: layers that alternate repeat themselves at every second lag.
    alternating = torch.tensor([1.0, -1.0] * 4 + [1.0]).double() + 0.1 * s
    assert rho(alternating)[:4].tolist() == pytest.approx([1, -1, 1, -1], abs=0.05)


def test_shuffled_layers_are_independent() -> None:
    read = EntropyIncrements(on="nets", shuffles=200).read(deep(100, 1))
    null, sd = read["shuffled"][0], read["shuffled_sd"][0]
    # A shuffle of five fixed numbers is independent but for their fixed mean.
    assert null[0].item() == pytest.approx(1, abs=1e-5) and sd[0].item() < 1e-5
    assert null[1].item() == pytest.approx(-0.5, abs=0.05)
    assert null[2].item() == pytest.approx(0, abs=0.05)
    assert bool((sd[1:] > 0.01).all())


def test_too_few_layers_are_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        PROBE.read(deep(widths=(4,) * 4))
    assert str(error.value) == (
        "probes: EntropyIncrements.on: agents of 'nets' with a Multilayer with 4 hidden layers\n"
        "  expected: agents whose model joins known units, with 5 hidden layers or more\n"
        "  fix: name another population, or write 'model: {type: multilayer, widths: [10, 10, 10, "
        "10, 10]}'"
    )
