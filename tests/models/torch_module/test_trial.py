from typing import Any

import pytest
import torch
from torch import nn

from netware.errors import ScenarioError
from netware.models.torch_module.calls import Call
from netware.models.torch_module.constructions import Constructions
from netware.models.torch_module.trial import CallTrial, Found, same_but_rounding, word


class Answering(nn.Module):
    """Answers as its argument says."""

    def __init__(self, kind: str):
        super().__init__()
        self.kind, self.a, self.ready = kind, nn.Linear(3, 2), False
        self.calls, self.table = 0, {"a": torch.zeros(2)}
        self.register_buffer("mean", torch.zeros(2))
        self.shift = torch.nn.Dropout(0.5)

    def forward(self, x):
        return getattr(self, self.kind)(x)

    def plain(self, x):
        return self.a(x)

    def squeezed(self, x):
        return self.a(x).sum(-1).squeeze()

    def rows(self, x):
        return self.a(x)[:, :, None] * torch.ones(1, 1, 3)

    def tuple(self, x):
        return self.a(x), x

    def dict(self, x):
        return {"policy": self.a(x), "value": x}

    def none(self, x):
        return None

    def complex(self, x):
        return torch.complex(self.a(x), self.a(x))

    def summed(self, x):
        return self.a(x).sum()

    def across(self, x):
        return self.a(x).T

    def counting(self, x):
        self.calls += 1
        return self.a(x)

    def once(self, x):
        self.ready = True
        return self.a(x)

    def in_place(self, x):
        self.mean += self.a(x).mean(0)
        return self.a(x) - self.mean

    def in_data(self, x):
        self.a.weight.data.clamp_(max=0.01)
        return self.a(x)

    def in_a_dict(self, x):
        self.table["a"] = x
        return self.a(x)

    def drawing(self, x):
        return self.a(x) + torch.randn(2)

    def dropping(self, x):
        return nn.functional.dropout(self.a(x), 0.5)

    def training_mode(self, x):
        return self.shift.train()(self.a(x))

    def whole(self, x):
        return self.a(torch.eye(3)[x[:, 0]])

    def picked(self, x):
        return self.a(torch.eye(3)[x[:, 0].long()])

    def single(self, x):
        return self.a.weight.mv(x)

    def deciding_single(self, x):
        return self.a.weight.mv(x) if x.sum() > 0 else self.a.weight.mv(-x)

    def deciding(self, x):
        return self.a(x) if x.sum() > 0 else -self.a(x)

    def detached(self, x):
        with torch.no_grad():
            return self.a(x)

    def centred(self, x):
        return self.a(x - x.mean(0))

    def by_number(self, x):
        return torch.tensor(self.a(x).tolist())

    def short(self, x):
        return self.a(x[:, :2])

    def printing(self, x):
        print("asked")
        return self.a(x)


class Hidden(nn.Module):
    """Draws what no parameter, buffer or attribute shows."""

    def __init__(self):
        super().__init__()
        self.a, noise = nn.Linear(3, 2), torch.randn(2)
        self.noisy = lambda y: y + noise

    def forward(self, x):
        return self.noisy(self.a(x))


def trial(kind: str) -> CallTrial:
    return CallTrial(Constructions("lab.Answering", Answering, {"kind": kind}), 3)


WAYS = {
    "plain": Found(Call(), 2),
    "squeezed": Found(Call(), 1),
    "rows": Found(Call(), 6),
    "whole": Found(Call(whole=True), 2),
    "picked": Found(Call(), 2),
    "single": Found(Call(single=True), 2),
    "detached": Found(Call(), 2),
    "centred": Found(Call(), 2, mixing=True),
}


@pytest.mark.parametrize("kind", WAYS)
def test_the_way_to_call_a_module_is_found(kind: str) -> None:
    assert trial(kind).found() == WAYS[kind]


@pytest.mark.parametrize("kind", ["deciding", "by_number", "deciding_single"])
def test_what_vmap_cannot_take_is_called_agent_by_agent(kind: str) -> None:
    found = trial(kind).found()
    assert not found.call.batched and found.outputs == 2
    assert found.call.single == (kind == "deciding_single")
    assert "Error: " in found.why


REFUSED: dict[str, Any] = {
    "tuple": "it answers a tuple of 2 to 3 samples",
    "dict": "it answers a dict of policy, value to 3 samples",
    "none": "it answers a NoneType to 3 samples",
    "complex": "it answers complex numbers",
    "summed": "it answers () to 3 samples",
    "across": "it answers (2, 3) to 3 samples",
    "counting": "forward changes its own 'calls'",
    "once": "forward changes its own 'ready'",
    "in_place": "forward changes its own 'mean'",
    "in_data": "forward changes its own 'a.weight'",
    "in_a_dict": "forward changes its own 'table'",
    "drawing": "forward draws random numbers, or begins to train",
    "training_mode": "forward draws random numbers, or begins to train",
    "short": "forward fails on samples of 3 numbers: RuntimeError: ",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_an_agent_is_refused(kind: str) -> None:
    with pytest.raises(ScenarioError) as error:
        trial(kind).found()
    assert str(error.value).startswith(f"path: lab.Answering: {REFUSED[kind]}")


def test_chance_that_nothing_shows_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        CallTrial(Constructions("lab.Hidden", Hidden, {}), 3).found()
    assert str(error.value) == (
        "path: lab.Hidden: two constructions with the same parameters and buffers answer "
        "otherwise\n"
        "  expected: parameters and buffers, which each agent has of its own\n"
        "  fix: register what the constructor draws: nn.Parameter, register_buffer"
    )


def test_a_trial_prints_nothing(capsys: pytest.CaptureFixture) -> None:
    assert trial("printing").found() == Found(Call(), 2)
    assert capsys.readouterr().out == ""


def test_an_operation_without_a_rule_for_vmap_is_named() -> None:
    found = CallTrial(Constructions("torch.nn.Bilinear", Halves, {}), 4).found()
    assert found == Found(Call(slow=True), 3, slow=("bilinear",))


class Halves(nn.Module):
    """Takes the product of two halves of a sample."""

    def __init__(self):
        super().__init__()
        self.both = nn.Bilinear(2, 2, 3)

    def forward(self, x):
        return self.both(x[:, :2], x[:, 2:])


def test_answers_agree_within_rounding() -> None:
    one = torch.tensor([1.0, float("nan"), 100.0])
    assert same_but_rounding(one, one * (1 + 1e-7)) and not same_but_rounding(one, one * (1 + 1e-2))
    assert not same_but_rounding(torch.ones(2), torch.ones(3))
    said = "There is a performance drop because we have not yet implemented the batching rule for"
    assert word(f"{said} aten::bilinear. Please file") == "bilinear"
