"""Carrying: a column of the sources arrives in a column of the targets, or in a part of it."""

from math import prod
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.population import Population


Combine = Literal["mean", "sum"]
Pool = Literal["mean", "sum", "greatest", "majority"]


def arrived(
    edges: Edges,
    sent: Tensor,
    into: str,
    combine: Combine,
    target: Population,
    offset: int | None = None,
) -> Population:
    """Returns the targets with the mean or sum of what their sources sent in column `into`."""
    taken = edges.mean(sent) if combine == "mean" else edges.total(sent)
    return landed(target, into, taken, offset)


def landed(target: Population, into: str, taken: Tensor, offset: int | None) -> Population:
    """Returns the targets with new values in a column, or in some of its numbers from `offset`."""
    if offset is None:
        return target.with_state({into: taken})
    whole, taken = target[into], taken.flatten(1) if taken.dim() > 1 else taken[:, None]
    parts = [whole[:, :offset], taken, whole[:, offset + taken.shape[1] :]]
    return target.with_state({into: torch.cat(parts, 1)})


def pooled(
    edges: Edges,
    sent: Tensor,
    into: str,
    pool: Pool,
    target: Population,
    offset: int | None = None,
) -> Population:
    """Returns the targets with what their sources put together; as they were without sources."""
    if pool == "greatest":
        own = sent.index_select(0, edges.source)
        place = edges.target.long().view(-1, *[1] * (own.dim() - 1)).expand_as(own)
        taken = own.new_zeros(target.total, *own.shape[1:])
        taken = taken.scatter_reduce(0, place, own, "amax", include_self=False)
    elif pool == "majority":
        votes = edges.total(one_hot(sent.argmax(1), sent.shape[1]).to(sent.dtype))
        taken = one_hot(votes.argmax(1), sent.shape[1]).to(sent.dtype)
    else:
        taken = edges.mean(sent) if pool == "mean" else edges.total(sent)
    if into in target.state:
        old = target[into]
        if offset is not None:
            old = old[:, offset : offset + taken[0].numel()].reshape_as(taken)
        heard = (edges.in_degree > 0).view(-1, *[1] * (taken.dim() - 1))
        taken = torch.where(heard, taken, old)
    return landed(target, into, taken, offset)


def check_flow(
    name: str,
    carries: str,
    source: Population,
    into: str,
    target: Population,
    times: int = 1,
    offset: int | None = None,
) -> None:
    """Refuses to carry a column that is not there, or that does not fit where it goes.

    What arrives is `times` as wide as what one source sends; it fills the whole of `into`, or the
    numbers from `offset` on. The columns that a step makes, `input` and `output`, have the sizes of
    the models.
    """
    sent, taken = shape_of(source, carries), shape_of(target, into)
    if sent is None:
        raise ScenarioError(
            f"relations.{name}.carries",
            found=f"'{carries}', which {source.name} has not",
            expected=f"one of {', '.join(sorted({*source.state, 'output'}))}",
            fix=f"write 'state: {{{carries}: uniform}}' under populations.{source.name}",
        )
    arriving = sent if times == 1 else (times * prod(sent),)
    if offset is not None:
        check_part(name, offset, prod(arriving), into, target)
    elif taken is not None and arriving != taken:
        each = f"{times} sources x {prod(sent)} = {arriving}" if times > 1 else f"{arriving}"
        raise ShapeError(
            f"relations.{name}",
            found=f"{source.name}.{carries} brings {each}, {target.name}.{into} takes {taken}",
            expected="as much for each agent as it takes",
            fix=f"make {source.name}.{carries} and {target.name}.{into} fit each other",
        )


def check_part(name: str, offset: int, many: int, into: str, target: Population) -> None:
    """Refuses to fill numbers that a column has not, or a column that has not been made."""
    taken = shape_of(target, into)
    size = taken[0] if taken is not None and len(taken) == 1 else 0
    if offset + many > size:
        raise ShapeError(
            f"relations.{name}.offset",
            found=f"{many} numbers from {offset} on, {target.name}.{into} has {size or 'no list'}",
            expected="numbers that the column has",
            fix=f"write a smaller 'offset', or 'state: {{{into}: {{normal: [0, 1], "
            f"size: {offset + many}}}}}' under populations.{target.name}",
        )


def shape_of(population: Population, column: str) -> tuple[int, ...] | None:
    """Returns the shape of one agent's part of a column, or None if there will be none."""
    if column in population.state:
        return tuple(population.state[column].shape[1:])
    if population.model is None:
        return None
    sizes = {"input": population.model.input_size(), "output": population.model.output_size()}
    return (sizes[column],) if column in sizes else None
