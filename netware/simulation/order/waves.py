"""Waves: agents of one population that depend on each other compute after their suppliers."""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary

from netware.edges import Edges
from netware.errors import ScenarioError
from netware.population import Population
from netware.relations.base import AbstractRelation
from netware.simulation.arrivals import Arrivals, written_columns


KNOWN = WeakIdKeyDictionary()

Inner = Sequence[tuple[str, AbstractRelation, Edges]]


def in_waves(population: Population, inner: Inner, arrivals: Arrivals, thinks: bool) -> Population:
    """Computes the outputs of agents that depend on agents of their own population.

    An agent computes in the first wave in which all that it depends on have computed. Those that
    depend on no one of their own keep the input that they have.

    Args:
        population: The agents.
        inner: Name, relation and edges of each relation by which they depend on each other.
        arrivals: What relations from other populations have brought already.
        thinks: Whether they compute an output.
    """
    columns: set[tuple[str, str]] = set()
    for number, wave in enumerate(waves([(name, edges) for name, _, edges in inner])):
        before = own = population.at(wave)
        if number:
            brought = arrivals.fork()
            for _, relation, edges in inner:
                own = brought.delivered(relation, edges.into(wave), population, own)
            columns |= brought.columns
        if thinks:
            own = own.with_state({"output": own.forward(own["input"][:, None])[:, 0]})
        changed = written_columns(before, own)
        population = population.with_state(
            {name: population[name].index_copy(0, wave, rows) for name, rows in changed.items()}
        )
    arrivals.columns |= columns
    return population


def waves(inner: Sequence[tuple[str, Edges]]) -> list[Int[Tensor, " agents"]]:
    """Returns who computes in each wave, as flat positions; kept as long as the edges are.

    Raises a ScenarioError that names a cycle, if there is one.
    """
    first, *others = (edges for _, edges in inner)
    known = KNOWN.get(first)
    if known is None or [id(edges) for edges in known[0]] != [id(edges) for edges in others]:
        known = KNOWN[first] = others, sorted_by_waves(inner)
    return known[1]


def sorted_by_waves(inner: Sequence[tuple[str, Edges]]) -> list[Int[Tensor, " agents"]]:
    """Sorts agents into waves; each edge is looked at once."""
    waits = torch.stack([edges.in_degree.long() for _, edges in inner]).sum(0)
    supplied = [
        Edges.from_pairs(edges.target, edges.source, edges.targets, edges.sources)
        for _, edges in inner
    ]
    found, acting = [], (waits == 0).nonzero()[:, 0]
    while len(acting):
        found.append(acting)
        freed = torch.cat([edges.into(acting).source.long() for edges in supplied])
        waits.index_add_(0, freed, torch.full_like(freed, -1))
        acting = freed[waits[freed] == 0].unique()
    if bool((waits > 0).any()):
        raise cycle(inner, (waits > 0).nonzero()[:, 0])
    return found


def cycle(inner: Sequence[tuple[str, Edges]], waiting: Tensor) -> ScenarioError:
    """Returns the error that names agents in a cycle, who would wait for each other for ever."""
    stuck = set(waiting.tolist())
    supplier: dict[int, tuple[int, str]] = {}
    for name, edges in inner:
        for source, target in zip(edges.source.tolist(), edges.target.tolist(), strict=True):
            if source in stuck and target in stuck:
                supplier.setdefault(target, (source, name))
    # Everybody that still waits has a supplier that waits: going back meets a cycle.
    seen: list[int] = []
    one = next(iter(supplier))
    while one not in seen:
        seen.append(one)
        one = supplier[one][0]
    around = [*seen[seen.index(one) :], one]
    path = " -> ".join(str(agent) for agent in reversed(around[:6]))
    return ScenarioError(
        f"relations.{supplier[one][1]}",
        found=f"a cycle of dependencies between agents: {path}",
        expected="agents that form no cycle, so that each can compute after its suppliers",
        fix=f"write 'delay: 1' under relations.{supplier[one][1]}, or take a link out",
        code="S-CYCLE",
    )
