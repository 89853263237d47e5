"""Worlds with a graph that may be rewired, that the tests of rewiring share."""

import torch
from torch import Tensor

from netware.draws import Draws
from netware.edges import Edges
from netware.graphs.topologies.ring import Ring
from netware.graphs.topology import AbstractTopology
from netware.population import Population
from netware.relations.association import Association
from netware.rules.base import AbstractRule, Acting
from netware.world import World
from tests.relations.scenes import scene


ACTING = Acting("rewire")


def world(
    agents: int = 60, replicas: int = 2, topology: AbstractTopology | None = None, **state: Tensor
) -> World:
    """Makes people who know each other."""
    draws = Draws.of(11, replicas)
    people = Population("people", agents, replicas, state=state)
    knows = Association(("people", "people"), topology or Ring(4))
    edges = knows.edges(*scene("knows", {"people": people}, None, draws))
    return World(draws, {"people": people}, {"knows": edges})


def after(now: World, rule: AbstractRule, steps: int) -> World:
    """Takes steps in which nothing but rewiring happens."""
    now = rule.prepare(now, ACTING)
    for _ in range(steps):
        now = rule.apply(now, ACTING).advanced()
    return now


def is_simple(edges: Edges, agents: int) -> bool:
    """Tells whether all links go both ways, once, between two agents of one replica."""
    back = Edges.from_pairs(edges.target, edges.source, edges.targets, edges.sources)
    key = edges.target.long() * edges.sources + edges.source.long()
    return (
        torch.equal(back.source, edges.source)
        and bool((edges.source != edges.target).all())
        and bool((edges.source // agents == edges.target // agents).all())
        and len(key.unique()) == edges.count
    )
