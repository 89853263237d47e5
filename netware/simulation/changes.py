"""Changes: what `set` events do to a world, and which of them a run could not carry out."""

from collections.abc import Iterator
from itertools import pairwise

import torch

from netware.edges import Edges
from netware.errors import NetwareError, ScenarioError
from netware.population import Population
from netware.relations.base import AbstractRelation
from netware.rules.base import AbstractRule, Acting
from netware.simulation.plan import Plan, Timed
from netware.world import World


def with_changes(world: World, before: Plan, after: Plan) -> World:
    """Returns the world at a step at which events change parameters.

    Rules, relations and probes follow their new parameters from the step that begins now, and the
    probes look at this moment with theirs. A relation whose graph has changed is joined again; a
    rule that prepares again does so.
    """
    for old, new in changed(before.relations, after.relations):
        if not new.part.dynamic:
            world = rejoined(world, new.name, old.part, new.part)
    for _, new in changed(before.rules, after.rules):
        if new.part.prepares_again:
            world = new.part.prepare(world, after.acting(new.name))
    return world


def changed(before: tuple[Timed, ...], after: tuple[Timed, ...]) -> Iterator[tuple[Timed, Timed]]:
    """Yields the parts whose parameters differ, as they were and as they are."""
    for old, new in zip(before, after, strict=True):
        if old.part != new.part:
            yield old, new


def rejoined(world: World, name: str, old: AbstractRelation, new: AbstractRelation) -> World:
    """Returns the world with the edges of a relation joined again, if its graph has changed."""
    edges = new.edges(world, name)
    return world if same_edges(edges, old.edges(world, name)) else world.with_edges(name, edges)


def refused_changes(
    plans: dict[int, Plan], unprepared: World, world: World
) -> Iterator[tuple[int, str, NetwareError]]:
    """Yields step, part and error of each change that would do nothing or could not be.

    A rule keeps what it prepared before the first step, a relation the columns it made for its
    targets. What follows from a parameter in this way cannot change during a run, unless the rule
    says that it prepares again.

    Args:
        plans: What is defined, by the step from which on.
        unprepared: The world before its rules prepared.
        world: The world at step 0.
    """
    for (_, before), (point, after) in pairwise(plans.items()):
        for old, new in changed(before.relations, after.relations):
            error = refused_relation(world, new.name, old.part, new.part)
            if error is not None:
                yield point, f"relations.{new.name}", error
        prepared = unprepared
        for old, new in zip(before.preparing, after.preparing, strict=True):
            acting = after.acting(new.name)
            if old.part != new.part:
                error = refused_rule(prepared, acting, old.part, new.part)
                if error is not None:
                    yield point, f"rules.{new.name}", error
            prepared = old.part.prepare(prepared, acting)


def refused_rule(
    world: World, acting: Acting, old: AbstractRule, new: AbstractRule
) -> NetwareError | None:
    """Returns why a rule cannot take other parameters during a run, or None if it can."""
    try:
        other = new.prepare(world, acting)
    except NetwareError as error:
        return error
    if new.prepares_again or same_world(old.prepare(world, acting), other):
        return None
    return ScenarioError(
        f"rules.{acting.rule}",
        found="a change of what the rule prepares once, before the first step",
        expected="a parameter that the rule reads at each step",
        fix="write the value into the rule itself, or start another run",
        code="S-EVENT",
    )


def refused_relation(
    world: World, name: str, old: AbstractRelation, new: AbstractRelation
) -> NetwareError | None:
    """Returns why a relation cannot take other parameters during a run, or None if it can."""
    try:
        if old.between != new.between:
            found, expected = "a change of who is joined", "other parameters of the relation"
        elif not same_population(old.with_columns(world, name), new.with_columns(world, name)):
            found = "a change of what the relation makes once, before the first step"
            expected = "a parameter that the relation reads at each step"
        elif same_edges(new.connect(world, name), old.connect(world, name)) or new.dynamic:
            return None
        elif all(world[end].alive is None for end in new.between):
            return None
        else:
            found = "a graph to be joined anew between agents that may die or be born"
            expected = "agents that live for ever"
    except NetwareError as error:
        return error
    return ScenarioError(
        f"relations.{name}",
        found=found,
        expected=expected,
        fix="write the value into the relation itself, or start another run",
        code="S-EVENT",
    )


def same_world(one: World, other: World) -> bool:
    """Tells whether two worlds have the same agents and edges, bit by bit."""
    return all(
        same_population(population, other[name]) for name, population in one.populations.items()
    ) and all(same_edges(edges, other.edges[name]) for name, edges in one.edges.items())


def same_population(one: Population, other: Population) -> bool:
    """Tells whether agents have the same columns and weights, bit by bit."""
    return same_tensors(one.state, other.state) and same_tensors(one.weights, other.weights)


def same_tensors(one, other) -> bool:
    """Tells whether two mappings hold the same tensors by name, bit by bit."""
    return one.keys() == other.keys() and all(
        one[name] is other[name] or torch.equal(one[name], other[name]) for name in one
    )


def same_edges(one: Edges, other: Edges) -> bool:
    """Tells whether two blocks of edges are the same, bit by bit."""
    if one is other:
        return True
    first, second = (
        {"pointer": edges.pointer, "source": edges.source, **edges.attributes}
        | ({} if edges.weight is None else {"weight": edges.weight})
        for edges in (one, other)
    )
    return same_tensors(first, second)
