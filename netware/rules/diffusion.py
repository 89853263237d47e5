"""What rules of agreement share: the Laplacian as one sparse product, and who may be joined."""

import torch
from torch import Tensor

from netware.errors import ScenarioError
from netware.learners import generated, generators
from netware.relations.edges import Edges
from netware.world import World


def diffused(edges: Edges, x: Tensor, gain: float, heard: Tensor | None = None) -> Tensor:
    """Returns x - gain L y in one sparse product; y is x, or what is `heard` in its place."""
    y = x if heard is None else heard
    minus_laplacian = edges.minus_laplacian(x.dtype)
    if x.dim() == 1:
        return torch.addmv(x, minus_laplacian, y, alpha=gain)
    return torch.addmm(x.flatten(1), minus_laplacian, y.flatten(1), alpha=gain).view_as(x)


def diffused_at(edges: Edges, x: Tensor, gain: float, active: Tensor) -> Tensor:
    """Returns x - gain L x of those who act alone, whatever others act beside them."""
    own, strength = x[active], edges.strength(x.dtype)[active]
    heard = edges.into(active).in_columns(x)
    return own + gain * (heard - strength.view(-1, *[1] * (x.dim() - 1)) * own)


def must_join(world: World, on: str, over: str, where: str) -> None:
    """Refuses a relation that does not join the agents of a population with each other."""
    ends = world.relations[over].ends() if over in world.relations else (on, on)
    if ends != (on, on):
        raise ScenarioError(
            where,
            found=f"'{over}', which leads from {ends[0]} to {ends[1]}",
            expected=f"a relation between agents of '{on}'",
            fix=f"write 'between: [{on}, {on}]' under relations.{over}, or name another",
        )


def must_keep(world: World, over: str, where: str, fix: str) -> None:
    """Refuses a relation whose edges do not stay, to a rule that changes them."""
    if world.relations[over].dynamic:
        raise ScenarioError(
            where,
            found=f"'{over}', whose edges are found anew at every step",
            expected="a relation that keeps its edges, such as an association",
            fix=fix,
        )


def must_own(world: World, on: str, where: str) -> None:
    """Refuses weights that a relation makes at each step, where what a rule wrote would be lost."""
    makers = [relation for relation, _ in generators(world, on)]
    if made := generated(world, on):
        raise ScenarioError(
            where,
            found=f"weights of '{on}' that relations.{makers[0]} makes anew in every step: "
            f"{', '.join(sorted(made))}",
            expected="agents whose weights are their own",
            fix=f"act on those who make them, or take relations.{makers[0]} out",
        )
