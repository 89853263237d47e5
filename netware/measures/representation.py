"""Representation: what the hidden layers of agents say about a concept, as a direction in each.

Source: Zou et al. (2023), arXiv:2310.01405, section 3.1 (linear artificial tomography).
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from netware.errors import ScenarioError, ShapeError
from netware.models.wrappers.base import hidden_width
from netware.population import CHUNK_BYTES, Population, rows
from netware.tasks.base import Examples


def hidden(
    population: Population, inputs: Float[Tensor, "agents samples inputs"], layer: str
) -> Float[Tensor, "agents samples units"]:
    """Returns what a hidden layer of every agent answers to its samples, a chunk at a time."""
    model = population.wrapped()
    answers = max(1, inputs.shape[1] * model.units() * inputs.element_size())
    size = population.chunk or max(1, CHUNK_BYTES // answers)
    parts = [
        model.trace(
            rows(population.weights, start, size),
            inputs[start : start + size],
            rows(population.state, start, size),
        )[layer]
        for start in range(0, population.total, size)
    ]
    return torch.cat(parts)


def examples_of(
    examples: Examples, label: int, many: int
) -> Float[Tensor, "replicas samples inputs"]:
    """Returns the first inputs of one class in each replica, in the order of the examples."""
    others = (examples.targets[..., label] <= 0.5).to(torch.uint8)
    first = others.argsort(dim=1, stable=True)[:, :many]
    every = torch.arange(len(first), device=first.device)[:, None]
    return examples.inputs[every, first]


def reading_vector(
    positive: Float[Tensor, "agents pairs units"],
    negative: Float[Tensor, "agents pairs units"],
    signs: Float[Tensor, "agents pairs"],
) -> Float[Tensor, "agents units"]:
    """Returns the first principal component v of differences within pairs, |v| = 1.

    d_i = s_i (h+_i - h-_i), s_i = +-1 the order in which a pair is read. Random orders keep the
    concept in the variance, which centring would otherwise take out as the mean. The sign of v is
    that in which the positive examples have the larger mean score.
    """
    difference = (positive - negative).double()
    d = difference * signs[..., None]
    d = d - d.mean(1, keepdim=True)
    if d.shape[1] < d.shape[2]:
        _, vectors = torch.linalg.eigh(torch.bmm(d, d.transpose(1, 2)))
        v = torch.bmm(d.transpose(1, 2), vectors[..., -1:])[..., 0]
    else:
        _, vectors = torch.linalg.eigh(torch.bmm(d.transpose(1, 2), d))
        v = vectors[..., -1]
    gap = (difference.mean(1) * v).sum(1, keepdim=True)
    return normalize(torch.where(gap < 0, -v, v), dim=1).to(positive.dtype)


def mean_difference(
    positive: Float[Tensor, "agents pairs units"], negative: Float[Tensor, "agents pairs units"]
) -> Float[Tensor, "agents units"]:
    """Returns the difference of the two means, of length 1."""
    return normalize(positive.mean(1) - negative.mean(1), dim=1)


def must_read(where: str, population: Population, layer: str, examples: Examples, task: str) -> int:
    """Returns the width of the layer; refuses examples that the agents cannot be shown."""
    model = population.wrapped()
    shown, read = examples.inputs.shape[2], model.input_size()
    if shown != read:
        raise ShapeError(
            f"{where}.task",
            found=f"samples of '{task}' of {shown} numbers, for agents of '{population.name}' that "
            f"read {read}",
            expected=f"{read} = {shown}",
            fix=f"write 'inputs: {shown}' under the model of populations.{population.name}",
        )
    return hidden_width(model, layer, f"{where}.layer")


def must_have_classes(
    where: str, examples: Examples, task: str, labels: tuple[int, int], pairs: int
) -> None:
    """Refuses a task without the two classes that tell a concept, or with too few of them.

    With 0 pairs nothing is counted, and no number leaves the device.
    """
    classes = examples.targets.shape[2]
    if examples.goal != "classes" or max(labels) >= classes or labels[0] == labels[1]:
        kind = f"{classes} classes" if examples.goal == "classes" else examples.goal
        raise ScenarioError(
            where,
            found=f"classes {labels[0]} and {labels[1]} of '{task}', whose targets are {kind}",
            expected="a task of classes, and two different ones of them, the first being 0",
            fix="write 'positive: 1, negative: 0', or name a task of two classes",
        )
    if not pairs:
        return
    fewest = min(int((examples.targets[..., label] > 0.5).sum(1).min()) for label in labels)
    if pairs > fewest:
        raise ScenarioError(
            f"{where}.pairs",
            found=f"{pairs} pairs of '{task}'",
            expected=f"at most {fewest}, the examples of the rarer class",
            fix=f"write 'pairs: {fewest}'",
        )
