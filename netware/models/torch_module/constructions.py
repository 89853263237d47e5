"""What the constructor of a user's module makes of chance, agent by agent."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from torch.nn.parameter import is_lazy

from netware.draws import chance_of_others, chance_of_others_restored, seed_others
from netware.errors import ScenarioError
from netware.models.torch_module.foreign import (
    TORCH_OWN,
    as_for_learning,
    default_type,
    is_torch_s_own,
    listed,
    told,
    type_of,
)


TRIALS = 8
SIZE_ASKED = "write '{{type: module, path: {}, inputs: 8}}' with your number"


@dataclass(frozen=True)
class Constructions:
    """A class of the user's, and what it is constructed with.

    Args:
        path: Its dotted path.
        cls: The class.
        arguments: What its constructor takes.
        inputs: Numbers in a sample, by which lazy layers find their size, or 0. [1]
    """

    path: str
    cls: type[torch.nn.Module]
    arguments: dict[str, Any]
    inputs: int = 0

    def built(self, seed: int) -> torch.nn.Module:
        """Builds a module in `eval` mode; what its constructor draws depends on `seed` alone."""
        with chance_of_others_restored():
            return self.seeded(seed)

    def seeded(self, seed: int) -> torch.nn.Module:
        """Builds a module, and leaves the generators where its constructor has left them."""
        seed_others(seed)
        try:
            given = {name: listed(value) for name, value in self.arguments.items()}
            with default_type(torch.float32):
                module = self.cls(**given).eval()
        except Exception as error:
            raise ScenarioError(
                "arguments",
                found=f"{self.cls.__name__} cannot be built: {told(error)}",
                expected="arguments that its constructor takes",
                fix="change 'arguments' as the message says",
            ) from error
        return self.sized(module) if is_unsized(module) else module

    def sized(self, module: torch.nn.Module) -> torch.nn.Module:
        """Gives lazy layers their size, as a first pass over two samples of 0 does."""
        if not self.inputs:
            raise ScenarioError(
                "inputs",
                found=f"{self.path} has lazy layers, which find their size in what they are given",
                expected="the numbers in one sample",
                fix=SIZE_ASKED.format(self.path),
            )
        try:
            with torch.no_grad(), as_for_learning(torch.float32):
                module(torch.zeros(2, self.inputs))
        except Exception as error:
            raise ScenarioError(
                "path",
                found=f"{self.path}: its lazy layers cannot be sized by {self.inputs} numbers: "
                f"{told(error)}",
                expected="a forward pass of (samples, inputs) to (samples, outputs)",
                fix="write 'inputs:' with the numbers in one sample",
            ) from error
        if is_unsized(module):
            raise ScenarioError(
                "path",
                found=f"{self.path}: a lazy layer that forward does not use",
                expected="layers whose size is known after one pass",
                fix="take that layer out, or give it its size",
            )
        return module

    @cached_property
    def pattern(self) -> torch.nn.Module:
        """Returns one instance; it is the one that computes."""
        return self.built(0)

    @cached_property
    def learning(self) -> dict[str, Tensor]:
        """Returns the parameters that learn, as the pattern has them; tied ones once."""
        return learning_of(self.pattern)

    @cached_property
    def fixed(self) -> dict[str, Tensor]:
        """Returns buffers, and parameters that require no gradient, as the pattern has them."""
        return fixed_of(self.pattern)

    @cached_property
    def shapes(self) -> dict[str, torch.Size]:
        """Returns the shapes of all parameters and buffers."""
        return {name: values.shape for name, values in tensors_of(self.pattern).items()}

    @cached_property
    def differing(self) -> frozenset[str]:
        """Names what differs between constructions; refuses what could not be each agent's own."""
        self.refuse_complex()
        with chance_of_others_restored():
            seed_others(0)
            before = chance_of_others()
            again = self.seeded(0)
            drawn = chance_of_others() != before
            if unlike(tensors_of(self.pattern), self.alike(again)):
                raise self.refused(
                    "what its constructor draws is another each time, whatever the seed",
                    "chance from torch, NumPy or Python, all of which are seeded",
                    "draw by torch, with no generator of the class's own",
                )
            self.refuse_attributes(again)
            found: set[str] = set()
            for trial in range(1, TRIALS if drawn else 1):
                other = self.seeded(trial)
                self.refuse_attributes(other)
                found |= unlike(tensors_of(self.pattern), self.alike(other))
        return frozenset(found)

    def alike(self, module: torch.nn.Module) -> dict[str, Tensor]:
        """Returns the tensors of another construction; refuses other names and shapes."""
        tensors = tensors_of(module)
        if {name: values.shape for name, values in tensors.items()} != self.shapes:
            raise self.refused(
                "two constructions have parameters of other names or shapes",
                "one structure for all agents",
                "let arguments, not chance, decide on the structure",
            )
        return tensors

    def refuse_complex(self) -> None:
        """Refuses parameters that are complex numbers."""
        for name, values in self.learning.items():
            if values.is_complex():
                raise self.refused(
                    f"its parameter '{name}' is complex",
                    "parameters of real numbers",
                    "keep real and imaginary parts, and join them by torch.view_as_complex",
                )

    def refuse_attributes(self, other: torch.nn.Module) -> None:
        """Refuses Python attributes that are of chance: all agents share the pattern's."""
        theirs = dict(other.named_modules())
        registered = {id(one) for one in (*self.pattern.modules(), *self.pattern.parameters())}
        for prefix, part in self.pattern.named_modules():
            if is_torch_s_own(part) or prefix not in theirs:
                continue
            for name, value in vars(part).items():
                if name in TORCH_OWN:
                    continue
                if not same_value(value, vars(theirs[prefix]).get(name), registered):
                    called = f"{prefix}.{name}" if prefix else name
                    raise self.refused(
                        f"its attribute '{called}' is another in each construction",
                        "parameters and buffers, which each agent has of its own",
                        f"write 'self.register_buffer(\"{name}\", ...)', or nn.ModuleList for "
                        "a list of layers",
                    )

    def of_each(self, words: Int[Tensor, "agents 2"], names: tuple[str, ...]) -> dict[str, Tensor]:
        """Returns named tensors of one construction for each agent, agents first, on the CPU.

        What an agent's constructor draws depends on its two words alone.
        """
        shared = {name: t for name, t in self.fixed.items() if name not in self.differing}
        own = tensors_of(self.pattern)
        if not self.differing.intersection(names):
            return {name: own[name].expand(len(words), *own[name].shape) for name in names}
        seeds = (words[:, 0] << 31 | words[:, 1] >> 1).tolist()
        each: dict[str, list[Tensor]] = {name: [] for name in names}
        with chance_of_others_restored():
            for seed in seeds:
                tensors = self.alike(self.seeded(seed))
                if changed := unlike(shared, {name: tensors[name] for name in shared}):
                    raise self.refused(
                        f"its '{min(changed)}' differs between few constructions, and did not "
                        f"in the {TRIALS} that were tried",
                        "buffers that are always the same, or always drawn",
                        f"make '{min(changed)}' a parameter, which each agent has of its own",
                    )
                for name in names:
                    each[name].append(tensors[name])
        return {name: torch.stack(rows) for name, rows in each.items()}

    def refused(self, found: str, expected: str, fix: str) -> ScenarioError:
        """Returns the error for a class that cannot be constructed for each agent."""
        return ScenarioError("path", found=f"{self.path}: {found}", expected=expected, fix=fix)


def is_unsized(module: torch.nn.Module) -> bool:
    """Tells whether a parameter or a buffer has no size yet."""
    return any(is_lazy(one) for one in (*module.parameters(), *module.buffers()))


def learning_of(module: torch.nn.Module) -> dict[str, Tensor]:
    """Returns the parameters of a module that require a gradient."""
    named = module.named_parameters()
    return {name: values.detach() for name, values in named if values.requires_grad}


def fixed_of(module: torch.nn.Module) -> dict[str, Tensor]:
    """Returns what of a module does not learn."""
    named = (*module.named_parameters(), *module.named_buffers())
    return {name: values.detach() for name, values in named if not values.requires_grad}


def tensors_of(module: torch.nn.Module) -> dict[str, Tensor]:
    """Returns parameters and buffers of a module."""
    named = (*module.named_parameters(), *module.named_buffers())
    return {name: values.detach() for name, values in named}


def in_single_precision(module: torch.nn.Module) -> dict[str, Tensor]:
    """Returns copies of a module's parameters and buffers, those of real numbers in float32."""
    dtype = torch.float32
    return {
        name: values.to(type_of(values, dtype), copy=True)
        for name, values in tensors_of(module).items()
    }


def unlike(one: dict[str, Tensor], other: dict[str, Tensor]) -> set[str]:
    """Names the tensors that are not equal, number by number; no number equals no number."""
    return {name for name, values in one.items() if not same_value(values, other.get(name))}


def same_value(one: Any, other: Any, passed_over: Collection[int] = ()) -> bool:
    """Tells whether two attributes hold the same tensors, numbers and texts.

    Objects of other kinds, such as functions, are taken to; so are those whose id is passed over.
    """
    if id(one) in passed_over:
        return True
    if isinstance(one, torch.nn.Module) and isinstance(other, torch.nn.Module):
        return not unlike(tensors_of(one), tensors_of(other))
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        return bool(torch.all((one == other) | (one.isnan() & other.isnan())))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            same_value(one[key], other[key], passed_over) for key in one
        )
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(same_value(*pair, passed_over) for pair in pairs)
    if isinstance(one, int | float | str) and isinstance(other, int | float | str):
        return one == other or (one != one and other != other)
    if isinstance(one, np.ndarray | np.generic) and isinstance(other, np.ndarray | np.generic):
        return repr(one.tolist()) == repr(other.tolist())
    return type(one) is type(other)
