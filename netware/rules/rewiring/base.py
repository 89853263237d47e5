"""What rules of rewiring share: links of two directions, of which one end moves."""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from netware.draws import Purpose, Stream
from netware.edges import Edges, pair_keys
from netware.errors import ScenarioError
from netware.parameters import PopulationName, Probability, RelationName
from netware.population import Population
from netware.rules.base import AbstractRule, Acting, Phase, Reads, must_join, must_keep
from netware.world import World


ID_BITS = 24


@dataclass(frozen=True)
class Links:
    """Links between two agents, each listed once.

    Args:
        keeper: The end of each link that would keep it.
        loser: The other end.
        pair: Ids of the two ends, the one at the lower place first, as one number.
        replica: Replica of each link.
        rule: Key of the rule in the scenario.
        world: The world before the rule.
    """

    keeper: Int[Tensor, " links"]
    loser: Int[Tensor, " links"]
    pair: Int[Tensor, " links"]
    replica: Int[Tensor, " links"]
    rule: str
    world: World

    @classmethod
    def of(cls, world: World, rule: str, population: Population, one: Tensor, other: Tensor):
        """Lists links by their two ends; either is the keeper with equal probability."""
        pair = population.names[one] << ID_BITS | population.names[other]
        links = cls(one, other, pair, one // population.agents, rule, world)
        turned = links.draws("end").bernoulli(0.5)
        keeper, loser = torch.where(turned, other, one), torch.where(turned, one, other)
        return replace(links, keeper=keeper, loser=loser)

    def draws(self, use: str) -> Stream:
        """Opens this step's numbers for one use, one for each link, addressed by its ids."""
        most, world = 1 << 2 * ID_BITS, self.world
        stream = world.draws.stream(Purpose.REWIRING, f"{self.rule}/{use}", most, world.step)
        return replace(stream, ids=self.pair, replica=self.replica)


@dataclass(frozen=True)
class AbstractRewiring(AbstractRule):
    """Moves one end of some links of a graph without directions.

    {i, j} -> {i, k}, with probability `rate` a step if k is wanted, is neither end, and is not
    joined to i yet; else the link stays. i is either end with equal probability.

    A member says who k is, and whether i wants it. The number of links never changes. A link is
    two edges, each with a weight of its own, and takes both along; edges from an agent to itself
    stay.
    """

    on: PopulationName
    over: RelationName
    rate: Probability = 0.1

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "link"

    @abstractmethod
    def partner(
        self, world: World, links: Links
    ) -> tuple[Int[Tensor, " links"], Bool[Tensor, " links"]]:
        """Returns the agent that each link's keeper might join instead, and whether it wants to."""

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses relations with others, edges found at each step, and edges of one direction."""
        where = f"rules.{acting.rule}.over"
        must_join(world, self.on, self.over, where)
        must_keep(acting, self.over, where, "name a relation that is not a proximity")
        edges = world.edges[self.over]
        back = Edges.from_pairs(edges.target, edges.source, edges.targets, edges.sources)
        same = torch.equal(back.source, edges.source) and torch.equal(back.pointer, edges.pointer)
        if not same:
            raise ScenarioError(
                where,
                found=f"'{self.over}', some of whose edges have no edge back",
                expected="a graph without directions",
                fix="choose a topology that joins agents both ways, such as watts_strogatz",
            )
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after some links have moved."""
        edges, population = world.edges[self.over], world[self.on]
        forth, back, loops = both_ways(edges)
        one, other = edges.source[forth].long(), edges.target[forth].long()
        links = Links.of(world, acting.rule, population, one, other)
        found, wanted = self.partner(world, links)
        moves = wanted & links.draws("moves").bernoulli(self.rate)
        moves &= (found != links.keeper) & (found != links.loser)
        moves &= is_new(links.keeper, found, moves, one * edges.targets + other, edges.targets)
        # Whichever end a link loses, its two edges keep their sense: one -> other, other -> one.
        one = torch.where(moves & (links.loser == one), found, one)
        other = torch.where(moves & (links.loser == other), found, other)
        listed, itself = torch.cat([forth, back, loops]), edges.source[loops].long()
        rewired = Edges.from_pairs(
            torch.cat([one, other, itself]),
            torch.cat([other, one, itself]),
            edges.sources,
            edges.targets,
            None if edges.weight is None else edges.weight[listed],
            {name: column[listed] for name, column in edges.attributes.items()},
        )
        return world.with_edges(self.over, rewired)


def both_ways(
    edges: Edges,
) -> tuple[Int[Tensor, " links"], Int[Tensor, " links"], Int[Tensor, " loops"]]:
    """Returns the edge from each link's lower place to its higher one, the edge back, and loops.

    As numbers of edges; the k-th edge back belongs to the k-th link.
    """
    source, target = edges.source.long(), edges.target.long()
    forth, back = (source < target).nonzero()[:, 0], (source > target).nonzero()[:, 0]
    # Edges are sorted by target, then source: so must be the edges back, seen from the other end.
    order = pair_keys(source[back], target[back], max(edges.targets, 1)).argsort(stable=True)
    return forth, back[order], (source == target).nonzero()[:, 0]


def is_new(
    keeper: Tensor, found: Tensor, moves: Tensor, known: Tensor, agents: int
) -> Bool[Tensor, " links"]:
    """Tells which moves make a link that is not there yet, and that no earlier move makes."""
    pair = torch.minimum(keeper, found) * agents + torch.maximum(keeper, found)
    pairs, place = torch.where(moves, pair, -1).unique(return_inverse=True)
    order = torch.arange(len(pair), device=pair.device)
    first = torch.full_like(pairs, len(pair)).scatter_reduce(0, place, order, "amin")
    return (first[place] == order) & ~torch.isin(pair, known)


def anyone(population: Population, links: Links) -> Int[Tensor, " links"]:
    """Returns for each link a living agent of its replica, all equally likely."""
    return population.one_present(links.draws("anyone").words(), links.replica)
