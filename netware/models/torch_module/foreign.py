"""What it takes to use a torch.nn.Module that knows nothing of netware: build, listen, inspect."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel


TORCH_OWN = frozenset(vars(torch.nn.Module())) | {"_flat_weights", "_flat_weight_refs"}
PARAMETRISED = "parametrizations"


def listed(value: Any) -> Any:
    """Returns an argument with its tuples as lists, as YAML wrote them."""
    if isinstance(value, tuple | list):
        return [listed(inner) for inner in value]
    if isinstance(value, dict):
        return {name: listed(inner) for name, inner in value.items()}
    return value


@contextmanager
def tapped_leaves(module: torch.nn.Module, tap: Callable[[str, Tensor], Tensor]) -> Iterator[None]:
    """Hands what each named leaf answers to a tap while the block runs; the module goes on with it.

    The second call of a leaf `name` is called `name.2`, the third `name.3`.
    """
    calls: Counter[str] = Counter()

    def tapped(name: str) -> Callable[..., Any]:
        def hook(part: torch.nn.Module, given: Any, answer: Any) -> Any:
            if not isinstance(answer, Tensor):
                return answer
            calls[name] += 1
            return tap(f"{name}.{calls[name]}" if calls[name] > 1 else name, answer)

        return hook

    hooks = [
        part.register_forward_hook(tapped(name))
        for name, part in module.named_modules()
        if name and is_leaf(name, part)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def is_leaf(name: str, part: torch.nn.Module) -> bool:
    """Tells whether a part has no parts, but for those that its parameters are computed by.

    A compiled one cannot be listened to, and is none.
    """
    if isinstance(part, torch.jit.ScriptModule):
        return False
    inner = [child for child, _ in part.named_children()]
    return PARAMETRISED not in name.split(".") and inner in ([], [PARAMETRISED])


class AllAgents(torch.autograd.Function):
    """Calls a tap with the answers of all agents, from inside a vmap that shows one agent's.

    An answer that no agent's weights or samples enter is none of an agent's: it stays as it is.
    """

    @staticmethod
    def forward(part: str, h: Tensor, tap: Callable[[str, Tensor], Tensor]) -> Tensor:
        """Returns an answer that is the same for all agents as it is."""
        return h.view_as(h)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps nothing for the way back."""

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        """Hands the gradient on as it is."""
        return None, gradients[0], None

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], part: str, h: Tensor, tap: Any) -> Any:
        """Returns what the tap makes of the answers of all agents, agents first."""
        axis = in_dims[1]
        assert axis is not None
        return tap(part, h.movedim(axis, 0)), 0


@contextmanager
def as_for_learning(dtype: torch.dtype) -> Iterator[None]:
    """Lets modules compute as where gradients are asked for, in a floating point type.

    In `eval` mode attention takes a fast path that has no derivative, and fused kernels of it
    have no rule for vmap: it is computed by products. What a forward pass makes by itself, such
    as `torch.zeros(5)`, is of the type of the weights.
    """
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with default_type(dtype), sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


@contextmanager
def default_type(dtype: torch.dtype) -> Iterator[None]:
    """Makes a floating point type the one of new tensors while the block runs."""
    default = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(default)


def type_of(values: Tensor, dtype: torch.dtype) -> torch.dtype:
    """Returns the type that a tensor has among agents of a floating point type."""
    if values.is_complex():
        return dtype.to_complex()
    return dtype if values.is_floating_point() else values.dtype


def kept_by(module: torch.nn.Module) -> dict[str, Any]:
    """Returns marks of a module's Python attributes, which a call may change.

    Those of PyTorch's own layers are its own affair, such as a weight that a hook of weight norm
    computes in each call.
    """
    marks = {}
    for prefix, part in module.named_modules():
        if is_torch_s_own(part):
            continue
        for name, value in vars(part).items():
            if name not in TORCH_OWN:
                marks[f"{prefix}.{name}" if prefix else name] = mark(value)
    return marks


def is_torch_s_own(part: torch.nn.Module) -> bool:
    """Tells whether the class of a part comes with PyTorch."""
    return type(part).__module__.startswith("torch.")


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


def worded(y: Any) -> str:
    """Says what something is that is no tensor."""
    if isinstance(y, tuple | list):
        return f"a {type(y).__name__} of {len(y)}"
    return (
        f"a dict of {', '.join(str(key) for key in y)}"
        if isinstance(y, dict)
        else (f"a {type(y).__name__}")
    )
