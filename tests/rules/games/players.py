"""Small worlds of players that the tests of games share."""

import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.population import Population
from netware.rules.base import AbstractRule, Acting
from netware.world import World


def players(
    links: list[tuple[int, int]],
    agents: int,
    strategies: list[int] | None = None,
    many: int = 2,
    replicas: int = 1,
    seed: int = 1,
    dtype: torch.dtype = torch.float64,
) -> World:
    """Returns players on an undirected graph, with the strategies given by number."""
    both = links + [(b, a) for a, b in links]
    source, target = (
        torch.tensor([pair[end] + r * agents for r in range(replicas) for pair in both])
        for end in (0, 1)
    )
    edges = Edges.from_pairs(source.long(), target.long(), agents * replicas, agents * replicas)
    state = {}
    if strategies is not None:
        rows = torch.eye(many, dtype=dtype)[torch.tensor(strategies)]
        state["strategy"] = rows.repeat(replicas, 1)
    people = Population("people", agents, replicas, state=state, dtype=dtype)
    return World(Draws.of(seed, replicas), {"people": people}, edges={"near": edges})


def square_grid(side: int, wrap: bool = True) -> list[tuple[int, int]]:
    """Returns the links of a grid with eight neighbours, agent = row * side + column."""
    links = []
    for row in range(side):
        for column in range(side):
            for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
                below, beside = row + down, column + right
                if wrap or (below < side and 0 <= beside < side):
                    other = below % side * side + beside % side
                    links.append((row * side + column, other))
    return links


def played(world: World, rule: AbstractRule, steps: int, name: str = "play") -> World:
    """Returns the world after the rule was prepared and took some steps."""
    world = rule.prepare(world, Acting(name)) if world.step == 0 else world
    for _ in range(steps):
        world = rule.apply(world, Acting(name)).advanced()
    return world


def strategies(world: World, column: str = "strategy") -> torch.Tensor:
    """Returns the number of the strategy that each agent plays."""
    return world["people"][column].argmax(1)
