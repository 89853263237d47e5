"""Modules with nn.GRU compute and learn as a loop over the agents does, and say how."""

import importlib

import pytest
import torch
from typer.testing import CliRunner

from netware import NetwareModel
from netware.cli import app
from tests.field.own_nets import entered, learnt_by_a_loop


SAID = (
    "populations.nets: GRU of nets.Recurrent is computed time step by time step for all agents at "
    "once, since vmap has no rule for PyTorch's kernel"
)


@pytest.fixture
def scenario(monkeypatch):
    return entered("20-recurrent-modules", monkeypatch)


def test_agents_answer_and_learn_as_in_a_loop(scenario):
    model = NetwareModel(scenario)
    cls = importlib.import_module("nets").Recurrent
    x = torch.linspace(-1, 1, 24).reshape(3, 8)
    for agent in model.agents:
        module = cls().eval()
        module.load_state_dict(agent.weights)
        torch.testing.assert_close(agent.forward(x), module(x).detach(), rtol=0, atol=1e-6)
    wanted = learnt_by_a_loop(model, cls, 0.05, 5)
    for _ in range(5):
        model.step()
    for agent, module in zip(model.agents, wanted, strict=True):
        for name, values in module.named_parameters():
            torch.testing.assert_close(
                agent.weights[name], values.detach(), rtol=0, atol=1e-6, msg=name
            )


def test_check_and_run_say_once_how_it_is_computed(scenario, tmp_path):
    checked = CliRunner().invoke(app, ["check", str(scenario)])
    assert checked.exit_code == 0 and checked.output.count(SAID) == 1
    ran = CliRunner().invoke(app, ["run", str(scenario), "--out", str(tmp_path)])
    assert ran.exit_code == 0 and ran.output.count(SAID) == 1
    (log,) = tmp_path.glob("*/*/log.txt")
    assert log.read_text().count(SAID) == 1
