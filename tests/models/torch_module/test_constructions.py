import itertools
import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.torch_module.constructions import Constructions, same_value
from netware.process.chance import chance_of_others_restored, seed_others


COUNT = itertools.count()


class Plain(nn.Linear):
    """Draws by torch alone."""


class OtherChance(nn.Module):
    """Draws by NumPy and Python."""

    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.from_numpy(np.random.randn(3)).float())
        self.b = nn.Parameter(torch.tensor([random.random()]))
        self.c = nn.Parameter(torch.ones(2))


class Counted(nn.Module):
    """Is another each time, whatever the seed."""

    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(float(next(COUNT))))


class Unregistered(nn.Module):
    """Keeps what it draws, or layers, in a plain attribute."""

    def __init__(self, kind: str):
        super().__init__()
        self.read = nn.Linear(2, 2)
        drawn = {
            "tensor": lambda: torch.randn(3),
            "layers": lambda: [nn.Linear(2, 2), nn.ReLU()],
            "array": lambda: np.random.randn(3),
            "known": lambda: [self.read, nn.ReLU(), 0.5, "name", None],
        }
        self.kept = drawn[kind]()


class Growing(nn.Module):
    """Has a structure of chance."""

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, int(torch.randint(2, 200, ())))


class Mixed(nn.Module):
    """Draws a layer that learns, one that does not, a buffer, and sets another."""

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 3)
        self.b = nn.Linear(3, 2).requires_grad_(False)
        self.register_buffer("order", torch.randperm(30))
        self.register_buffer("scale", torch.ones(2))


class Complex(nn.Module):
    """Has a complex parameter."""

    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.randn(3, dtype=torch.complex64))


class Lazy(nn.Module):
    """Has a lazy layer, which it may or may not use."""

    def __init__(self, used: bool = True):
        super().__init__()
        self.a, self.b, self.used = nn.LazyLinear(3), nn.Linear(3, 1), used

    def forward(self, x):
        return self.b(self.a(x)) if self.used else x


def of(cls: type, inputs: int = 0, **arguments: Any) -> Constructions:
    return Constructions(f"lab.{cls.__name__}", cls, arguments, inputs)


def words(agents: int, seed: int = 1) -> torch.Tensor:
    return Draws.of(seed).stream(Purpose.WEIGHTS, "p", agents).words((2,))


def refusal(constructions: Constructions) -> str:
    with pytest.raises(ScenarioError) as error:
        _ = constructions.differing
    return str(error.value)


def state_of_numpy() -> list[int]:
    state = np.random.get_state(legacy=False)
    assert isinstance(state, dict)
    return state["state"]["key"].tolist()


def test_a_constructor_s_chance_depends_on_the_seed_alone_and_disturbs_nobody() -> None:
    torch.manual_seed(3)
    np.random.seed(3)
    before = torch.default_generator.get_state(), state_of_numpy()
    plain = of(Plain, in_features=3, out_features=2)
    one, again, other = (plain.built(seed).get_parameter("weight") for seed in (1, 1, 2))
    assert torch.equal(one, again) and not torch.equal(one, other)
    plain.of_each(words(4), ("weight",))
    assert torch.equal(torch.default_generator.get_state(), before[0])
    assert state_of_numpy() == before[1]
    assert not plain.pattern.training


def test_what_an_agent_begins_with_depends_on_its_words_alone() -> None:
    plain, drawn = of(Plain, in_features=3, out_features=2), words(6)
    every = plain.of_each(drawn, ("weight", "bias"))
    some = plain.of_each(drawn[[4, 1]], ("weight",))["weight"]
    assert torch.equal(some, every["weight"][[4, 1]])
    seed = int(drawn[4, 0]) << 31 | int(drawn[4, 1]) >> 1
    assert torch.equal(every["bias"][4], plain.built(seed).get_parameter("bias"))


def test_numpy_and_python_are_seeded_as_well() -> None:
    other = of(OtherChance)
    assert other.differing == {"a", "b"}
    one, again = (other.of_each(words(3), ("a", "b", "c")) for _ in range(2))
    for name, values in one.items():
        assert torch.equal(values, again[name])
    assert len(one["a"].unique(dim=0)) == 3 and bool((one["c"] == 1).all())


def test_what_belongs_to_one_construction_stays_together() -> None:
    mixed = of(Mixed)
    assert mixed.differing == {"a.weight", "a.bias", "b.weight", "b.bias", "order"}
    each = mixed.of_each(words(3), ("a.weight", "order"))
    seeds = (words(3)[:, 0] << 31 | words(3)[:, 1] >> 1).tolist()
    for agent, seed in enumerate(seeds):
        module = mixed.built(seed)
        assert torch.equal(each["a.weight"][agent], module.get_parameter("a.weight"))
        assert torch.equal(each["order"][agent], module.get_buffer("order"))


def test_a_constructor_that_draws_nothing_is_called_for_nobody() -> None:
    fixed = of(nn.LayerNorm, normalized_shape=4)
    assert fixed.differing == frozenset()
    assert fixed.of_each(words(5), ("weight",))["weight"].stride(0) == 0


def test_what_no_seed_decides_on_is_refused() -> None:
    assert refusal(of(Counted)) == (
        "path: lab.Counted: what its constructor draws is another each time, whatever the seed\n"
        "  expected: chance from torch, NumPy or Python, all of which are seeded\n"
        "  fix: draw by torch, with no generator of the class's own"
    )


@pytest.mark.parametrize("kind", ["tensor", "layers", "array"])
def test_chance_in_attributes_is_refused(kind: str) -> None:
    assert refusal(of(Unregistered, kind=kind)) == (
        "path: lab.Unregistered: its attribute 'kept' is another in each construction\n"
        "  expected: parameters and buffers, which each agent has of its own\n"
        "  fix: write 'self.register_buffer(\"kept\", ...)', or nn.ModuleList for a list of layers"
    )


def test_a_list_of_its_own_layers_is_taken() -> None:
    assert of(Unregistered, kind="known").differing == {"read.weight", "read.bias"}


def test_a_structure_of_chance_and_complex_numbers_are_refused() -> None:
    assert "parameters of other names or shapes" in refusal(of(Growing))
    assert "its parameter 'a' is complex" in refusal(of(Complex))


def test_lazy_layers_find_their_size_in_the_inputs() -> None:
    assert of(Lazy, 5).learning["a.weight"].shape == (3, 5)
    for constructions, said in (
        (of(Lazy), "inputs: lab.Lazy has lazy layers, which find their size in what they are"),
        (of(Lazy, 5, used=False), "path: lab.Lazy: a lazy layer that forward does not use"),
    ):
        assert refusal(constructions).startswith(said)


def test_a_lazy_module_is_what_a_first_pass_makes_of_it() -> None:
    lazy = of(Lazy, 5)
    with chance_of_others_restored():
        seed_others(7)
        wanted = Lazy()
        wanted(torch.zeros(2, 5))
    built = lazy.built(7)
    assert torch.equal(built.get_parameter("a.weight"), wanted.get_parameter("a.weight"))


def test_values_are_compared_number_by_number() -> None:
    nan, ones = float("nan"), torch.ones(2)
    alike = [(ones, ones.clone()), (nan, nan), ([1, {"a": ones}], [1, {"a": ones.clone()}])]
    unlike = [(ones, ones.long()), (ones, 2 * ones), ([1], [1, 2]), ({"a": 1}, {"b": 1}), (1, "1")]
    assert all(same_value(*pair) for pair in alike)
    assert not any(same_value(*pair) for pair in unlike)
    assert same_value(torch.tensor([nan]), torch.tensor([nan]))
