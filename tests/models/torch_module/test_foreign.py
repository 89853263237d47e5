import pytest
import torch

from netware.models.torch_module.foreign import (
    as_for_learning,
    default_type,
    is_leaf,
    kept_by,
    listed,
    tapped_leaves,
    told,
    type_of,
    worded,
)


class Counting(torch.nn.Module):
    """Keeps state in Python, in a list and in a buffer, as a module here must not."""

    def __init__(self, sizes: list[int]):
        super().__init__()
        self.parts = torch.nn.Sequential(torch.nn.Linear(sizes[0], sizes[1]), torch.nn.ReLU())
        self.calls = 0
        self.seen: list[int] = []
        self.register_buffer("total", torch.zeros(1))

    def forward(self, x: torch.Tensor, keeping: str = "") -> torch.Tensor:
        if keeping == "calls":
            self.calls += 1
        if keeping == "seen":
            self.seen.append(len(x))
        if keeping == "total":
            self.total += 1
        return self.parts(self.parts[1](self.parts(x)))


def test_arguments_have_lists_where_yaml_had_them() -> None:
    given = {"sizes": (1, (2, 3)), "name": "a", "deep": {"inner": (4,)}}
    assert listed(given) == {"sizes": [1, [2, 3]], "name": "a", "deep": {"inner": [4]}}


def test_leaves_are_heard_by_name_and_by_call_and_then_left_alone() -> None:
    module, heard = Counting([4, 4]), {}
    x = torch.ones(2, 4)

    def noted(call: str, h: torch.Tensor) -> torch.Tensor:
        heard[call] = h
        return h

    with tapped_leaves(module, noted):
        y = module(x)
    assert list(heard) == ["parts.0", "parts.1", "parts.1.2", "parts.0.2", "parts.1.3"]
    assert torch.equal(heard["parts.0"], module.get_submodule("parts.0")(x))
    assert heard["parts.1.3"] is y
    assert not any(part._forward_hooks for part in module.modules())


def test_marks_show_what_a_call_has_changed() -> None:
    module = Counting([4, 4])
    for keeping in ("", "calls", "seen"):
        before = kept_by(module)
        module(torch.ones(2, 4), keeping)
        after = kept_by(module)
        changed = [name for name in after if before.get(name) != after[name]]
        assert changed == ([keeping] if keeping else [])


def test_what_a_hook_of_torch_s_own_writes_is_no_change() -> None:
    with pytest.warns(FutureWarning, match="weight_norm"):
        module = torch.nn.Sequential(torch.nn.utils.weight_norm(torch.nn.Linear(3, 2)))
    before = kept_by(module)
    module(torch.ones(2, 3))
    assert kept_by(module) == before


def test_a_parametrised_layer_is_a_leaf_and_what_it_is_computed_by_is_none() -> None:
    layer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(3, 2))
    module = torch.nn.Sequential(layer, torch.nn.ReLU())
    found = {name for name, part in module.named_modules() if name and is_leaf(name, part)}
    assert found == {"0", "1"}


def test_types_and_fast_paths_are_put_back_also_after_a_mistake() -> None:
    with pytest.raises(ZeroDivisionError), as_for_learning(torch.float64):
        assert torch.zeros(1).dtype == torch.float64
        assert not torch.backends.mha.get_fastpath_enabled()
        raise ZeroDivisionError
    assert torch.zeros(1).dtype == torch.float32 and torch.backends.mha.get_fastpath_enabled()
    with pytest.raises(ZeroDivisionError), default_type(torch.float64):
        raise ZeroDivisionError
    assert torch.get_default_dtype() == torch.float32


def test_a_tensor_s_type_among_agents_follows_theirs_if_it_is_of_real_numbers() -> None:
    ones = torch.ones(2)
    wanted = [torch.float64, torch.complex128, torch.int64]
    kinds = [ones, ones.to(torch.complex64), ones.long()]
    assert [type_of(one, torch.float64) for one in kinds] == wanted


def test_an_exception_is_told_in_one_line() -> None:
    assert told(ValueError("first\nsecond")) == "ValueError: first"
    assert told(KeyError()) == "KeyError: "
    assert len(told(ValueError("x" * 500))) == 160


def test_what_is_no_tensor_is_named() -> None:
    assert worded((1, 2)) == "a tuple of 2" and worded({"a": 1}) == "a dict of a"
    assert worded(None) == "a NoneType"
