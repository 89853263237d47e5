"""Finds out, by trying, whether a user's module is a chain of Linear parts, unit by unit.

Between two Linear parts there may be anything that acts on each unit by itself. What a module does
there its source need not say, so it is tried: with the answer of one part held, what the next
part receives must not depend on samples or weights, and where a unit's answer changes no other
unit may. Units are tried in groups, by the digits of their number, so that every pair is told
apart in 2 log2(n) passes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

import torch
from torch import Tensor
from torch.func import functional_call

from netware.models.torch_module.foreign import tapped_leaves


SAMPLES = 7
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Link:
    """A Linear part of a chain.

    Args:
        name: Its name in the module; nothing for the module itself.
        bias: Whether it has a bias.
        shown_by: The part that answers what the next Linear receives, or nothing.
    """

    name: str
    bias: bool
    shown_by: str = ""


@dataclass(frozen=True)
class Pass:
    """What was seen in one forward pass.

    Args:
        received: What each Linear received, by name, in the order of calls.
        answered: What each leaf answered, by the names of calls.
        output: The answer of the module.
    """

    received: dict[str, Tensor] = field(default_factory=dict)
    answered: dict[str, Tensor] = field(default_factory=dict)
    output: list[Tensor] = field(default_factory=list)


@dataclass(frozen=True)
class Trial:
    """A module that is run with weights and samples of our own.

    Args:
        module: The module.
        linear: Its Linear parts by name.
        fixed: Its buffers and parameters that do not learn.
    """

    module: torch.nn.Module
    linear: Mapping[str, torch.nn.Module]
    fixed: Mapping[str, Tensor]

    def run(self, weights: Mapping[str, Tensor], x: Tensor, held: Mapping[str, Tensor]) -> Pass:
        """Runs it once; the answers in `held` take the place of those of their parts."""
        seen = Pass()

        def leaf(call: str, h: Tensor) -> Tensor:
            # What a later part changes in place was still this part's answer.
            h = held.get(call, h).clone()
            seen.answered[call] = h.clone()
            return h

        def ahead(name: str):
            def hook(part: torch.nn.Module, given: tuple[Tensor, ...]) -> None:
                seen.received[name] = given[0].clone()

            return hook

        hooks = [part.register_forward_pre_hook(ahead(name)) for name, part in self.linear.items()]
        try:
            with tapped_leaves(self.module, leaf), torch.no_grad():
                given = {**self.fixed, **weights}
                seen.output.append(functional_call(self.module, given, (x.clone(),)))
        finally:
            for hook in hooks:
                hook.remove()
        return seen

    def weights(self, learning: Mapping[str, Tensor], frequency: float) -> dict[str, Tensor]:
        """Returns weights between -1 and 1 over the root of their fan-in, all different."""
        return {
            name: waves(tuple(w.shape), frequency + place) / sqrt(max(1, w.shape[-1]))
            for place, (name, w) in enumerate(learning.items())
        }

    def told(self, learning: Mapping[str, Tensor], inputs: int) -> tuple[Link, ...]:
        """Returns the chain, or nothing if it is none."""
        one, other = self.weights(learning, 1.0), self.weights(learning, 40.0)
        x, y = waves((SAMPLES, inputs), 0.7), waves((SAMPLES, inputs), 1.3)
        first = self.run(one, x, {})
        order = tuple(first.received)
        if set(order) != set(self.linear) or not self.once(first):
            return ()
        for source, sink in zip(("", *order), (*order, ""), strict=True):
            held = first.answered[source] if source else x
            wanted = first.received[sink] if sink else first.output[0]
            if wanted.shape != held.shape or wanted.dim() != 2:
                return ()
            moved = self.run(other, y if source else x, {source: held} if source else {})
            if not nearly_equal(moved.received[sink] if sink else moved.output[0], wanted):
                return ()
            for mask in groups(held.shape[1]):
                mixed = torch.where(mask, waves((SAMPLES, held.shape[1]), 2.1), held)
                changed = self.run(one, x if source else mixed, {source: mixed} if source else {})
                found = changed.received[sink] if sink else changed.output[0]
                if not nearly_equal(found[:, ~mask], wanted[:, ~mask]):
                    return ()
        return tuple(
            Link(name, self.linear[name].bias is not None, self.part(first, after))
            for name, after in zip(order, (*order[1:], ""), strict=True)
        )

    def once(self, seen: Pass) -> bool:
        """Tells whether each Linear was called once."""
        return not any(f"{name}.2" in seen.answered for name in self.linear)

    def part(self, seen: Pass, after: str) -> str:
        """Names the part that answered what a Linear received, or nothing."""
        if not after:
            return ""
        wanted = seen.received[after]
        return next((call for call, h in seen.answered.items() if torch.equal(h, wanted)), "")


def linear_chain(
    module: torch.nn.Module,
    learning: Mapping[str, Tensor],
    fixed: Mapping[str, Tensor],
    inputs: int,
) -> tuple[Link, ...]:
    """Returns the Linear parts of a module from input to output, if they are all that learns.

    Nothing is returned for a module whose units cannot be told from each other.
    """
    linear = {name: one for name, one in module.named_modules() if type(one) is torch.nn.Linear}
    owned = {
        f"{name}.{kind}" if name else kind
        for name, part in linear.items()
        for kind, values in (("weight", part.weight), ("bias", part.bias))
        if values is not None
    }
    if not linear or owned != set(learning):
        return ()
    if "" in linear:
        return (Link("", linear[""].bias is not None),)
    try:
        return Trial(module, linear, fixed).told(learning, inputs)
    except Exception:
        # The user's code may refuse samples or answers that are none of its own.
        return ()


def waves(shape: tuple[int, ...], frequency: float) -> Tensor:
    """Returns numbers between -1 and 1 that are all different."""
    place = torch.arange(1, torch.Size(shape).numel() + 1, dtype=torch.float64)
    return (place * (1.0 + frequency * 0.61803398875)).sin().reshape(shape).float()


def groups(units: int) -> list[Tensor]:
    """Returns sets of units, so that each of two units is in one without the other."""
    place = torch.arange(units)
    digits = range((units - 1).bit_length())
    return [(place >> digit & 1) == value for digit in digits for value in (0, 1)]


def nearly_equal(one: Tensor, other: Tensor) -> bool:
    """Tells whether two answers are the same but for rounding."""
    return one.shape == other.shape and torch.allclose(one, other, TOLERANCE, TOLERANCE)
