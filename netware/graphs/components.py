"""Components: which agents hear each other, if only through others."""

import numpy as np
import torch
from jaxtyping import Int
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary

from netware.edges import Edges


KNOWN = WeakIdKeyDictionary()


def component_of_each(edges: Edges) -> Int[Tensor, " agents"]:
    """Returns the number of the component of each agent, 0, 1, ... in no order that means anything.

    Two agents are in one component if a chain of edges leads from each to the other: strongly
    connected. Where edges lead both ways, or each agent has as much weight in as out, that is the
    same as being joined by edges of any direction. An edge of weight 0 joins none. Found on the
    host, by Pearce's algorithm in SciPy.
    """
    if edges.weight is not None:
        edges = edges.among(edges.weight != 0)
    parts = (
        np.ones(edges.count, dtype=np.int8),
        edges.source.cpu().numpy(),
        edges.pointer.cpu().numpy(),
    )
    graph = csr_array(parts, shape=(edges.targets, edges.sources))
    label = connected_components(graph, directed=True, connection="strong")[1]
    return torch.from_numpy(label).to(edges.source.device, torch.int64)


def component_sizes(edges: Edges) -> Int[Tensor, " agents"]:
    """Returns how many agents the component of each agent has, itself among them.

    Edges never change, so what was found for a block is kept as long as the block is.
    """
    found = KNOWN.get(edges)
    if found is None:
        label = component_of_each(edges)
        found = KNOWN[edges] = torch.bincount(label)[label]
    return found
