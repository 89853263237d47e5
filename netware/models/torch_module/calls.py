"""Calls a user's module for all agents: in one vmap, or agent by agent where that cannot be."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.func import functional_call, vmap

from netware.models.base import Tap, untapped
from netware.models.torch_module.foreign import AllAgents, as_for_learning, tapped_leaves
from netware.models.torch_module.recurrent import recurrence_unrolled


Tensors = Mapping[str, Tensor]
WARNED = "There is a performance drop because we have not yet implemented the batching rule for"


@dataclass(frozen=True)
class Call:
    """A way to call a module.

    Args:
        batched: Whether one vmap calls it for all agents; else it is called agent by agent.
        single: Whether it takes one sample at a time, `(inputs,)`.
        whole: Whether it takes whole numbers, as an embedding does.
        slow: Whether vmap runs some operations agent by agent, of which PyTorch warns.
    """

    batched: bool = True
    single: bool = False
    whole: bool = False
    slow: bool = False

    def one(self, module: torch.nn.Module, given: dict[str, Tensor], x: Tensor) -> Any:
        """Returns what a module with these tensors answers to the samples of one agent."""
        if self.whole:
            x = x.long()
        if not self.single:
            return functional_call(module, given, (x,))
        if not self.batched:
            return torch.stack([functional_call(module, given, (sample,)) for sample in x])
        return vmap(lambda sample: functional_call(module, given, (sample,)))(x)

    def all(
        self,
        module: torch.nn.Module,
        shared: Tensors,
        own: Tensors,
        inputs: Float[Tensor, "agents samples inputs"],
        tap: Tap = untapped,
        parts: frozenset[str] = frozenset(),
    ) -> Tensor:
        """Returns the answers of all agents, `[agents, samples, ...]`; some parts are tapped."""
        with as_for_learning(inputs.dtype):
            if not self.batched:
                return self.agent_by_agent(module, shared, own, inputs, tap, parts)
            if not self.slow:
                return self.in_one_vmap(module, shared, own, inputs, tap, parts)
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message=f"{WARNED}.*")
                return self.in_one_vmap(module, shared, own, inputs, tap, parts)

    def in_one_vmap(
        self,
        module: torch.nn.Module,
        shared: Tensors,
        own: Tensors,
        inputs: Tensor,
        tap: Tap,
        parts: frozenset[str],
    ) -> Tensor:
        """Returns the answers of all agents, by the batched kernels of PyTorch."""

        def one(own: dict[str, Tensor], x: Tensor) -> Tensor:
            return self.one(module, {**shared, **own}, x)

        def leaf(call: str, h: Tensor) -> Tensor:
            if call not in parts:
                return h
            return AllAgents.apply(call, h, all_samples if self.single else tap)

        def all_samples(call: str, h: Tensor) -> Tensor:
            return AllAgents.apply(call, h, tap)

        with recurrence_unrolled(module), leaves_restored(module):
            if tap is untapped:
                return vmap(one, randomness="error")(dict(own), inputs)
            with tapped_leaves(module, leaf):
                return vmap(one, randomness="error")(dict(own), inputs)

    def agent_by_agent(
        self,
        module: torch.nn.Module,
        shared: Tensors,
        own: Tensors,
        inputs: Tensor,
        tap: Tap,
        parts: frozenset[str],
    ) -> Tensor:
        """Returns the answers of all agents, each computed by a call of its own.

        A tap takes a part of all agents at once. So they are all computed up to it, and again with
        what it returns, once for every part that it changes.
        """
        names, rows = list(own), zip(*(own[name].unbind(0) for name in own), strict=True)
        each = [dict(shared) | dict(zip(names, row, strict=True)) for row in rows]
        each = each or [dict(shared) for _ in inputs]
        if tap is untapped:
            return torch.stack(
                [self.one(module, given, x) for given, x in zip(each, inputs, strict=True)]
            )
        received: dict[str, Tensor] = {}
        tapped: set[str] = set()
        while True:
            answers, heard = [], []
            for agent, (given, x) in enumerate(zip(each, inputs, strict=True)):
                mine = {call: h[agent] for call, h in received.items()}
                with tapped_leaves(module, (ear := Ear(mine, {}, parts))):
                    answers.append(self.one(module, given, x))
                heard.append(ear.heard)
            if not one_tapped(tap, heard, received, tapped):
                return torch.stack(answers)


@dataclass(frozen=True)
class Ear:
    """A tap of one agent: it notes what parts answer, and hands on what they answer instead.

    Args:
        received: What others receive of some parts.
        heard: What the others of the parts have answered, by name, in the order of use.
        parts: The parts that are listened to.
    """

    received: dict[str, Tensor]
    heard: dict[str, Tensor]
    parts: frozenset[str]

    def __call__(self, call: str, h: Tensor) -> Tensor:
        """Returns what is received of a part."""
        if call in self.received:
            return self.received[call]
        if call in self.parts:
            self.heard[call] = h
        return h


def one_tapped(
    tap: Tap, heard: list[dict[str, Tensor]], received: dict[str, Tensor], tapped: set[str]
) -> bool:
    """Hands parts to the tap up to the first that it changes, and tells whether there is one.

    Parts that not all agents compute are no parts of all.
    """
    for call in heard[0]:
        if call in tapped or any(call not in other for other in heard):
            continue
        tapped.add(call)
        together = torch.stack([other[call] for other in heard])
        answer = tap(call, together)
        if answer is not together:
            received[call] = answer
            return True
    return False


@contextmanager
def leaves_restored(module: torch.nn.Module) -> Iterator[None]:
    """Puts back tensors that hooks write into a module, as those of weight_norm do."""
    parts = [
        (vars(part), {n: v for n, v in vars(part).items() if isinstance(v, Tensor)})
        for part in module.modules()
    ]
    try:
        yield
    finally:
        for attributes, before in parts:
            attributes.update(before)
