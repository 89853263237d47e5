"""Shares: the examples of a task dealt over agents, so that each learns from its own."""

from dataclasses import replace
from typing import Literal

import torch
from jaxtyping import Int
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.tasks.base import Examples


Share = Literal["all", "random", "by_class"]


def partitioned(
    examples: Examples,
    share: Share,
    agents: int,
    draws: Draws,
    use: str,
    part: Int[Tensor, " all"] | None = None,
) -> Examples:
    """Returns each agent's own examples `[replicas * agents, samples, ...]`; all of them as is.

    The examples, in a random order of every replica's own, are cut into as many parts of one size
    as there are `agents` at the start; neighbours may overlap by one example, so that none is left
    out. With `by_class` they are sorted first, so that an agent has one class or few. Where agents
    are born and die, `part` says which of the parts of all replicas each place has.
    """
    if share == "all":
        return examples
    replicas, samples = examples.inputs.shape[:2]
    order = draws.stream(Purpose.BATCH, f"{use}/share", samples).order()
    order = order.view(replicas, samples) % samples
    if share == "by_class":
        labels = examples.targets.argmax(2).gather(1, order)
        order = order.gather(1, labels.argsort(dim=1, stable=True))
    each = torch.arange(agents, device=order.device)
    first = torch.div(each * samples, agents, rounding_mode="floor")
    size = -(-samples // agents)
    places = first[:, None] + torch.arange(size, device=order.device)
    own = examples.rows(order[:, places.flatten()])
    inputs = own.inputs.reshape(replicas * agents, size, -1)
    targets = own.targets.reshape(replicas * agents, size, -1)
    if part is not None:
        inputs, targets = inputs.index_select(0, part), targets.index_select(0, part)
    return replace(own, inputs=inputs, targets=targets)


def refuse_share(where: str, share: Share, task: str | None, examples: Examples) -> None:
    """Refuses to deal what is no task, or to sort by class what has no classes."""
    if share == "all" or (task is not None and share == "random"):
        return
    if task is None:
        raise ScenarioError(
            where,
            found=f"'{share}' without a task",
            expected="all, or a task whose examples can be dealt",
            fix="write 'task:', or leave 'share' out",
        )
    if examples.goal != "classes":
        raise ScenarioError(
            where,
            found=f"by_class, but the targets of '{task}' are {examples.goal}",
            expected="random, or a task whose targets are classes",
            fix="write 'share: random'",
        )
