"""Candidate pairs in space, block by block: the contract, and all agents with all."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.space.box import Space


Cut = tuple[int, int, int, int]

WHOLE = 16
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
        everyone: Who stands where.
        first: First replica of the block.
        last: Replica after the last.
        top: First target of each replica.
        bottom: Target after the last.
    """

    everyone: "AllPairs"
    first: int
    last: int
    top: int
    bottom: int

    def apart(self) -> list[Tensor]:
        """Returns x_j - x_i as `[replicas, targets, padded agents]` by dimension."""
        parts = self.everyone.position[:, self.first : self.last]
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
        return weight[..., : self.everyone.agents].sum(-1).flatten()

    def pairs(self, chosen: Tensor) -> Int[Tensor, "2 pairs"]:
        """Returns target and source of the chosen pairs."""
        replica, target, source = chosen[..., : self.everyone.agents].nonzero().unbind(1)
        offset = (replica + self.first) * self.everyone.agents
        return torch.stack([target + self.top + offset, source + offset])


@dataclass(frozen=True)
class AllPairs(AbstractCandidates):
    """Everyone with everyone of the same replica: best for few agents, or a wide radius.

    Args:
        position: Positions by dimension, replicas apart, each padded to whole blocks of memory:
            so the product of a replica has the same bits whatever stands beside it.
        agents: Agents of a replica. [1]
    """

    position: Float[Tensor, "space replicas padded"]
    agents: int

    @classmethod
    def of(cls, position: Float[Tensor, "agents space"], replicas: int) -> "AllPairs":
        """Sets the replicas apart."""
        agents = len(position) // replicas
        return cls(padded(position.T.reshape(position.shape[1], replicas, agents)), agents)

    @property
    def device(self) -> torch.device:
        """Returns where the agents are."""
        return self.position.device

    def cuts(self) -> list[Cut]:
        """Returns blocks of whole replicas where these are small, else of some rows of one."""
        replicas, agents = self.position.shape[1], self.agents
        rows = max(1, MOST_PAIRS[self.device.type] // max(1, agents))
        many = max(1, rows // max(1, agents))
        return [
            (first, min(first + many, replicas), top, min(top + rows, agents))
            for first in range(0, replicas, many)
            for top in range(0, agents, rows)
        ]

    def block(self, cut: Cut) -> Table:
        """Returns the pairs of some replicas, or of some rows."""
        return Table(self, *cut)

    def arranged(self, columns: Tensor) -> Tensor:
        """Returns columns as rows, replicas apart."""
        return padded(columns.view(self.position.shape[1], self.agents, -1).transpose(1, 2))

    def restored(self, results: Tensor) -> Tensor:
        """Returns the results as they are."""
        return results


def padded(rows: Tensor) -> Tensor:
    """Returns rows filled up with zeros to a multiple of 16 numbers."""
    return torch.nn.functional.pad(rows, (0, -rows.shape[-1] % WHOLE)).contiguous()
