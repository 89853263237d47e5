"""Meetings: random pairs of agents, many at once that share no agent, or one after another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from netware.draws import Purpose, Stream
from netware.edges import Edges
from netware.population import Population
from netware.rules.base import Acting, beside
from netware.world import World


Order = Literal["disjoint", "sequential"]


@dataclass(frozen=True)
class Meetings:
    """Pairs of agents in the order in which they meet, replica by replica.

    Args:
        first: Who calls, as flat positions.
        second: Who is called; an agent that hears no one calls no one, and is in no pair.
        order: `disjoint` pairs of a step meet at once; a pair that shares an agent with an earlier
            one does not meet. `sequential` pairs meet one after another.
    """

    first: Int[Tensor, " meetings"]
    second: Int[Tensor, " meetings"]
    order: Order

    def rounds(self, agents: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yields pairs that share no agent; taken in turn, they are as good as one after another.

        Each round holds the pairs whose agents have no earlier meeting left. `agents` is the
        number in all replicas, which never meet each other.
        """
        first, second = self.first, self.second
        time = torch.arange(len(first), device=first.device)
        if self.order == "disjoint":
            meets = is_next(first, second, time, agents)
            yield first, torch.where(meets, second, first)
            return
        while len(time):
            meets = is_next(first, second, time, agents)
            yield first[meets], second[meets]
            first, second, time = first[~meets], second[~meets], time[~meets]


def is_next(first: Tensor, second: Tensor, time: Tensor, agents: int) -> Tensor:
    """Tells which pairs come before all others of both their agents."""
    none = torch.full((agents,), torch.iinfo(time.dtype).max, device=time.device)
    earliest = none.scatter_reduce_(0, first, time, "amin").scatter_reduce_(0, second, time, "amin")
    return (earliest[first] == time) & (earliest[second] == time)


def drawn(
    world: World,
    acting: Acting,
    population: Population,
    edges: Edges | None,
    pairs: int,
    order: Order,
) -> Meetings:
    """Draws the meetings of one step, of any two agents or along the edges of a relation.

    Among all, `disjoint` pairs are neighbours in a random order of the agents, half as many as
    agents at most; `sequential` ones are any two, again and again. Along edges an agent wakes and
    calls one of those that it hears, all equally likely: `disjoint` wakes every agent once at most,
    `sequential` any agent again and again. `pairs` = 0 is one sweep: all agents, or half as many
    pairs where they come one after another. An empty slot never wakes. An agent that hears no other
    wakes in vain: there is no meeting that could keep others from theirs.
    """
    agents = population.agents

    def stream(use: str, many: int) -> Stream:
        return world.draws.stream(Purpose.RULE, f"{acting.rule}/{use}", many, world.step)

    if order == "disjoint":
        most = agents if edges is not None else agents // 2
        many = min(pairs, most) if pairs else most
        there = population.alive
        shuffled = population.per_replica(stream("order", agents).order(there))
        if edges is None:
            both = shuffled[:, : 2 * many].unflatten(1, (many, 2))
            return Meetings(both[..., 0].flatten(), both[..., 1].flatten(), order)
        return Meetings(*calls(edges, shuffled[:, :many].flatten(), stream("called", many)), order)
    many = pairs or max(1, agents // 2)
    if edges is not None:
        woken, counts = wakings(population, stream("wakes", many), pairs)
        return Meetings(*calls(edges, woken, stream("called", many), counts), order)
    start = torch.arange(population.replicas, device=population.device) * agents
    start = start.repeat_interleave(many)
    first = stream("wakes", many).integers(agents)
    ahead = stream("called", many).integers(max(1, agents - 1)) + 1
    return Meetings(start + first, start + (first + ahead) % agents, order)


def wakings(
    population: Population, stream: Stream, pairs: int
) -> tuple[Int[Tensor, " wakings"], Bool[Tensor, " wakings"]]:
    """Draws who wakes, any agent that is there again and again, and which wakings count.

    Without a number of pairs, half as many count in each replica as agents are there.
    """
    words = stream.words().view(population.replicas, -1)
    replica = torch.arange(population.replicas, device=words.device)[:, None].expand_as(words)
    woken = population.one_present(words.flatten(), replica.flatten())
    there = population.present_count
    many = torch.full_like(there, pairs) if pairs else (there // 2).clamp(min=1)
    counts = torch.arange(words.shape[1], device=words.device) < many[:, None]
    return woken, counts.flatten()


def calls(
    edges: Edges,
    awake: Int[Tensor, " wakings"],
    stream: Stream,
    counts: Bool[Tensor, " wakings"] | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns who calls of those awake, and one of those that it hears; of all, or that count."""
    heard = edges.in_degree[awake].long()
    chosen = edges.pointer[awake].long() + (stream.words() * heard >> 32)
    calling = heard > 0 if counts is None else (heard > 0) & counts
    return awake[calling], edges.source[chosen[calling]].long()


def approached(
    x: Float[Tensor, "agents ..."],
    first: Tensor,
    second: Tensor,
    share: float | Float[Tensor, " meetings"],
    other: float | Float[Tensor, " meetings"],
) -> Float[Tensor, "agents ..."]:
    """Returns x after the first of each pair moved by `share` of the way, the second by `other`.

    Equal shares move a pair by opposite numbers, to the last bit.
    """
    apart = x[second] - x[first]
    there, back = (apart * beside(one, x) for one in (share, other))
    return x.index_add(0, first, there).index_add_(0, second, -back)


def of_agents(value: float | Tensor, agents: Tensor) -> float | Tensor:
    """Returns the values of these agents, where each has its own."""
    return value[agents] if isinstance(value, Tensor) else value
