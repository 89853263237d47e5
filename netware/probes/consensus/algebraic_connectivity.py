"""Algebraic connectivity: how fast a graph can agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from netware.graphs.spectrum import extremes
from netware.needs.base import AbstractNeed
from netware.needs.edges import Joins
from netware.parameters import RelationName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class AlgebraicConnectivity(AbstractProbe):
    """Measures both ends of the spectrum of a relation's Laplacian, zero left out.

    0 = lambda_1 <= lambda_2 <= ... <= lambda_n,   eigenvalues of L = D - A

    Disagreement falls as exp(-lambda_2 t) under dx/dt = -L x, and by a factor of at most
    max(|1 - gain lambda_2|, |1 - gain lambda_n|) a step under x <- (I - gain L) x. lambda_2 = 0
    where the graph falls into parts.

    Args:
        over: Relation between agents of one population.

    Reads: edges of `over`, with their weights. Edges that did not change are not solved again;
    `at: 0` writes the answer down once.
    Quantities: `algebraic_connectivity` (lambda_2) and `largest` (lambda_n), in the unit of the
    weights; `ratio`, lambda_2 / lambda_n, how well one gain can serve both ends. [1] Of one agent
    they are nan; without edges lambda_2 = lambda_n = 0 and the ratio is nan.

    Source: Fiedler (1973), Czech. Math. J. 23, 298; Olfati-Saber, Fax and Murray (2007),
    Proc. IEEE 95, 215, doi:10.1109/JPROC.2006.887293.
    Departs from it: a directed graph is measured by its mirror graph, (a_ij + a_ji) / 2, as the
    paper does for balanced graphs, here whether balanced or not.
    """

    over: RelationName

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "algebraic_connectivity": (),
        "largest": (),
        "ratio": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (Joins("over"),)

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns lambda_2, lambda_n and their ratio for each replica's graph."""
        self.insist(world)
        edges = world.edges[self.over]
        found = extremes(edges, world.replicas)
        if edges.targets < 2 * world.replicas:
            found = torch.full_like(found, torch.nan)
        second, last = found.unbind(1)
        return {"algebraic_connectivity": second, "largest": last, "ratio": second / last}
