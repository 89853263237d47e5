import torch

from netware.models.torch_module.foreign import kept_by, listed, tapped_leaves, told


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


def test_a_constructor_s_chance_depends_on_the_seed_alone() -> None:
    torch.manual_seed(3)
    before = torch.default_generator.get_state()
    one = constructed(Counting, {"sizes": (4, 4)}, 1)
    again = constructed(Counting, {"sizes": (4, 4)}, 1)
    other = constructed(Counting, {"sizes": (4, 4)}, 2)
    assert torch.equal(torch.default_generator.get_state(), before)
    drawn = [each.get_parameter("parts.0.weight") for each in (one, again, other)]
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    assert not one.training


def test_arguments_have_lists_where_yaml_had_them() -> None:
    given = {"sizes": (1, (2, 3)), "name": "a", "deep": {"inner": (4,)}}
    assert listed(given) == {"sizes": [1, [2, 3]], "name": "a", "deep": {"inner": [4]}}


def test_leaves_are_heard_by_name_and_by_call_and_then_left_alone() -> None:
    module, heard = constructed(Counting, {"sizes": (4, 4)}, 1), {}
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
    module = constructed(Counting, {"sizes": (4, 4)}, 1)
    buffers = dict(module.named_buffers())
    for keeping in ("", "calls", "seen", "total"):
        before = kept_by(module, buffers)
        module(torch.ones(2, 4), keeping)
        after = kept_by(module, buffers)
        changed = [name for name in after if before.get(name) != after[name]]
        assert changed == ([keeping] if keeping else [])


def test_an_exception_is_told_in_one_line() -> None:
    assert told(ValueError("first\nsecond")) == "ValueError: first"
    assert told(KeyError()) == "KeyError: "
    assert len(told(ValueError("x" * 500))) == 160
