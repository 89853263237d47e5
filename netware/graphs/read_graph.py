"""A graph as a file has it: nodes, edges, and what the file says of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from netware.files.cells import Cells


MOST_NODES = 20_000_000


def no_line(row: int) -> int:
    """Returns 0, for formats whose edges stand in no line of their own."""
    return 0


@dataclass(frozen=True)
class ReadGraph:
    """A graph as a file has it, nothing chosen and nobody found yet.

    Args:
        ids: What the file calls each node, each once, in the order of the file.
        source: First end of each edge, as a place in `ids`.
        target: Second end of each edge, likewise.
        labels: What people call each node, where the file says it of all.
        columns: What the file says of each edge, by name.
        nodes: What the file says of each node, by name.
        directed: Whether each edge has a direction, or None where the file does not say.
        in_passing: Whether it says so in a comment alone, which a scenario may overrule.
        weight: Column that is the weight by the rules of the format, if there is one.
        left_out: Weight of an edge that is given none, by the rules of the format, if it has one.
        first: Number that the format begins to count nodes with, if it does.
        modes: Nodes at the first and at the second end, where the file says that they are of two
            kinds.
        declared: Whether nodes are declared, so that one with the same name at both ends is one.
        whole: Whether the file has all nodes, those without edges as well.
        line: Line of the file that an edge stands in, 0 if none.
        notes: How the file was read, for people.
    """

    ids: Sequence[str]
    source: np.ndarray
    target: np.ndarray
    labels: Sequence[str] | None = None
    columns: Mapping[str, Cells] = field(default_factory=dict)
    nodes: Mapping[str, Cells] = field(default_factory=dict)
    directed: np.ndarray | None = None
    in_passing: bool = False
    weight: str | None = None
    left_out: float | None = None
    first: int | None = None
    modes: tuple[np.ndarray, np.ndarray] | None = None
    declared: bool = True
    whole: bool = False
    line: Callable[[int], int] = no_line
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Returns the number of edges."""
        return len(self.source)

    def ends(self, end: int) -> np.ndarray:
        """Returns the nodes at the first (0) or second (1) end, in the order of the file."""
        if self.modes is not None:
            return self.modes[end]
        codes = self.target if end else self.source
        _, first = np.unique(codes, return_index=True)
        return codes[np.sort(first)]
