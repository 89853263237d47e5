import numpy as np
import pytest
import torch

from netware.draws import Purpose
from netware.errors import ScenarioError
from netware.measures.morphology import between, structure
from netware.probes.morphology import structure_formation
from netware.probes.morphology.connectivity import Connectivity
from netware.probes.morphology.structure_formation import StructureFormation
from netware.world import World
from tests.probes.morphology.nets import deep


PROBE = StructureFormation(on="nets", permutations=199)


def with_channels(world: World) -> World:
    """Returns the world in which the first half of the nodes are a channel through all layers."""
    weights = dict(world["nets"].weights)
    for name in [name for name in weights if name[0] == "w"]:
        strong = torch.ones_like(weights[name][:1])
        strong[:, :4, :4] = 6.0
        weights[name] = weights[name] * strong
    return world.with_weights("nets", weights)


def test_channels_are_found_and_chance_is_not() -> None:
    world = deep(30, 2)
    plain, channels = PROBE.read(world), PROBE.read(with_channels(world))
    assert channels["share"].tolist() == [1, 1] and channels["structured"].min() == 1
    assert bool((channels["p"] == 1 / 200).all())
    assert plain["share"].max() < 0.1
    # Without structure p is uniform: its mean is 1/2 within four standard errors.
    assert abs(plain["p"].mean().item() - 0.5) < 4 * (1 / 12 / 60) ** 0.5
    rbar = structure(between([world["nets"].weights[f"w{layer}"] for layer in range(1, 8)]))
    assert torch.equal(plain["rbar"].flatten(), rbar)


def test_thresholds_decide() -> None:
    world = with_channels(deep())
    assert StructureFormation("nets", 99, threshold=0.999).read(world)["share"].max() == 0
    assert StructureFormation("nets", 49).read(world)["share"].max() == 0


def test_some_agents_at_a_time_are_tested_like_all_at_once(monkeypatch) -> None:
    world = deep()
    whole = PROBE.read(world)
    monkeypatch.setattr(structure_formation, "CHUNK_BYTES", 8 * 199 * 6 * 8 * 8 * 5)
    for name, values in PROBE.read(world).items():
        assert torch.allclose(values, whole[name])


def test_layers_of_several_widths_are_tested_as_a_loop_over_permutations_does() -> None:
    world = deep(agents=4, replicas=1, widths=(4, 6, 5))
    probe = StructureFormation(on="nets", permutations=49)
    read = probe.read(world)
    keys = world.stream(Purpose.PROBE, "structure_formation", "nets").words((49, 15))
    weights = world["nets"].weights
    for agent in range(4):
        w = [weights[f"w{layer}"][agent].abs().double().numpy() for layer in range(1, 5)]
        into, out = [m.sum(0) for m in w[:-1]], [m.sum(1) for m in w[1:]]
        rbar = np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(into, out, strict=True)])
        assert abs(read["rbar"][0, agent].item() - rbar) < 1e-5
        reached = 0
        for row in keys[agent].numpy():
            parts = zip(into, out, np.split(row, (4, 10)), strict=True)
            mixed = np.mean([np.corrcoef(a, b[np.argsort(k)])[0, 1] for a, b, k in parts])
            reached += mixed >= rbar
        assert abs(read["p"][0, agent].item() - (1 + reached) / 50) < 1e-6


def test_only_the_layers_that_are_chosen_count() -> None:
    world = deep(widths=(4, 6, 5))
    read = StructureFormation("nets", 19, layers=(2, 0)).read(world)["rbar"]
    r = Connectivity("nets").read(world)["in_out_correlation"]
    assert torch.allclose(read, (r[..., 2] + r[..., 0]) / 2)
    with pytest.raises(ScenarioError, match="layer 3 of 3 hidden layers"):
        StructureFormation("nets", layers=(3,)).read(world)
