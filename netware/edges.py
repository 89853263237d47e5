"""Edges of one relation: a block on the device, sorted by target."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Edges:
    """Directed edges source -> target as compressed rows, one row a target.

    Args:
        pointer: Row t holds edges `pointer[t] .. pointer[t + 1]`, int32.
        source: Source of each edge, sorted by target, then by source, int32.
        sources: Agents at the source end (of all replicas). [1]
        weight: Weight of each edge, or None where all are 1. [1]
        attributes: Further columns by name, one value an edge.
        between: Names of the populations at the source end and at the target end; None for a
            graph of numbers alone. Edges of a world always have them.
    """

    pointer: Int[Tensor, " rows"]
    source: Int[Tensor, " edges"]
    sources: int
    weight: Float[Tensor, " edges"] | None = None
    attributes: Mapping[str, Tensor] = field(default_factory=dict)
    between: tuple[str, str] | None = None

    @classmethod
    def from_pairs(
        cls,
        source: Int[Tensor, " edges"],
        target: Int[Tensor, " edges"],
        sources: int,
        targets: int,
        weight: Float[Tensor, " edges"] | None = None,
        attributes: Mapping[str, Tensor] | None = None,
        between: tuple[str, str] | None = None,
    ) -> "Edges":
        """Sorts pairs into rows; the order of the pairs does not matter.

        The pairs are let go of as soon as may be: a caller that keeps none of them halves the
        memory that the largest graphs need.
        """
        key = pair_keys(target, source, max(sources, 1))
        attributes = attributes or {}
        pointer = torch.zeros(targets + 1, dtype=torch.int32, device=source.device)
        pointer[1:] = torch.bincount(target, minlength=targets).cumsum_(0)
        if weight is None and not attributes:
            del source, target
            source = sorted_keys(key).remainder_(max(sources, 1)).int()
            return cls(pointer, source, sources, between=between)
        order = torch.argsort(key, stable=True)
        return cls(
            pointer,
            source[order].int(),
            sources,
            None if weight is None else weight[order],
            {name: column[order] for name, column in attributes.items()},
            between,
        )

    @property
    def targets(self) -> int:
        """Returns the number of agents at the target end."""
        return len(self.pointer) - 1

    @property
    def count(self) -> int:
        """Returns the number of edges."""
        return len(self.source)

    @cached_property
    def target(self) -> Int[Tensor, " edges"]:
        """Returns the target of each edge, int32."""
        each = torch.arange(self.targets, dtype=torch.int32, device=self.source.device)
        return each.repeat_interleave(self.in_degree, output_size=self.count)

    @cached_property
    def in_degree(self) -> Int[Tensor, " targets"]:
        """Returns the number of edges into each target."""
        return self.pointer[1:] - self.pointer[:-1]

    @cached_property
    def places(self) -> tuple[Int[Tensor, " edges"], int]:
        """Returns each edge's place among those of its source, and the most that any has."""
        source = self.source.long()
        degree = torch.bincount(source, minlength=self.sources)
        order = source.argsort(stable=True)
        place = torch.empty_like(source)
        place[order] = torch.arange(self.count, device=source.device)
        place -= (degree.cumsum(0) - degree)[source]
        return place, int(degree.max()) if self.sources else 0

    @property
    def edge_index(self) -> Int[Tensor, "2 edges"]:
        """Returns source and target of each edge, int64, as PyTorch Geometric has it."""
        return torch.stack([self.source, self.target]).long()

    def weights(self, dtype: torch.dtype) -> Float[Tensor, " edges"]:
        """Returns the weight of each edge, ones if none were given."""
        if self.weight is None:
            return torch.ones(self.count, dtype=dtype, device=self.source.device)
        return self.weight.to(dtype)

    @cached_property
    def adjacency(self) -> Tensor:
        """Returns A with A[t, s] = weight of s -> t, sparse rows, in float32."""
        return sparse_rows(self.pointer, self.source, self.weights(torch.float32), self.sources)

    @cached_property
    def adjacency64(self) -> Tensor:
        """Returns A in float64."""
        return sparse_rows(self.pointer, self.source, self.weights(torch.float64), self.sources)

    def minus_laplacian(self, dtype: torch.dtype) -> Tensor:
        """Returns A - D, sparse rows, kept for the next step: x + gain (A - D) x is one product."""
        return self._minus_laplacian64 if dtype == torch.float64 else self._minus_laplacian

    @cached_property
    def _minus_laplacian(self) -> Tensor:
        return minus_laplacian(self, torch.float32)

    @cached_property
    def _minus_laplacian64(self) -> Tensor:
        return minus_laplacian(self, torch.float64)

    def total(self, values: Float[Tensor, "sources ..."]) -> Float[Tensor, "targets ..."]:
        """Returns the weighted sum over each target's sources, sum_s A[t, s] x_s."""
        matrix = self.adjacency64 if values.dtype == torch.float64 else self.adjacency
        return (matrix @ values.flatten(1) if values.dim() > 1 else matrix @ values).reshape(
            self.targets, *values.shape[1:]
        )

    def in_columns(self, values: Float[Tensor, "sources ..."]) -> Float[Tensor, "targets ..."]:
        """Returns `total`, each row summed as it would be with other rows beside it, or none.

        The product with one vector may round a row in another way if other rows are asked for.
        """
        return self.total(values.reshape(len(values), -1)).view(-1, *values.shape[1:])

    def strength(self, dtype: torch.dtype) -> Float[Tensor, " targets"]:
        """Returns the sum of the weights into each target, kept for the next step."""
        return self._strength64 if dtype == torch.float64 else self._strength

    @cached_property
    def _strength(self) -> Tensor:
        return self.total(torch.ones(self.sources, device=self.source.device))

    @cached_property
    def _strength64(self) -> Tensor:
        ones = torch.ones(self.sources, dtype=torch.float64, device=self.source.device)
        return self.total(ones)

    @cached_property
    def unsigned(self) -> "Edges":
        """Returns the edges with the sizes of their weights, signs left out."""
        return self if self.weight is None else replace(self, weight=self.weight.abs())

    def mean(self, values: Float[Tensor, "sources ..."]) -> Float[Tensor, "targets ..."]:
        """Returns the weighted mean over each target's sources; 0 where there is none."""
        strength = self.strength(values.dtype)
        safe = torch.where(strength == 0, torch.ones_like(strength), strength)
        return self.total(values) / safe.view(-1, *[1] * (values.dim() - 1))

    def among(self, kept: Bool[Tensor, " edges"]) -> "Edges":
        """Returns the chosen edges alone, between the same agents."""
        many = torch.zeros(self.count + 1, dtype=torch.int32, device=kept.device)
        many[1:] = kept.cumsum(0)
        return Edges(
            many[self.pointer.long()],
            self.source[kept],
            self.sources,
            None if self.weight is None else self.weight[kept],
            {name: column[kept] for name, column in self.attributes.items()},
            self.between,
        )

    @property
    def ends(self) -> tuple[str, str]:
        """Returns the names of the populations at the source end and at the target end."""
        assert self.between is not None, "edges of a world name their two ends"
        return self.between

    def into(self, targets: Int[Tensor, " chosen"]) -> "Edges":
        """Returns the edges into the chosen targets alone: row k is the k-th of them."""
        lengths = self.in_degree[targets]
        pointer = torch.zeros(len(targets) + 1, dtype=torch.int32, device=self.source.device)
        pointer[1:] = lengths.cumsum(0)
        first = self.pointer[targets].long().repeat_interleave(lengths)
        chosen = first + torch.arange(len(first), device=first.device)
        chosen = chosen - pointer[:-1].long().repeat_interleave(lengths)
        return replace(
            self,
            pointer=pointer,
            source=self.source[chosen],
            weight=None if self.weight is None else self.weight[chosen],
            attributes={name: column[chosen] for name, column in self.attributes.items()},
        )


def pair_keys(
    major: Int[Tensor, " pairs"], minor: Int[Tensor, " pairs"], many: int
) -> Int[Tensor, " pairs"]:
    """Returns major * many + minor as int64, with no memory for anything else."""
    keys = major.to(torch.int64, copy=True).mul_(many)
    for some, own in zip(keys.split(AT_ONCE), minor.split(AT_ONCE), strict=True):
        some.add_(own)
    return keys


def sorted_keys(keys: Int[Tensor, " keys"]) -> Int[Tensor, " keys"]:
    """Sorts keys, in place on a CPU: NumPy needs no memory for it, and no order of their places."""
    if keys.device.type != "cpu":
        return keys.sort().values
    keys.numpy().sort()
    return keys


def minus_laplacian(edges: Edges, dtype: torch.dtype) -> Tensor:
    """Returns A - D as sparse rows, each row's own entry first."""
    each = torch.arange(edges.targets, dtype=torch.int32, device=edges.source.device)
    pointer = edges.pointer + torch.cat([each, each.new_full((1,), edges.targets)])
    own = pointer[:-1].long()
    place = torch.arange(1, edges.count + 1, device=own.device).add_(edges.target)
    source = edges.source.new_empty(edges.count + edges.targets)
    values = torch.empty(len(source), dtype=dtype, device=own.device)
    source[own], values[own] = each, -edges.strength(dtype)
    source[place], values[place] = edges.source, edges.weights(dtype)
    return sparse_rows(pointer, source, values, edges.sources)


def sparse_rows(pointer: Tensor, source: Tensor, values: Tensor, columns: int) -> Tensor:
    """Returns a CSR matrix on the given rows (int32 indices: a third faster than int64)."""
    return torch.sparse_csr_tensor(pointer, source, values, size=(len(pointer) - 1, columns))


with warnings.catch_warnings():
    # PyTorch says once a process that sparse rows are in beta: here, and not in a user's run.
    warnings.simplefilter("ignore")
    sparse_rows(torch.zeros(1, dtype=torch.int32), torch.zeros(0), torch.zeros(0), 0)
