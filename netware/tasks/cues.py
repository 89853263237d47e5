"""Cues: what a memory stores of a task's examples, and the corrupted copies it is shown."""

from dataclasses import replace
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.draws import Stream
from netware.errors import ScenarioError
from netware.tasks.base import Examples


Sample = Literal["shared", "own"]


def spins(values: Float[Tensor, "*rows units"]) -> Float[Tensor, "*rows units"]:
    """Returns +1 where a value exceeds the mean of its row, else -1; rows of +-1 as they are."""
    binary = (values.abs() == 1).all(-1, keepdim=True)
    above = torch.where(values > values.mean(-1, keepdim=True), 1.0, -1.0).to(values.dtype)
    return torch.where(binary, values, above)


def stored(examples: Examples, patterns: int) -> Float[Tensor, "replicas patterns units"]:
    """Returns the patterns +-1 that a memory of this size stores, of each replica.

    Goal `patterns`: the first ones. Goal `classes`: the first example of each class, classes in
    the order in which they first appear. Examples that all replicas share stay one block of memory.
    """
    replicas = len(examples.inputs)
    if examples.inputs.stride(0) == 0:
        once = replace(examples, inputs=examples.inputs[:1], targets=examples.targets[:1])
        return spins(chosen_rows(once, patterns)).expand(replicas, -1, -1)
    return spins(chosen_rows(examples, patterns))


def chosen_rows(examples: Examples, patterns: int) -> Float[Tensor, "replicas patterns units"]:
    """Returns the examples to store, as they are."""
    if examples.goal == "patterns":
        return examples.targets[:, :patterns]
    first = first_of_classes(examples).sort(1).values[:, :patterns]
    every = torch.arange(len(first), device=first.device)[:, None]
    return examples.inputs[every, first]


def first_of_classes(examples: Examples) -> Int[Tensor, "replicas classes"]:
    """Returns the number of the first example of each class; one too many if there is none."""
    samples = examples.targets.shape[1]
    numbers = torch.arange(samples, device=examples.targets.device)[None, :, None]
    return torch.where(examples.targets > 0.5, numbers, samples).amin(1)


def check_stored(examples: Examples, patterns: int) -> None:
    """Refuses, before the first step, a task that has not got so many patterns to store."""
    samples = examples.targets.shape[1]
    if examples.goal == "numbers":
        raise too_few("a task whose targets are numbers", "a task of patterns or of classes")
    if examples.goal == "patterns" and patterns > samples:
        raise too_few(f"{patterns} patterns to store", f"at most the task's {samples}")
    if examples.goal == "classes":
        classes = int((first_of_classes(examples) < samples).sum(1).min())
        if patterns > classes:
            expected = f"at most one of each of {classes} classes"
            raise too_few(f"{patterns} patterns to store", expected)


def too_few(found: str, expected: str) -> ScenarioError:
    """Returns the error for a task that has not got the patterns."""
    return ScenarioError(
        "model.patterns",
        found=found,
        expected=expected,
        fix="store fewer patterns, or name another task under 'inputs'",
    )


def cues(
    examples: Examples, patterns: int, sample: Sample, corruption: float, stream: Stream
) -> tuple[Float[Tensor, "agents units"], Float[Tensor, "agents units"]]:
    """Returns what each agent is shown, and the stored pattern it was made from.

    Each unit of the pattern changes its sign with probability `corruption`, independently in every
    agent. The pattern is one of the first `patterns` that the agents store, drawn once for each
    replica (`shared`) or once for each agent (`own`).
    """
    xi, many = stored(examples, patterns), stream.agents
    words = stream.words((1 + xi.shape[2],))
    drawn = (words[:, 0] * patterns >> 32).view(-1, many)
    if sample == "shared":
        drawn = drawn[:, :1].expand(-1, many)
    replica = torch.arange(len(drawn), device=drawn.device)[:, None]
    target = xi[replica, drawn].flatten(0, 1)
    flipped = words[:, 1:] < round(corruption * 2**32)
    return torch.where(flipped, -target, target), target


def corrupted(
    examples: Examples, sample: Sample, corruption: float, stream: Stream
) -> tuple[Float[Tensor, "agents inputs"], Float[Tensor, "agents outputs"]]:
    """Returns an example for each agent, some of its features taken from another example.

    The example is drawn once for each replica (`shared`) or once for each agent (`own`); each
    feature is replaced with probability `corruption`, independently in every agent.
    """
    many, (samples, features) = stream.agents, examples.inputs.shape[1:]
    words = stream.words((2 + features,))
    drawn = (words[:, :2] * samples >> 32).view(-1, many, 2)
    own = drawn[:, :1, 0].expand(-1, many) if sample == "shared" else drawn[:, :, 0]
    replica = torch.arange(len(drawn), device=drawn.device)[:, None]
    clean = examples.inputs[replica, own].flatten(0, 1)
    other = examples.inputs[replica, drawn[:, :, 1]].flatten(0, 1)
    replaced = words[:, 2:] < round(corruption * 2**32)
    return torch.where(replaced, other, clean), examples.targets[replica, own].flatten(0, 1)
