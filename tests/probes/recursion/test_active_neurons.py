from typing import get_args

import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.models.urn import Residual, Urn
from netware.population import Population
from netware.probes.recursion import active_neurons
from netware.probes.recursion.active_neurons import ActiveNeurons
from netware.tasks.shells import Shells
from netware.world import World


TASK = Shells(dimensions=3, train=4, test=30)


def world(model: Urn | Multilayer, replicas: int = 2, agents: int = 3) -> World:
    draws = Draws.of(3, replicas)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "nets", agents), torch.float64)
    if isinstance(model, Urn):
        kept = weights["w"].abs() > weights["w"].std()
        weights = {"w": weights["w"] * kept, "b": weights["b"] - 0.1}
    population = Population("nets", agents, replicas, model, weights, dtype=torch.float64)
    examples = {"shells": TASK.make("shells", draws, torch.float64)}
    return World(draws, {"nets": population}, examples=examples)


@pytest.mark.parametrize("residual", get_args(Residual))
def test_neurons_are_counted_on_the_test_samples_of_their_replica(residual: Residual) -> None:
    one = world(Urn(3, 2, 20, 3, residual))
    read = ActiveNeurons(on="nets", task="shells", tau=0.3).read(one)
    weights = one["nets"].weights
    for replica in range(2):
        x = one.examples["shells"].test.inputs[replica]
        for agent in range(3):
            w, b = (weights[name][3 * replica + agent] for name in ("w", "b"))
            h = torch.zeros(30, 20, dtype=torch.float64)
            h[:, :3] = x
            ever, counts = torch.zeros(20, dtype=torch.bool), [(h != 0).any(0).sum()]
            for _ in range(3):
                new = torch.relu(h @ w + b)
                if residual == "output":
                    new[:, -2:] += h[:, -2:]
                if residual == "input":
                    new[:, :3] += x
                h = new
                ever |= (h != 0).any(0)
                counts.append((h != 0).any(0).sum())
            assert read["active"][replica, agent] == ever.sum()
            assert read["active_by_iteration"][replica, agent].tolist() == counts
            assert read["strong"][replica, agent] == (w.abs() > 0.3).sum()
            assert read["relevant"][replica, agent, -1] == 2


def test_axes_are_as_announced() -> None:
    read = ActiveNeurons(on="nets", task="shells").read(world(Urn(3, 2, 20, 3)))
    assert set(read) == set(ActiveNeurons.quantities)
    for name, values in read.items():
        assert values.dim() == 1 + len(ActiveNeurons.quantities[name])
    assert read["relevant"].shape == (2, 3, 4)
    assert bool(((read["layered_flow"] >= 0) & (read["layered_flow"] <= 1)).all())


def test_some_agents_at_a_time_are_measured_like_all_at_once(monkeypatch) -> None:
    one = world(Urn(3, 2, 20, 3), agents=5)
    probe = ActiveNeurons(on="nets", task="shells")
    together = probe.read(one)
    monkeypatch.setattr(active_neurons, "CHUNK_BYTES", 8 * 3 * 20 * (30 * 4 + 4 * 20))
    for name, values in probe.read(one).items():
        assert torch.allclose(values, together[name], rtol=0, atol=1e-12)


def test_agents_of_another_model_are_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        ActiveNeurons(on="nets", task="shells").read(world(Multilayer(3, 2, (4,))))
    assert str(error.value) == (
        "probes: ActiveNeurons.on: agents of 'nets' with a Multilayer\n"
        "  expected: agents whose model is a recursion of one matrix, such as urn\n"
        "  fix: name another population, or write 'model: {type: urn, ...}'"
    )
