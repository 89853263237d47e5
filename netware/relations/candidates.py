"""Candidate pairs in space, block by block: the contract, and all agents with all."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.space import Space


Cut = tuple[int, int, int, int]

MOST_PAIRS = {"cpu": 1 << 18, "cuda": 1 << 25}


class AbstractBlock(ABC):
    """Candidate pairs of some targets: every source within the radius, and some beyond it."""

    @abstractmethod
    def square(self, space: Space) -> Tensor:
        """Returns the squared distance of each pair, the same both ways bit by bit."""

    @abstractmethod
    def gaps(self, space: Space) -> list[Tensor]:
        """Returns x_j - x_i of each pair by dimension, the shortest way round."""

    @abstractmethod
    def total(self, weight: Tensor, columns: Tensor) -> Tensor:
        """Returns sum_j w_ij v_j `[targets, columns]`, from arranged columns."""

    @abstractmethod
    def sum(self, weight: Tensor) -> Tensor:
        """Returns sum_j w_ij `[targets]`."""

    @abstractmethod
    def pairs(self, chosen: Tensor) -> Int[Tensor, "2 pairs"]:
        """Returns target and source of the chosen pairs."""


def shorter(gap: Tensor, space: Space) -> Tensor:
    """Returns the shorter way round, for gaps below the side of the box; overwrites them."""
    return torch.minimum(gap.abs_(), space.box - gap, out=gap) if space.periodic else gap


class AbstractCandidates(ABC):
    """All candidate pairs, in blocks small enough for the cache."""

    @property
    @abstractmethod
    def device(self) -> torch.device:
        """Returns where the agents are."""

    @abstractmethod
    def cuts(self) -> list[Cut]:
        """Returns where to cut the pairs into blocks."""

    @abstractmethod
    def block(self, cut: Cut) -> AbstractBlock:
        """Returns one block, whose pairs go when it goes."""

    @abstractmethod
    def arranged(self, columns: Tensor) -> Tensor:
        """Returns columns of agents in the order in which blocks read them."""

    @abstractmethod
    def restored(self, results: Tensor) -> Tensor:
        """Returns the results of all blocks, one after another, in the order of the agents."""


@dataclass(frozen=True)
class Table(AbstractBlock):
    """All pairs of some agents with everyone in their replica, for some replicas.

    Args:
        position: Positions by dimension, replicas apart.
        first: First replica of the block.
        last: Replica after the last.
        top: First target of each replica.
        bottom: Target after the last.
    """

    position: Float[Tensor, "space replicas agents"]
    first: int
    last: int
    top: int
    bottom: int

    def apart(self) -> list[Tensor]:
        """Returns x_j - x_i as `[replicas, targets, agents]` by dimension."""
        parts = self.position[:, self.first : self.last]
        return [part[:, None, :] - part[:, self.top : self.bottom, None] for part in parts]

    def square(self, space: Space) -> Tensor:
        """Returns the squared distances."""
        first, *rest = (shorter(gap, space) for gap in self.apart())
        square = first.square_()
        for gap in rest:
            square.addcmul_(gap, gap)
        return square

    def gaps(self, space: Space) -> list[Tensor]:
        """Returns the shortest differences."""
        return [space.displacement(gap[..., None])[..., 0] for gap in self.apart()]

    def total(self, weight: Tensor, columns: Tensor) -> Tensor:
        """Returns the sums by one batched product, as rows: six times faster than as columns."""
        sums = torch.bmm(columns[self.first : self.last], weight.transpose(1, 2))
        return sums.transpose(1, 2).flatten(0, 1)

    def sum(self, weight: Tensor) -> Tensor:
        """Returns the sums of the rows."""
        return weight.sum(-1).flatten()

    def pairs(self, chosen: Tensor) -> Int[Tensor, "2 pairs"]:
        """Returns target and source of the chosen pairs."""
        replica, target, source = chosen.nonzero().unbind(1)
        offset = (replica + self.first) * self.position.shape[2]
        return torch.stack([target + self.top + offset, source + offset])


@dataclass(frozen=True)
class AllPairs(AbstractCandidates):
    """Everyone with everyone of the same replica: best for few agents, or a wide radius.

    Args:
        position: Positions by dimension, replicas apart.
    """

    position: Float[Tensor, "space replicas agents"]

    @property
    def device(self) -> torch.device:
        """Returns where the agents are."""
        return self.position.device

    def cuts(self) -> list[Cut]:
        """Returns blocks of whole replicas where these are small, else of some rows of one."""
        _, replicas, agents = self.position.shape
        rows = max(1, MOST_PAIRS[self.device.type] // agents)
        many = max(1, rows // agents)
        return [
            (first, min(first + many, replicas), top, min(top + rows, agents))
            for first in range(0, replicas, many)
            for top in range(0, agents, rows)
        ]

    def block(self, cut: Cut) -> Table:
        """Returns the pairs of some replicas, or of some rows."""
        return Table(self.position, *cut)

    def arranged(self, columns: Tensor) -> Tensor:
        """Returns columns as rows, replicas apart."""
        return columns.view(*self.position.shape[1:], -1).transpose(1, 2).contiguous()

    def restored(self, results: Tensor) -> Tensor:
        """Returns the results as they are."""
        return results
