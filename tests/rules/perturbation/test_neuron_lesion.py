import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.models.base import AbstractModel
from netware.models.chnnet import Chnnet
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.perturbation.neuron_lesion import NeuronLesion
from netware.simulation.model import NetwareModel
from netware.world import World
from tests.models.joined import MODELS, edges_by_hand
from tests.rules.learners import drawn, world_of
from tests.simulation.worlds import write


HIT = Acting("hit")


def hit(world: World, **parameters) -> World:
    rule = NeuronLesion("nets", **parameters)
    return rule.apply(rule.prepare(world, HIT), HIT)


def nets(model: AbstractModel, agents: int = 20, replicas: int = 2) -> World:
    return world_of(drawn(model, agents, replicas))


def test_neurons_lose_what_they_hear_from_their_own_layer_too() -> None:
    world = nets(Chnnet(3, 2, (10,)))
    after = hit(world, fraction=0.5)["nets"].weights
    lost = (after["w1"] == 0).all(1)
    assert lost.sum(1).tolist() == [5] * 40
    gone = lost[:, :, None] | lost[:, None]
    assert torch.equal(after["u1"] == 0, gone)
    assert torch.equal(after["u1"][~gone], world["nets"].weights["u1"][~gone])
    assert torch.equal((after["w2"] == 0).all(2), lost)


def test_neurons_of_a_layer_lose_what_they_hear_and_say() -> None:
    world = nets(Multilayer(3, 2, (10, 6), initial="uniform"))
    after = hit(world, fraction=0.5)["nets"].weights
    for layer, many in ((1, 5), (2, 3)):
        silent = (after[f"w{layer}"] == 0).all(1)
        assert silent.sum(1).tolist() == [many] * 40
        assert torch.equal(silent, after[f"b{layer}"] == 0)
        assert torch.equal(silent, (after[f"w{layer + 1}"] == 0).all(2))
    x = torch.randn(40, 7, 3, generator=torch.Generator().manual_seed(1))
    traced = world["nets"].wrapped().trace(after, x, {})
    dead = (traced["hidden1"] == 0).all(1)
    assert bool((dead | ~(after["w1"] == 0).all(1)).all())


@pytest.mark.parametrize("name", ["chnnet", "dense", "chain", "urn", "module", "low_rank"])
def test_neurons_of_every_model_lose_all_that_leads_to_and_from_them(name: str) -> None:
    model = MODELS[name]
    world = nets(model, 6)
    after = hit(world, fraction=0.5)["nets"].weights
    lost = 0
    for agent in range(12):
        before = edges_by_hand(name, world["nets"].weights, agent)
        now = edges_by_hand(name, after, agent)
        ends = {layer for edge in before for layer in (edge[0], edge[2])} - {"input", "output"}
        for layer in sorted(ends):
            width = max(i for one, i, _, _, _ in before if one == layer) + 1
            into = {j: [] for j in range(width)}
            out = {j: [] for j in range(width)}
            for one, i, other, j, w in now:
                if other == layer:
                    into[j].append(w)
                if one == layer:
                    out[i].append(w)
            gone = {j for j in range(width) if not any(into[j]) and not any(out[j])}
            assert len(gone) == round(0.5 * width)
            lost += len(gone)
        for old, new in zip(before, now, strict=True):
            assert new[4] == 0 or (new[:4] == old[:4] and abs(new[4] - old[4]) < 1e-6)
    assert lost > 0


def test_neurons_that_share_their_weights_are_not_hit() -> None:
    with pytest.raises(ScenarioError, match="neurons of a StaticHypernetwork, whose weights are"):
        hit(nets(MODELS["static"]), fraction=0.1)


def test_neurons_of_a_urn_lose_row_and_column_but_those_of_input_and_output() -> None:
    world = nets(Urn(4, 3, 17))
    after = hit(world, fraction=0.4)["nets"].weights["w"]
    rows, columns = (after == 0).all(2), (after == 0).all(1)
    assert torch.equal(rows, columns)
    assert rows.sum(1).tolist() == [4] * 40
    assert not rows[:, :4].any() and not rows[:, -3:].any()


def test_nothing_and_everything() -> None:
    world = nets(Urn(4, 3, 17))
    untouched = hit(world, fraction=0.0)["nets"].weights["w"]
    assert torch.equal(untouched, world["nets"].weights["w"])
    whole = hit(world, fraction=1.0)["nets"].weights["w"]
    assert bool((whole[:, 4:-3, 4:-3] == 0).all())


def test_as_an_event_it_strikes_once_and_training_recovers(tmp_path) -> None:
    text = """
netware: 1
name: struck
seed: 3
steps: 60
tasks:
  shells: {type: shells, dimensions: 3, train: 400, test: 200}
populations:
  nets: {agents: 4, model: {type: multilayer, inputs: 3, outputs: 2, widths: [20]}}
rules:
  learn: {type: gradient, on: nets, task: shells, optimiser: {type: adam, rate: 0.01}, batch: 50}
events:
  - {at: 30, rule: neuron_lesion, on: nets, fraction: 0.9}
"""
    model = NetwareModel(write(tmp_path, text), collect=0)
    test = model.world.examples["shells"].test
    right = []
    for _ in range(60):
        model.step()
        y = model.world["nets"].forward(test.of(model.world["nets"].replica).inputs)
        right.append((y.argmax(2) == test.targets[0].argmax(1)).double().mean().item())
    assert right[29] > 0.95
    assert right[30] < right[29] - 0.1
    assert right[59] > right[30] + 0.1


def test_agents_without_weights_are_refused() -> None:
    world = World(Draws.of(3), {"nets": Population("nets", 5)})
    with pytest.raises(ScenarioError) as error:
        hit(world, fraction=0.1)
    assert str(error.value) == (
        "rules.hit.on: agents of 'nets' without weights\n"
        "  expected: agents with a model, or a column of state to lose\n"
        "  fix: write 'state_lesion' and 'state: <column>', or choose another population"
    )


def test_models_whose_neurons_are_hidden_elsewhere_are_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        hit(nets(Hopfield(8, 2)), fraction=0.1)
    assert str(error.value) == (
        "rules.hit.on: neurons of a Hopfield, whose weights are patterns\n"
        "  expected: a model whose weights join known neurons, such as multilayer or urn\n"
        "  fix: write 'lesion', which hits single weights"
    )
