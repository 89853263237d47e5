"""Lets the tests of cases import `nets`, the file of each case, one after the other."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from netware import NetwareModel


CASES = Path(__file__).parent / "cases"
Asked = Callable[[torch.nn.Module, torch.Tensor], torch.Tensor]


def entered(case: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Enters the folder of a case, whose modules are not those of another."""
    monkeypatch.chdir(CASES / case)
    monkeypatch.syspath_prepend(CASES / case)
    monkeypatch.delitem(sys.modules, "nets", raising=False)
    return CASES / case / "scenario.yaml"


def learnt_by_a_loop(model: NetwareModel, cls: type, rate: float, steps: int) -> list[Any]:
    """Returns a module for each agent, that begun as the agent does and took steps of SGD."""
    found, examples = [], model.world.examples["table"].train
    x, t = examples.inputs[0], examples.targets[0]
    for agent in model.agents:
        module = cls().eval()
        module.load_state_dict(agent.weights)
        descent = torch.optim.SGD(module.parameters(), rate)
        for _ in range(steps):
            descent.zero_grad()
            torch.nn.functional.mse_loss(module(x), t).backward()
            descent.step()
        found.append(module)
    return found
