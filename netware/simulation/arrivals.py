"""Arrivals: what several relations bring into one column adds up within a step."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from jaxtyping import Bool
from torch import Tensor

from netware.edges import Edges
from netware.errors import ScenarioError
from netware.population import Population
from netware.relations.base import AbstractRelation
from netware.world import World


@dataclass
class Arrivals:
    """Which columns relations have written in the step that goes on.

    The first relation of a step that brings something into a column replaces what stood there; a
    second one of those that add up adds to it, so the order of the scenario decides nothing.

    Args:
        columns: Population and column of each.
    """

    columns: set[tuple[str, str]] = field(default_factory=set)

    def delivered(
        self, relation: AbstractRelation, edges: Edges, source: Population, target: Population
    ) -> Population:
        """Returns the targets with what flows along these edges, added to what came before."""
        after = relation.flow(edges, source, target)
        written = written_columns(target, after)
        if relation.meeting == "add" and relation.offset is None:
            together = {
                column: target[column] + values
                for column, values in written.items()
                if (target.name, column) in self.columns
            }
            after = after.with_state(together) if together else after
        self.columns.update((target.name, column) for column in written)
        return after

    def fork(self) -> "Arrivals":
        """Returns the same, to be gone on with for some of the agents alone."""
        return Arrivals(set(self.columns))


def written_columns(before: Population, after: Population) -> dict[str, Tensor]:
    """Returns the columns of state that are not the very ones of before."""
    return {
        column: values
        for column, values in after.state.items()
        if before.state.get(column) is not values
    }


def written_weights(before: Population, after: Population) -> dict[str, Tensor]:
    """Returns the weights that are not the very ones of before."""
    return {
        name: values
        for name, values in after.weights.items()
        if before.weights.get(name) is not values
    }


Writers = dict[tuple[str, str], list[str]]


def with_arrivals(world: World, relations: Mapping[str, AbstractRelation]) -> World:
    """Returns the world in which all columns that relations write are there, zeros if new.

    Lets everything flow once, without a trace, to see what goes where; refuses relations that
    would overwrite what others have written.
    """
    writers: Writers = {}
    for name, relation in relations.items():
        if relation.flow_phase in ("generate", "transmit", "think"):
            source, target = (world[end] for end in relation.between)
            after = relation.flow(world.edges[name], source, target)
            columns, weights = written_columns(target, after), written_weights(target, after)
            for written in (*columns, *(f"weights.{weight}" for weight in weights)):
                writers.setdefault((target.name, written), []).append(name)
            made = {
                column: torch.zeros_like(values, memory_format=torch.contiguous_format)
                for column, values in columns.items()
                if column not in target.state
            }
            world = world.with_population(target.with_state(made))
    for (population, column), names in writers.items():
        refuse_overwriting(world, relations, population, column, names)
    return world


def refuse_overwriting(
    world: World,
    relations: Mapping[str, AbstractRelation],
    population: str,
    column: str,
    names: list[str],
) -> None:
    """Refuses relations into one column that neither add up nor fill parts of their own."""
    if len(names) < 2:
        return
    several = [relations[name] for name in names]
    kinds = {relation.meeting for relation in several}
    if all(relation.offset is None for relation in several) and kinds in ({"add"}, {"fill"}):
        return
    if all(relation.offset is not None for relation in several):
        parts = [part_written(world, name, relations[name], column) for name in names]
        if not bool((torch.stack(parts).sum(0) > 1).any()):
            return
    raise ScenarioError(
        f"relations.{names[1]}",
        found=f"{population}.{column}, which relations.{names[0]} writes too",
        expected="relations that add up (association, dependency, influence, proximity), or that "
        "fill different parts of the column, or columns of their own",
        fix="write 'offset' in each of them, or another column in 'into'",
        code="S-OVERWRITE",
    )


def part_written(
    world: World, name: str, relation: AbstractRelation, column: str
) -> Bool[Tensor, " numbers"]:
    """Tells which of the numbers of a column a relation writes: those that do not stay nan."""
    source, target = (world[end] for end in relation.between)
    marked = target.with_state({column: torch.full_like(target[column], torch.nan)})
    after = relation.flow(world.edges[name], source, marked)
    return ~after[column].isnan().flatten(1).all(0)
