"""The free category of a typed graph: agents are objects, typed paths are morphisms."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from netware.errors import ScenarioError, ShapeError
from netware.graphs.networkx import TypedGraph


IDENTITY = "identity"


@dataclass(frozen=True)
class Composition:
    """What two relations in a row amount to: type then type -> type.

    A pair that is not listed does not compose (a friend of a friend need not be a friend). What
    comes out may not depend on the brackets, so (a then b) then c and a then (b then c) are the
    same type, or are both nothing; a table for which that fails is refused.

    Args:
        table: For each pair (first, then) that composes, the type of the whole.
    """

    table: Mapping[tuple[str, str], str]

    def __post_init__(self):
        """Refuses a table that depends on brackets."""
        for first, second, third in product(self.types, repeat=3):
            one = self.then(self.then(first, second), third)
            other = self.then(first, self.then(second, third))
            if one != other:
                raise ScenarioError(
                    "composition table",
                    found=f"({first} then {second}) then {third} is {one or 'nothing'}, "
                    f"{first} then ({second} then {third}) is {other or 'nothing'}",
                    expected="the same type for both, or nothing for both",
                    fix=f"change what '{first}', '{second}' and '{third}' compose to",
                )

    @cached_property
    def types(self) -> tuple[str, ...]:
        """Lists every type that the table names."""
        named = (word for pair, whole in self.table.items() for word in (*pair, whole))
        return tuple(dict.fromkeys(named))

    def then(self, first: str | None, second: str | None) -> str | None:
        """Returns the type of `first` and then `second`, or None if they do not compose."""
        if first is None or second is None:
            return None
        if IDENTITY in (first, second):
            return second if first == IDENTITY else first
        return self.table.get((first, second))


@dataclass(frozen=True)
class Arrow:
    """One edge: an agent, the relation it stands in, and to which.

    Args:
        source: Where it starts.
        target: Where it ends.
        relation: Type of the edge.
        number: Tells edges of one type between the same two agents apart.
    """

    source: Hashable
    target: Hashable
    relation: str
    number: int = 0


@dataclass(frozen=True)
class Path:
    """A morphism: edges in a row, none for an identity.

    Args:
        source: Where it starts.
        target: Where it ends.
        arrows: Its edges, the first to be walked first.
        relation: Its type: `identity`, what the table makes of the edges' types, or without a
            table these types in a row.
    """

    source: Hashable
    target: Hashable
    arrows: tuple[Arrow, ...] = ()
    relation: str = IDENTITY


@dataclass(frozen=True)
class FreeCategory:
    """All paths of a typed graph, with what composes and what does not.

    Without a table every two paths that meet compose: the free category of the graph. With a
    table, paths whose types do not compose count as no path at all (the zero of the category), and
    asking for one is an error.

    In a free category only identities can be undone, so that no two agents are isomorphic: paths
    keep the names of the agents they pass. Agents are alike once names are forgotten and types
    are kept; `netware.graphs.refinement` finds them.

    Args:
        objects: The agents.
        arrows: The edges.
        composition: What relations in a row amount to, or None where every word is a type.

    Source: Leinster (2014), Basic Category Theory, Cambridge University Press, arXiv:1612.09375,
    section 1.1; Mac Lane (1998), Categories for the Working Mathematician, section II.7.
    Departs from it: a composition table may forbid paths.
    """

    objects: tuple[Hashable, ...]
    arrows: tuple[Arrow, ...]
    composition: Composition | None = None

    def __post_init__(self):
        """Refuses edges from or to no object."""
        for arrow in self.arrows:
            for end in (arrow.source, arrow.target):
                if end not in self.leaving:
                    raise ShapeError(
                        "category",
                        found=f"an edge '{arrow.relation}' at {end}, which is no object",
                        expected=f"ends among the {len(self.leaving)} objects",
                        fix="list every agent as an object",
                    )

    @cached_property
    def leaving(self) -> dict[Hashable, list[Arrow]]:
        """Lists the edges from each object."""
        found: dict[Hashable, list[Arrow]] = {name: [] for name in self.objects}
        for arrow in self.arrows:
            found.get(arrow.source, []).append(arrow)
        return found

    @classmethod
    def of(cls, graph: TypedGraph, composition: Composition | None = None) -> "FreeCategory":
        """Returns the category of a typed graph, such as `world.graph()` gives."""
        numbers: dict[tuple[Hashable, Hashable, str], int] = {}
        arrows = []
        for source, target, relation in graph.edges(keys=True):
            number = numbers.get((source, target, str(relation)), 0)
            numbers[source, target, str(relation)] = number + 1
            arrows.append(Arrow(source, target, str(relation), number))
        return cls(tuple(graph.nodes), tuple(arrows), composition)

    def identity(self, of: Hashable) -> Path:
        """Returns the path that stays where it is."""
        return Path(of, of)

    def path(self, arrow: Arrow) -> Path:
        """Returns the path of one edge."""
        return Path(arrow.source, arrow.target, (arrow,), arrow.relation)

    def then(self, first: str, second: str) -> str | None:
        """Returns the type of two types in a row, or None if they do not compose."""
        if self.composition is not None:
            return self.composition.then(first, second)
        return " ".join(word for word in (first, second) if word != IDENTITY) or IDENTITY

    def compose(self, after: Path, before: Path) -> Path:
        """Returns after o before: walks `before`, then `after`."""
        if before.target != after.source:
            raise ShapeError(
                "category: composition",
                found=f"a path to {before.target}, then one from {after.source}",
                expected=f"a second path that starts at {before.target}",
                fix="compose paths that meet",
            )
        whole = self.then(before.relation, after.relation)
        if whole is None:
            raise ShapeError(
                "category: composition",
                found=f"'{before.relation}' then '{after.relation}', which do not compose",
                expected=f"'{before.relation}' then {self.followers(before.relation)}",
                fix=f"give the table an entry for ({before.relation}, {after.relation})",
            )
        return Path(before.source, after.target, (*before.arrows, *after.arrows), whole)

    def followers(self, relation: str) -> str:
        """Names the types that compose with a type before them."""
        table = self.composition.table if self.composition else {}
        return ", ".join(sorted(then for first, then in table if first == relation)) or "nothing"

    def hom(self, source: Hashable, target: Hashable, longest: int) -> tuple[Path, ...]:
        """Returns Hom(source, target): all paths of at most `longest` edges, the shortest first."""
        return tuple(path for path in self.paths(source, longest) if path.target == target)

    def paths(self, source: Hashable, longest: int) -> tuple[Path, ...]:
        """Returns all paths of at most `longest` edges from one object, the shortest first.

        A path whose beginning does not compose does not compose either, so each step goes on only
        from what the last one left.
        """
        found = reached = [self.identity(source)]
        for _ in range(longest):
            reached = [
                self.compose(self.path(arrow), path)
                for path in reached
                for arrow in self.leaving[path.target]
                if self.then(path.relation, arrow.relation) is not None
            ]
            found = found + reached
            if not reached:
                break
        return tuple(found)
