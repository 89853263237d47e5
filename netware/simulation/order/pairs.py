"""Pairs: in each step an agent hears one other at most, and is heard by no one else."""

from dataclasses import replace

import torch
from jaxtyping import Int
from torch import Tensor

from netware.edges import Edges
from netware.errors import ScenarioError
from netware.population import Population
from netware.rules.base import AbstractRule, Acting
from netware.rules.matching import drawn
from netware.world import World


def in_pairs(world: World, acting: Acting, rule: AbstractRule) -> World:
    """Applies a rule to agents who have met a partner, as if the two were joined with no other
    agent.

    Edges between partners stay, each with its own weight and direction, and so do edges from an
    agent to itself; all others come back when the rule is done. Who has no partner does not act.
    A rule that hears no other agent is applied to all at once.

    Source: Boyd, Ghosh, Prabhakar and Shah (2006), IEEE Trans. Inf. Theory 52, 2508,
    doi:10.1109/TIT.2006.874516, synchronous time, in which every agent belongs to one pair at most.
    """
    heard = rule.read_along()
    if not heard:
        return rule.apply(world, acting)
    (over,) = heard
    edges, population = world.edges[over], world[rule.on]
    partner = partners(world, over, population)
    paired = (partner != torch.arange(len(partner), device=partner.device)).nonzero()[:, 0]
    if not len(paired):
        return world
    alone_together = world.with_edges(over, between_partners(edges, partner))
    return rule.apply(alone_together, replace(acting, agents=paired)).with_edges(over, edges)


def refuse_no_pairs(name: str, rule: AbstractRule) -> None:
    """Refuses a rule that hears others, but not along one relation, which could say who meets."""
    heard = rule.read_along()
    if heard is None or len(heard) > 1:
        raise ScenarioError(
            f"rules.{name}",
            found="'activation: pairs', and no relation along which its agents could meet",
            expected="a rule that hears others along one relation, or nobody",
            fix="write 'over: <relation>' in this rule, or 'activation: synchronous'",
        )


def partners(world: World, over: str, population: Population) -> Int[Tensor, " agents"]:
    """Draws which agent each one meets along a relation in this step; itself, where it meets none.

    All agents wake in an order of chance, and each calls one of those that it hears, all equally
    likely; the two meet if neither is in an earlier call. The pairs are the relation's: two rules
    that act along it in one step find the same.
    """
    # No entry of a scenario has a blank in its name: no other part draws these numbers.
    acting = Acting(f"pairs along {over}")
    meetings = drawn(world, acting, population, world.edges[over], 0, "disjoint")
    partner = torch.arange(population.total, device=population.device)
    for first, second in meetings.rounds(population.total):
        # A call without a meeting adds 0, and each agent meets once at most.
        apart = second - first
        partner = partner.index_add(0, first, apart).index_add_(0, second, -apart)
    return partner


def between_partners(edges: Edges, partner: Int[Tensor, " agents"]) -> Edges:
    """Returns the edges between partners, and those from an agent to itself."""
    source, target = edges.edge_index
    return edges.among((partner[target] == source) | (source == target))
