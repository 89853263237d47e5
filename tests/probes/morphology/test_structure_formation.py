import pytest
import torch

from netware.errors import ScenarioError
from netware.measures.morphology import structure
from netware.probes.morphology import structure_formation
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
    rbar = structure([world["nets"].weights[f"w{layer}"] for layer in range(1, 8)])
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


def test_hidden_layers_of_several_widths_are_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        PROBE.read(deep(widths=(4, 6)))
    assert str(error.value) == (
        "probes: StructureFormation.on: agents of 'nets' with hidden layers of 4 and 6 nodes\n"
        "  expected: agents with a layered model, of 1 hidden layer or more of one width\n"
        "  fix: name another population, or write 'model: {type: multilayer, widths: [10]}'"
    )
