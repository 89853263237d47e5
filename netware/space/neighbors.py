"""Neighbours in space: sums over all who are near, and the pairs themselves.

Few agents are compared all with all, replica by replica in one batch; many are sorted into cells.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import isinf, pi
from typing import TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.edges import Edges
from netware.process.threads import threads_restored
from netware.space.all_pairs import AbstractBlock, AbstractCandidates, AllPairs
from netware.space.box import Space
from netware.space.cells import FEWEST, Cells, cells_across


Kernel = Callable[[Tensor], Tensor]
Result = TypeVar("Result")

FEW = 700


def sums_within(
    position: Float[Tensor, "agents space"],
    values: Float[Tensor, "agents columns"],
    radius: float,
    space: Space,
    replicas: int = 1,
    kernel: Kernel | None = None,
) -> tuple[Float[Tensor, "agents columns"], Float[Tensor, " agents"]]:
    """Returns sum_j w(r_ij^2) v_j and sum_j w(r_ij^2) over all j with r_ij <= radius, i included.

    r_ij is the shortest distance in `space`; agents of different replicas never meet. `kernel`
    gives w from squared distances and must be finite at 0; without it w = 1.
    """
    pairs = candidates(position, radius, space, replicas)
    columns = pairs.arranged(torch.cat([values, torch.ones_like(values[:, :1])], 1))

    def total(block: AbstractBlock) -> Tensor:
        return block.total(near(block.square(space), radius, kernel), columns)

    sums = pairs.restored(torch.cat(each(pairs, total)))
    return sums[:, :-1], sums[:, -1]


def pulls_within(
    position: Float[Tensor, "agents space"],
    radius: float,
    space: Space,
    replicas: int = 1,
    kernel: Kernel | None = None,
) -> Float[Tensor, "agents space"]:
    """Returns sum_j w(r_ij^2) (x_j - x_i) over all j with r_ij <= radius, the shortest way round.

    The two agents of a pair are pulled by opposite numbers, bit by bit; none pulls itself.
    """
    pairs = candidates(position, radius, space, replicas)

    def total(block: AbstractBlock) -> Tensor:
        weight = near(block.square(space), radius, kernel)
        return torch.stack([block.sum(gap.mul_(weight)) for gap in block.gaps(space)], 1)

    return pairs.restored(torch.cat(each(pairs, total)))


def pairs_within(
    position: Float[Tensor, "agents space"], radius: float, space: Space, replicas: int = 1
) -> Edges:
    """Returns the edges i <- j of all pairs with r_ij <= radius, without i <- i."""
    source, target = pairs_near(position, radius, space, replicas)
    return Edges.from_pairs(source, target, len(position), len(position))


def pairs_near(
    position: Float[Tensor, "agents space"], radius: float, space: Space, replicas: int = 1
) -> tuple[Int[Tensor, " pairs"], Int[Tensor, " pairs"]]:
    """Returns j and i of all pairs with r_ij <= radius, j not i, in no order, int32."""
    pairs = candidates(position, radius, space, replicas)

    def chosen(block: AbstractBlock) -> tuple[Tensor, Tensor]:
        target, source = block.pairs(block.square(space) <= radius**2)
        apart = target != source
        return source[apart].int(), target[apart].int()

    found = each(pairs, chosen)
    sources, targets = [source for source, _ in found], [target for _, target in found]
    del found, pairs
    return emptied(sources), emptied(targets)


def emptied(parts: list[Tensor]) -> Tensor:
    """Returns the parts as one, and lets go of them."""
    whole = torch.cat(parts)
    parts.clear()
    return whole


def expected_pairs(agents: int, radius: float, space: Space) -> float:
    """Returns about how many pairs i <- j are within the radius, agents standing anywhere."""
    ball = pi * radius**2 if space.dimensions == 2 else 4 / 3 * pi * radius**3
    return min(1.0, ball / space.box**space.dimensions) * agents * (agents - 1)


def candidates(position: Tensor, radius: float, space: Space, replicas: int) -> AbstractCandidates:
    """Returns the pairs that may be within the radius, found in the cheaper of two ways."""
    position, agents = space.wrap(position), len(position) // replicas
    if agents < FEW or isinf(radius) or cells_across(radius, space, agents) < FEWEST:
        return AllPairs.of(position, replicas)
    return Cells.of(position, radius, space, replicas)


def near(square: Tensor, radius: float, kernel: Kernel | None) -> Tensor:
    """Returns the weight of each candidate pair: 0 beyond the radius."""
    within = torch.le(square, radius**2, out=torch.empty_like(square))
    return within if kernel is None else within.mul_(kernel(square))


def each(pairs: AbstractCandidates, work: Callable[[AbstractBlock], Result]) -> list[Result]:
    """Returns the work on each block.

    On a CPU, blocks go to as many Python threads as torch may use, each with one of its own: most
    of the work is gathers, which torch does not share out. No result depends on the threads.
    """
    cuts = pairs.cuts()
    if torch.get_num_threads() == 1 or len(cuts) == 1 or pairs.device.type != "cpu":
        return [work(pairs.block(cut)) for cut in cuts]
    with (
        threads_restored() as threads,
        ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool,
    ):
        return list(pool.map(lambda cut: work(pairs.block(cut)), cuts))
