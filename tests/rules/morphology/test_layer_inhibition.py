import pytest

from netware.errors import ScenarioError
from netware.simulation.model import NetwareModel
from tests.simulation.worlds import write


TEXT = """
netware: 1
name: layers
seed: 3
steps: 5
dt: 0.0001
precision: float64
populations:
  layers:
    agents: 6
    state: {amplitude: [0.1, 0.3, 0.2, 0.6, 0.5, 0.9], pair: {uniform: [0, 1], size: 2}}
  others: {agents: 6}
relations:
  beside: {type: association, between: [layers, layers], topology: {type: ring, k: 2}}
  apart: {type: association, between: [layers, others], topology: {type: one_to_one}}
rules:
  grow: {type: layer_inhibition, on: layers, over: beside, growth: 7.0, inhibition: 2.0, nodes: 5}
"""


def made(folder, *overrides: str) -> NetwareModel:
    return NetwareModel(write(folder, TEXT), overrides, collect=0)


def test_a_short_step_is_the_equation(tmp_path) -> None:
    model = made(tmp_path)
    r = model.world["layers"]["amplitude"].clone()
    model.step()
    slope = (model.world["layers"]["amplitude"] - r) / 1e-4
    beside = r.roll(1) + r.roll(-1)
    wanted = 7 * r * (1 - r) + 2 * (1 - 5 * r) * beside
    assert (slope - wanted).abs().max() < 1e-2 * wanted.abs().max()


def test_layers_alike_stay_at_their_fixed_point(tmp_path) -> None:
    rest = (7 + 2 * 2) / (7 + 2 * 2 * 5)
    start = [rest] * 6
    model = made(tmp_path, f"populations.layers.state.amplitude={start}", "dt=0.05")
    for _ in range(5):
        model.step()
    assert (model.world["layers"]["amplitude"] - rest).abs().max() < 1e-14


def test_the_end_of_a_path_has_one_neighbour(tmp_path) -> None:
    model = made(tmp_path, "relations.beside.topology={type: path}")
    r = model.world["layers"]["amplitude"].clone()
    model.step()
    slope = (model.world["layers"]["amplitude"] - r)[0].item() / 1e-4
    assert slope == pytest.approx(7 * 0.1 * 0.9 + 2 * 0.5 * 0.3, rel=1e-2)


def test_relations_and_columns_that_do_not_fit_are_refused(tmp_path) -> None:
    with pytest.raises(ScenarioError) as error:
        made(tmp_path, "rules.grow.over=apart")
    assert "rules.grow.over: 'apart', which leads from layers to others\n" in str(error.value)
    assert str(error.value).endswith(
        "  expected: a relation between agents of 'layers'\n"
        "  fix: write 'between: [layers, layers]' under relations.apart, or name another"
    )
    with pytest.raises(ScenarioError) as error:
        made(tmp_path, "rules.grow.state=pair")
    assert "populations.layers.state.pair: 2 numbers for each layer\n" in str(error.value)
    assert str(error.value).endswith(
        "  expected: one number for each layer\n  fix: write 'pair: uniform'"
    )
