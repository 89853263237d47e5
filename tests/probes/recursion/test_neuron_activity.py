from typing import get_args

import pytest
import torch

from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.models.urn import Residual, Urn
from netware.probes.recursion import neuron_activity
from netware.probes.recursion.neuron_activity import NeuronActivity
from netware.world import World
from tests.rules.learners import drawn, examples, world_of


def world(model, agents: int = 3) -> World:
    return world_of(drawn(model, agents, 2), data=examples(4, 2, 25, (3, 2), "classes"))


@pytest.mark.parametrize("residual", get_args(Residual))
def test_activity_is_the_mean_over_the_test_samples_after_each_iteration(residual) -> None:
    one = world(Urn(3, 2, 14, 3, residual))
    read = NeuronActivity("nets", "task").read(one)["activity"]
    assert read.shape == (2, 3, 4, 14)
    for replica in range(2):
        x = one.examples["task"].test.inputs[replica]
        for agent in range(3):
            w, b = (one["nets"].weights[name][3 * replica + agent] for name in ("w", "b"))
            h = torch.zeros(25, 14)
            h[:, :3] = x
            after = [h]
            for _ in range(3):
                new = torch.relu(h @ w + b)
                if residual == "output":
                    new[:, -2:] += h[:, -2:]
                if residual == "input":
                    new[:, :3] += x
                h = new
                after.append(h)
            wanted = torch.stack([each.abs().mean(0) for each in after])
            torch.testing.assert_close(read[replica, agent], wanted)


def test_some_agents_at_a_time_are_measured_like_all_at_once(monkeypatch) -> None:
    probe, one = NeuronActivity("nets", "task"), world(Urn(3, 2, 14, 3), agents=5)
    together = probe.read(one)["activity"]
    monkeypatch.setattr(neuron_activity, "CHUNK_BYTES", 4 * 3 * 14 * 25 * 4)
    torch.testing.assert_close(probe.read(one)["activity"], together)


def test_agents_of_another_model_and_tasks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ScenarioError, match="whose model is a recursion of one matrix"):
        NeuronActivity("nets", "task").read(world(Multilayer(3, 2)))
    with pytest.raises(ScenarioError, match=r"NeuronActivity\.task: 'task', samples of 3"):
        NeuronActivity("nets", "task").read(world(Urn(4, 2, 14, 3)))
