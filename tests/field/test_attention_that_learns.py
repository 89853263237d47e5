"""A module with attention learns as a loop of torch.optim over the agents does."""

import importlib

import pytest
import torch
from typer.testing import CliRunner

from netware import NetwareModel
from netware.cli import app
from tests.field.own_nets import entered, learnt_by_a_loop


@pytest.fixture
def scenario(monkeypatch):
    return entered("19-attention-that-learns", monkeypatch)


def test_five_steps_give_the_weights_of_a_loop_of_sgd(scenario):
    model = NetwareModel(scenario)
    wanted = learnt_by_a_loop(model, importlib.import_module("nets").Attention, 0.05, 5)
    begun = [agent.weights for agent in model.agents]
    for _ in range(5):
        model.step()
    for agent, module, before in zip(model.agents, wanted, begun, strict=True):
        for name, values in module.named_parameters():
            torch.testing.assert_close(
                agent.weights[name], values.detach(), rtol=0, atol=1e-7, msg=name
            )
        assert not torch.equal(before["out.weight"], agent.weights["out.weight"])


def test_the_fast_path_is_as_it_was_also_after_a_mistake(scenario):
    model = NetwareModel(scenario)
    model.step()
    assert torch.backends.mha.get_fastpath_enabled()
    model.agents[0].forward(torch.zeros(8))
    assert torch.backends.mha.get_fastpath_enabled()


@pytest.mark.parametrize("command", ["check", "run"])
def test_it_is_checked_and_run_from_the_command_line(scenario, command, tmp_path):
    out = ["--out", str(tmp_path)] if command == "run" else []
    result = CliRunner().invoke(app, [command, str(scenario), *out])
    assert result.exit_code == 0, result.output
