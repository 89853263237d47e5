"""What it takes to use a torch.nn.Module that knows nothing of netware: build, listen, inspect."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


TORCH_OWN = frozenset(vars(torch.nn.Module()))


def constructed(cls: type, arguments: dict[str, Any], seed: int) -> torch.nn.Module:
    """Builds a module in `eval` mode; what its constructor draws depends on `seed` alone.

    PyTorch's own generator is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return cls(**{name: listed(value) for name, value in arguments.items()}).eval()


def listed(value: Any) -> Any:
    """Returns an argument with its tuples as lists, as YAML wrote them."""
    if isinstance(value, tuple | list):
        return [listed(inner) for inner in value]
    if isinstance(value, dict):
        return {name: listed(inner) for name, inner in value.items()}
    return value


@contextmanager
def listening(
    module: torch.nn.Module,
    heard: dict[str, Tensor],
    edits: Mapping[str, Callable[[Tensor], Tensor]] | None = None,
) -> Iterator[None]:
    """Notes into `heard` what each named leaf answers while the block runs.

    Where `edits` has a leaf, the edited answer is noted, and heard by the rest of the module. The
    second call of a leaf `name` is noted as `name.2`, the third as `name.3`.
    """

    def noted(name: str) -> Callable[..., None]:
        def hook(part: torch.nn.Module, given: Any, answer: Any) -> Any:
            calls = sum(other == name or other.startswith(f"{name}.") for other in heard)
            if not isinstance(answer, Tensor):
                return answer
            call = f"{name}.{calls + 1}" if calls else name
            heard[call] = edits[call](answer) if edits and call in edits else answer
            return heard[call]

        return hook

    hooks = [
        part.register_forward_hook(noted(name))
        for name, part in module.named_modules()
        if name and not any(part.children())
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def kept_by(module: torch.nn.Module, tensors: dict[str, Tensor]) -> dict[str, Any]:
    """Returns marks of a module's Python attributes and of `tensors`, which a call may change."""
    marks = {name: mark(values) for name, values in tensors.items()}
    for prefix, part in module.named_modules():
        for name, value in vars(part).items():
            if name not in TORCH_OWN:
                marks[f"{prefix}.{name}" if prefix else name] = mark(value)
    return marks


def mark(value: Any) -> Any:
    """Returns something that differs once `value` was changed or replaced."""
    if isinstance(value, Tensor):
        return id(value), value._version
    if isinstance(value, dict):
        return [(name, mark(inner)) for name, inner in value.items()]
    if isinstance(value, list | tuple):
        return [mark(inner) for inner in value]
    return value if isinstance(value, int | float | str) else id(value)


def told(error: Exception) -> str:
    """Returns the first line of what an exception of the user's code says."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:160]
