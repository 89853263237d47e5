import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.rules.base import Turn
from netware.rules.deepen import Deepen
from netware.simulation.model import NetwareModel
from tests.rules.learning import drawn, world_of
from tests.simulation.worlds import write


TEXT = """
netware: 1
name: deepened
seed: 3
steps: 4
replicas: 2
tasks:
  points: {type: clusters, dimensions: 2, clusters: 4, train: 100, test: 50}
populations:
  wide: {agents: 3, model: {type: multilayer, inputs: 2, outputs: 1, widths: [5]}}
  deep: {agents: 3, model: {type: multilayer, inputs: 2, outputs: 1, widths: [4, 4, 4, 4, 4]}}
rules:
  convert: {type: deepen, on: deep, of: wide, bound: 2.0}
  learn: {type: gradient, on: wide, task: points, rate: 0.01, batch: 20}
"""


def differ(model: NetwareModel) -> float:
    x = torch.rand(6, 100, 2, generator=torch.Generator().manual_seed(1)) * 4 - 2
    wide, deep = (model.world[name].forward(x) for name in ("wide", "deep"))
    return (wide - deep).abs().max().item()


def test_deep_networks_follow_the_wide_ones(tmp_path) -> None:
    model = NetwareModel(write(tmp_path, TEXT), collect=0)
    assert differ(model) < 1e-4
    # The wide ones learn after the deep ones were made, so they are a step ahead.
    model.step()
    assert differ(model) > 1e-2
    model = NetwareModel(write(tmp_path, TEXT), ["rules.learn.until=2"], collect=0)
    for _ in range(4):
        model.step()
    assert differ(model) < 1e-4


def test_the_rule_itself_is_the_conversion() -> None:
    wide = drawn(Multilayer(2, 1, (3,)), 4, name="wide")
    deep = drawn(Multilayer(2, 1, (4, 4, 4)), 4, name="deep")
    rule = Deepen("deep", "wide")
    world = rule.prepare(world_of(wide, deep), Turn("it"))
    x = torch.rand(4, 9, 2, generator=torch.Generator().manual_seed(2)) * 2 - 1
    assert torch.allclose(world["deep"].forward(x), wide.forward(x), atol=1e-4)


def test_what_does_not_fit_is_refused() -> None:
    wide = drawn(Multilayer(2, 1, (3,)), 4, name="wide")
    narrow = drawn(Multilayer(2, 1, (4, 4)), 4, name="deep")
    with pytest.raises(ShapeError) as error:
        Deepen("deep", "wide").prepare(world_of(wide, narrow), Turn("it"))
    assert str(error.value) == (
        "populations.deep.model: widths [4, 4] of relu, 2 inputs and 1 outputs\n"
        "  expected: 3 layers of 4 relu with biases, 2 inputs and 1 outputs\n"
        "  fix: write 'widths: [4, 4, 4]', or give 'of' another population"
    )
    fewer = drawn(Multilayer(2, 1, (4, 4, 4)), 3, name="deep")
    with pytest.raises(ShapeError) as error:
        Deepen("deep", "wide").prepare(world_of(wide, fewer), Turn("it"))
    assert str(error.value) == (
        "populations.deep.agents: 3 agents to take over from 4\n"
        "  expected: as many\n"
        "  fix: write 'agents: 4'"
    )
    with pytest.raises(ScenarioError) as error:
        Deepen("deep", "wide").prepare(
            world_of(drawn(Urn(2, 1, 5), 4, name="wide"), fewer), Turn("it")
        )
    assert str(error.value) == (
        "populations.wide.model: a Urn\n"
        "  expected: multilayer, which can be made deep\n"
        "  fix: write 'model: {type: multilayer, ...}', or choose another population"
    )
