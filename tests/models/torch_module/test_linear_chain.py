import pytest
import torch
from torch import Tensor, nn

from netware.models.layers.synapses import Places
from netware.models.torch_module.linear_chain import linear_chain
from netware.models.torch_module.module import Module


class Plain(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.Linear(4, 6),
            nn.ReLU(inplace=True),
            nn.Dropout(),
            nn.Linear(6, 5, bias=False),
            nn.Tanh(),
            nn.Linear(5, 2),
        )


class Functional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden1, self.last = nn.Linear(4, 6), nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.relu(self.hidden1(x)))


class Scaled(Functional):
    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.last(torch.relu(self.hidden1((x - 0.5) / 2))))


class Mixing(Functional):
    def forward(self, x: Tensor) -> Tensor:
        h = torch.relu(self.hidden1(x))
        return self.last(h + 0.1 * h.mean(1, keepdim=True))


class Shifting(Functional):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.relu(self.hidden1(x)).roll(1, 1))


class Skipping(Functional):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.relu(self.hidden1(x)) + x.sum(1, keepdim=True))


class Tied(Functional):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.relu(self.hidden1(x)) * self.hidden1.weight.sum())


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(4, 4), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.relu(self.first(torch.relu(self.first(x)))))


class Idle(Functional):
    def forward(self, x: Tensor) -> Tensor:
        return self.hidden1(x)


class Softmax(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 2), nn.Softmax(-1))


class Normed(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Linear(4, 6), nn.LayerNorm(6), nn.Linear(6, 2))


class Unscaled(nn.Sequential):
    def __init__(self) -> None:
        norm = nn.LayerNorm(6, elementwise_affine=False)
        super().__init__(nn.Linear(4, 6), norm, nn.Linear(6, 2))


class Held(Functional):
    def __init__(self) -> None:
        super().__init__()
        self.hidden1.requires_grad_(False)


class Picky(Functional):
    def forward(self, x: Tensor) -> Tensor:
        if bool((x != 0).any()):
            raise ValueError("only zeros")
        return super().forward(x)


def links(module: nn.Module) -> tuple:
    learning = {name: p.detach() for name, p in module.named_parameters() if p.requires_grad}
    fixed = {name: p.detach() for name, p in module.named_parameters() if not p.requires_grad}
    return linear_chain(module.eval(), learning, fixed, 4)


def test_linear_parts_come_in_order_with_the_parts_that_show_what_the_next_receives() -> None:
    found = [(one.name, one.bias, one.shown_by) for one in links(Plain())]
    assert found == [("0", True, "1"), ("3", False, "4"), ("5", True, "")]
    assert [(one.name, one.shown_by) for one in links(Functional())] == [
        ("hidden1", ""),
        ("last", ""),
    ]
    assert [one.name for one in links(Scaled())] == ["hidden1", "last"]
    assert [(one.name, one.bias) for one in links(nn.Linear(4, 2))] == [("", True)]


NO_CHAIN = [Mixing, Shifting, Skipping, Tied, Twice, Idle, Softmax, Normed, Unscaled, Held, Picky]


@pytest.mark.parametrize("kind", NO_CHAIN)
def test_units_that_cannot_be_told_from_each_other_are_no_chain(kind: type[nn.Module]) -> None:
    torch.manual_seed(1)
    assert links(kind()) == ()


def test_trying_leaves_the_module_as_it_was() -> None:
    module = Plain().eval()
    before = {name: values.clone() for name, values in module.state_dict().items()}
    x = torch.linspace(-1, 1, 8).view(2, 4)
    y = module(x)
    links(module)
    assert all(torch.equal(values, before[name]) for name, values in module.state_dict().items())
    assert torch.equal(module(x), y)
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in module.modules())


def test_a_model_of_a_module_says_which_layers_are_shown() -> None:
    (first, second, last) = Module(f"{__name__}.Plain").synapses()
    assert (first.weight, first.bias, first.laid) == ("0.weight", "0.bias", "receivers")
    assert first.senders == (Places("input", 0, 4),)
    assert first.receivers == second.senders == (Places("hidden1", 0, 6, ("1",)),)
    assert (second.bias, second.receivers) == ("", (Places("hidden2", 0, 5, ("4",)),))
    assert last.receivers == (Places("output", 0, 2),)
    # Its first part is called as a hidden layer would be, but shows what comes before relu.
    (first, _) = Module(f"{__name__}.Functional").synapses()
    assert first.receivers == (Places("hidden1", 0, 6, traced=False),)
    assert Module(f"{__name__}.Mixing").synapses() == ()
