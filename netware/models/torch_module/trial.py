"""Tries a user's module on few samples, to find how it is to be called, or why it cannot be."""

import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cached_property
from io import StringIO
from itertools import product
from typing import Any

import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.torch_module.calls import WARNED, Call
from netware.models.torch_module.constructions import (
    Constructions,
    fixed_of,
    in_single_precision,
    unlike,
)
from netware.models.torch_module.foreign import as_for_learning, kept_by, told, worded
from netware.process.chance import chance_of_others, chance_of_others_restored, seed_others


SAMPLES = (3, 5, 1)
CLOSE = 1e-4
FORWARD = "forward(x) of tensors, (samples, inputs) to (samples, outputs)"


@dataclass(frozen=True)
class Found:
    """How a module is to be called.

    Args:
        call: The way.
        outputs: Numbers in an answer. [1]
        mixing: Whether an answer to a sample depends on those that are asked with it.
        why: Why it is called agent by agent, if it is.
        slow: Operations that vmap runs agent by agent.
        flat: Why there is no gradient of it, not even of one agent by itself.
    """

    call: Call
    outputs: int
    mixing: bool = False
    why: str = ""
    slow: tuple[str, ...] = ()
    flat: str = ""


@dataclass(frozen=True)
class CallTrial:
    """Two constructions of a class, asked for what two agents answer.

    Args:
        constructions: The class.
        inputs: Numbers in a sample. [1]
    """

    constructions: Constructions
    inputs: int

    @cached_property
    def modules(self) -> tuple[torch.nn.Module, torch.nn.Module]:
        """Returns two constructions, which may be changed by trying them."""
        return self.constructions.built(0), self.constructions.built(1)

    def samples(self, many: int, kind: str) -> Tensor:
        """Returns samples of two agents: `normal`, `bits` (0 or 1) or `zeros`."""
        stream = Draws.of(0).stream(Purpose.PROBE, "trial", 2)
        x = stream.normal(size=(many, self.inputs))
        return {"normal": x, "bits": (x > 0).float(), "zeros": torch.zeros_like(x)}[kind]

    def found(self) -> Found:
        """Returns how the module is to be called, or says why it cannot be.

        What the module prints or warns of it says in a run as well; here it is passed over.
        """
        with chance_of_others_restored(), redirect_stdout(StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call, kind = self.accepted()
            x = self.samples(SAMPLES[0], kind)
            self.refuse_state(call, x)
            outputs = self.outputs(call, kind)
            mixing = self.mixes(call, kind, outputs)
            self.refuse_hidden(call, x)
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                why, flat = self.unbatched(call, x), self.without_slope(call, x[0])
        said = [str(one.message) for one in warned]
        slow = sorted({word(one) for one in said if one.startswith(WARNED)})
        way = Call(not why, call.single, call.whole, bool(slow) and not why)
        return Found(way, outputs, mixing, why, tuple(slow), flat)

    def ask(self, call: Call, x: Tensor, which: int = 0) -> Any:
        """Returns what one construction answers by itself to samples of its own."""
        module = self.modules[which]
        try:
            with as_for_learning(torch.float32), torch.no_grad():
                return replace(call, batched=False).one(module, in_single_precision(module), x)
        except Exception as error:
            raise self.refused(
                f"forward fails on samples of {self.inputs} numbers: {told(error)}",
                FORWARD,
                "change the module, or write 'inputs:' if it reads another number",
            ) from error

    def accepted(self) -> tuple[Call, str]:
        """Returns the first way of calling the module that does not fail, and for which samples."""
        first: ScenarioError | None = None
        for call in (Call(), Call(whole=True), Call(single=True), Call(single=True, whole=True)):
            for kind in ("bits", "zeros") if call.whole else ("normal", "bits", "zeros"):
                try:
                    self.ask(call, self.samples(SAMPLES[0], kind)[0])
                except ScenarioError as error:
                    first = first or error
                else:
                    return call, kind
        assert first is not None
        raise first

    def refuse_state(self, call: Call, x: Tensor) -> None:
        """Refuses a module whose forward draws, or changes what it keeps."""
        module = self.constructions.built(0)
        before, given = kept_by(module), in_single_precision(module)
        held = {name: values.clone() for name, values in given.items()}
        seed_others(0)
        # Python's own generator is left out: libraries that check types draw from it. A forward
        # pass that does answers otherwise when it is asked again.
        chance = chance_of_others()[:2]
        with as_for_learning(torch.float32), torch.no_grad():
            y = replace(call, batched=False).one(module, given, x[0])
        if chance_of_others()[:2] != chance:
            raise self.refused(
                "forward draws random numbers, or begins to train",
                "an answer that depends on weights and samples alone",
                "take the noise out, or draw it in __init__ as a buffer of each agent's own",
            )
        after = kept_by(module)
        changed = [name for name, value in after.items() if before.get(name) != value]
        changed += sorted(unlike(held, in_single_precision(module)) | unlike(held, given))
        if changed:
            raise self.refused(
                f"forward changes its own '{changed[0]}'",
                "no state in the module: all agents share this one instance",
                f"answer without writing into self; keep '{changed[0]}' in the agents' state",
            )
        if isinstance(y, Tensor) and not equal(y, self.ask(call, x[0])):
            raise self.refused(
                "forward answers the same samples otherwise when it is asked again",
                "an answer that depends on weights and samples alone",
                "take out what changes from call to call",
            )

    def outputs(self, call: Call, kind: str) -> int:
        """Returns the numbers in an answer; refuses what is no row of them for each sample."""
        found = set()
        for many, agent, sign in product(SAMPLES, (0, 1), (1, -1)):
            if sign < 0 and kind != "normal":
                continue
            y = self.ask(call, sign * self.samples(many, kind)[agent], agent)
            if not isinstance(y, Tensor):
                raise self.refused(
                    f"it answers {worded(y)} to {many} samples",
                    "one tensor (samples, outputs)",
                    "return one of them, or join them: torch.cat([y, h], -1)",
                )
            if y.is_complex():
                raise self.refused(
                    "it answers complex numbers",
                    "one tensor (samples, outputs) of real numbers",
                    "return torch.view_as_real(y).flatten(1), or y.abs()",
                )
            if (many > 1 and (y.dim() == 0 or len(y) != many)) or y.numel() % many:
                raise self.refused(
                    f"it answers {tuple(y.shape)} to {many} samples",
                    "one tensor (samples, outputs)",
                    "let the first axis of the answer be that of the samples",
                )
            found.add(y.numel() // many)
        if len(found) > 1 or 0 in found:
            raise self.refused(
                f"it answers {' or '.join(str(one) for one in sorted(found))} numbers a sample",
                "as many numbers to each sample, however many samples there are",
                "let forward take samples along the first axis of x, and answer along it",
            )
        return found.pop()

    def mixes(self, call: Call, kind: str, outputs: int) -> bool:
        """Tells whether a sample is answered otherwise when others are asked with it."""
        x = self.samples(SAMPLES[0], kind)[0]
        together = self.ask(call, x).reshape(len(x), outputs)
        try:
            alone = [self.ask(call, one[None]).reshape(outputs) for one in x]
        except Exception:
            return True
        return not same_but_rounding(together, torch.stack(alone))

    def refuse_hidden(self, call: Call, x: Tensor) -> None:
        """Refuses a module that has more of its own than parameters, buffers and attributes."""
        pattern, other = self.modules
        with as_for_learning(torch.float32), torch.no_grad():
            y = replace(call, batched=False).one(pattern, in_single_precision(other), x[0])
        if not same_but_rounding(y, self.ask(call, x[0], 1)):
            raise self.refused(
                "two constructions with the same parameters and buffers answer otherwise",
                "parameters and buffers, which each agent has of its own",
                "register what the constructor draws: nn.Parameter, register_buffer",
            )

    def without_slope(self, call: Call, x: Tensor) -> str:
        """Returns why the answers of one agent cannot be differentiated by its weights, if so."""
        module = self.constructions.built(0)
        tensors, learning = in_single_precision(module), list(self.constructions.learning)
        leaves = [tensors[name].requires_grad_() for name in learning]
        try:
            with torch.enable_grad(), as_for_learning(torch.float32):
                y = replace(call, batched=False).one(module, tensors, x)
                if y.requires_grad:
                    torch.autograd.grad(y.square().sum(), leaves, allow_unused=True)
        except Exception as error:
            return told(error)
        return ""

    def unbatched(self, call: Call, x: Tensor) -> str:
        """Returns why vmap cannot call the module: it fails, or computes something else."""
        module, each = self.modules[0], [in_single_precision(one) for one in self.modules]
        fixed = fixed_of(module)
        own = {name: torch.stack([one[name] for one in each]) for name in each[0]}
        slopes, answers = [], []
        for way in (replace(call, batched=False), call):
            leaves = {
                name: values.clone().requires_grad_(name not in fixed)
                for name, values in own.items()
            }
            learning = [values for values in leaves.values() if values.requires_grad]
            try:
                with torch.enable_grad():
                    y = way.all(module, {}, leaves, x)
                    found = (
                        torch.autograd.grad(y.square().sum(), learning, allow_unused=True)
                        if y.requires_grad
                        else [None] * len(learning)
                    )
            except Exception as error:
                if way.batched:
                    return told(error)
                # What has no derivative at all is refused where it is asked for, by learning.
                return self.unbatched_forward(call, own, x)
            answers.append(y.detach())
            slopes.append(found)
        zero = torch.zeros(())
        pairs = zip(*slopes, strict=True)
        alike = same_but_rounding(*answers) and all(
            same_but_rounding(zero if one is None else one, zero if other is None else other)
            for one, other in pairs
        )
        return "" if alike else "it computes something else there"

    def unbatched_forward(self, call: Call, own: dict[str, Tensor], x: Tensor) -> str:
        """Returns why vmap cannot call a module that has no gradient."""
        module = self.modules[0]
        try:
            with torch.no_grad():
                y = call.all(module, {}, own, x)
                wanted = replace(call, batched=False).all(module, {}, own, x)
        except Exception as error:
            return told(error)
        return "" if same_but_rounding(y, wanted) else "it computes something else there"

    def refused(self, found: str, expected: str, fix: str) -> ScenarioError:
        """Returns the error for a module that cannot be used as it is."""
        where = f"{self.constructions.path}: {found}"
        return ScenarioError("path", found=where, expected=expected, fix=fix)


def word(warning: str) -> str:
    """Returns the name of the operation that a warning of vmap's is about."""
    return warning.removeprefix(WARNED).split(".")[0].strip().removeprefix("aten::")


def equal(one: Any, other: Any) -> bool:
    """Tells whether two tensors are the same numbers, or both none."""
    return bool(((one == other) | (one.isnan() & other.isnan())).all())


def same_but_rounding(one: Tensor, other: Tensor) -> bool:
    """Tells whether two tensors agree within rounding in single precision."""
    one, other = one.detach().float(), other.detach().float()
    if one.shape != other.shape and one.dim() and other.dim():
        return False
    size = torch.cat([one.flatten(), other.flatten()]).abs().nan_to_num(0, 0, 0).max()
    return torch.allclose(one, other, rtol=CLOSE, atol=CLOSE * float(size), equal_nan=True)
