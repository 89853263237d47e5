"""Lineage: the populations that make the weights of another, and their weights made again."""

from collections.abc import Mapping

from netware.population import Population
from netware.relations.base import AbstractRelation
from netware.world import World


Populations = Mapping[str, Population]
Relations = Mapping[str, AbstractRelation]


def generators(relations: Relations, name: str) -> list[tuple[str, str]]:
    """Names the relations that generate weights of a population, each with its source."""
    return [
        (relation, one.between[0])
        for relation, one in relations.items()
        if one.flow_phase == "generate" and one.between[1] == name
    ]


def lineage(relations: Relations, name: str, below: tuple[str, ...] = ()) -> list[str]:
    """Names a population, last, and before it all those that generate its weights."""
    sources = [source for _, source in generators(relations, name) if source not in (*below, name)]
    above = [one for source in sources for one in lineage(relations, source, (*below, name))]
    return [*dict.fromkeys(above), name]


def grown(world: World, relations: Relations, line: Populations) -> dict[str, Population]:
    """Returns the populations of a lineage after weights have flowed down, differentiably."""
    found = dict(line)
    for name in found:
        for relation, source in generators(relations, name):
            flow = relations[relation].flow
            found[name] = flow(world.edges[relation], found[source], found[name])
    return found


def generated(world: World, relations: Relations, name: str) -> set[str]:
    """Names the weights of a population that another one generates."""
    found: set[str] = set()
    for relation, source in generators(relations, name):
        if source != name:
            flow = relations[relation].flow
            made = flow(world.edges[relation], world[source], world[name]).weights
            found |= {weight for weight in made if made[weight] is not world[name].weights[weight]}
    return found
