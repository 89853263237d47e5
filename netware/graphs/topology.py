"""The contract of a topology."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.draws import Draws, Purpose, Stream
from netware.errors import ScenarioError
from netware.graphs.names import Mention, Names
from netware.space.box import Space


MOST_LINKS = 2**31 - 1


@dataclass(frozen=True)
class Ends:
    """Whom a topology joins, in one replica.

    Args:
        name: Key of the relation in the scenario.
        sources: Agents at the source end. [1]
        targets: Agents at the target end. [1]
        same: Whether both ends are one population.
        draws: The source of chance, of this replica alone.
        position: Positions of the agents, where they have any.
        space: Where positions are, or None.
        source_names: Who is who at the source end, where files name agents.
        target_names: Who is who at the target end, likewise.
    """

    name: str
    sources: int
    targets: int
    same: bool
    draws: Draws
    position: Float[Tensor, "sources space"] | None = None
    space: Space | None = None
    source_names: Names | None = None
    target_names: Names | None = None

    @property
    def device(self) -> torch.device:
        """Returns where the pairs shall be."""
        return self.draws.keys.device

    def stream(self, part: str, many: int) -> Stream:
        """Opens `many` random numbers for one part of the making of the graph."""
        return self.draws.stream(Purpose.TOPOLOGY, f"{self.name}/{part}", many)


@dataclass(frozen=True)
class Links:
    """Directed pairs of agents of one replica; an undirected link is listed both ways.

    Args:
        source: Id of each source, int64 or int32.
        target: Id of each target, likewise.
        weight: Weight of each link, or None where all are 1.
    """

    source: Int[Tensor, " edges"]
    target: Int[Tensor, " edges"]
    weight: Float[Tensor, " edges"] | None = None

    @classmethod
    def both_ways(cls, one: Int[Tensor, " links"], other: Int[Tensor, " links"]) -> "Links":
        """Lists every undirected link in both directions."""
        one, other = one.int(), other.int()
        return cls(torch.cat([one, other]), torch.cat([other, one]))


class AbstractTopology(ABC):
    """The shape of a graph: a frozen dataclass whose fields are its YAML parameters."""

    @abstractmethod
    def links(self, ends: Ends) -> Links:
        """Makes the links of one replica, with tensors and no loop over agents or edges."""

    def expected(self, sources: int, targets: int, same: bool, space: Space | None) -> float | None:
        """Returns about how many directed links there will be, or None where it is unknown.

        Unknown is not 0: what is estimated from it says that it is a floor.
        """
        return None

    def mentions(self, relation: str, same: bool) -> tuple[Mention, Mention] | None:
        """Returns what names agents at the source and at the target end, if anything does."""
        return None

    def notes(self, relation: str, same: bool) -> tuple[str, ...]:
        """Says how what it was made from has been read, if it was made from anything."""
        return ()


def within_one(ends: Ends, topology: str) -> int:
    """Returns the number of agents, for topologies that join a population with itself."""
    if not ends.same:
        raise ScenarioError(
            f"relations.{ends.name}.topology",
            found=f"'{topology}' between two populations",
            expected="complete, one_to_one or erdos_renyi between two populations",
            fix="write 'topology: {type: complete}', or join a population with itself",
        )
    return ends.sources


def impossible(ends: Ends, key: str, found: str, expected: str) -> ScenarioError:
    """Returns the error for a graph that cannot be made."""
    return ScenarioError(
        f"relations.{ends.name}.topology.{key}",
        found=found,
        expected=expected,
        fix=f"change '{key}' or the number of agents",
        code="S-GRAPH",
    )
