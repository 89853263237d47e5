"""The typed graph that a run ends with: `relations.graphml`, which other tools open.

Written from columns, without a graph of Python objects in between: 100,000 agents and a million
edges take 2.6 s and 0.6 GB, and 25 s and 2.4 GB by way of networkx and its writer.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import torch
from torch import Tensor

from netware.edges import Edges
from netware.graphs.names import Names
from netware.population import ALIVE, IDENTITY, Population
from netware.record.files import remove, write_atomically
from netware.record.run_folder import RunFolder
from netware.simulation.plan import Plan
from netware.world import World


GRAPH = "relations.graphml"
MOST = 100_000
MOST_AXES = 3
OWN_MARK = "."
KINDS = ("boolean", "long", "double")
NAMESPACE = "http://graphml.graphdrawing.org/xmlns"

Wanted = Literal["auto", "always", "never"]


@dataclass(frozen=True)
class Column:
    """One attribute of nodes or edges: its type in GraphML, and a value for each.

    Args:
        kind: `boolean`, `long` or `double`.
        values: One number for each node or edge.
    """

    kind: str
    values: np.ndarray

    def texts(self, kind: str) -> list[str]:
        """Writes every value as a type no narrower than its own; nothing for what is not finite."""
        if kind == "boolean":
            return ["true" if value else "false" for value in self.values.tolist()]
        if kind == "long":
            return [str(value) for value in self.values.astype(np.int64).tolist()]
        floats = self.values if self.kind == "double" else self.values.astype(np.float64)
        shortest = floats.astype(str).tolist()
        return [
            text if finite else ""
            for text, finite in zip(shortest, np.isfinite(floats).tolist(), strict=True)
        ]


def keep(
    folder: RunFolder,
    world: World,
    types: Mapping[str, str],
    wanted: Wanted,
    plan: Plan,
) -> None:
    """Writes the graph of replica 0 into the run folder, or says in its log why not.

    Args:
        folder: The run folder.
        world: The world as it ended.
        types: Type of each relation, by the relation's name.
        wanted: `auto` unless it is large or there are no relations, `always` or `never`.
        plan: What is defined for the step that would follow, whose edges are those written.
    """
    place, found_again = folder.path / GRAPH, plan.found_again(world.step)
    reason = left_out(world, wanted, [name for name in world.edges if name not in found_again])
    if not reason:
        world = plan.with_found(world)
        reason = left_out(world, wanted, world.edges)
    if not reason:
        write_atomically(place, graphml(world, types))
        return
    folder.log(f"{GRAPH} is not written: {reason}")
    if place.exists():
        remove(place)


def left_out(world: World, wanted: Wanted, counted: Iterable[str]) -> str:
    """Says why the graph with these relations is not to be written; nothing if it is."""
    if wanted == "always":
        return ""
    if wanted == "never":
        return "the scenario says 'record: {graph: never}'"
    if not world.edges:
        return "the scenario has no relations"
    agents = {name: population.agents for name, population in world.populations.items()}
    targets = {name: agents[world.edges[name].ends[1]] for name in counted}
    edges = sum(len(own(world.edges[name], many, 0)[0]) for name, many in targets.items())
    if sum(agents.values()) + edges <= MOST:
        return ""
    return (
        f"it has {sum(agents.values()):,} agents and {edges:,} edges, more than {MOST:,} in all; "
        "'record: {graph: always}' writes it all the same"
    )


def graphml(world: World, types: Mapping[str, str], replica: int = 0) -> bytes:
    """Returns one replica as GraphML: agents as nodes, relations as keys of directed edges.

    Nodes have `population`, `id` and `label`, and `state.x` for each column of one number, as
    well as `state.position.0` and so on. Edges have `key` (the relation), `type`, `weight` and
    what else the relation gives each. Nodes come in the order of populations and ids, edges in
    that of relations, targets and sources; who is not alive is left out, with all edges.
    """
    there = {name: ids(one, replica) for name, one in world.populations.items()}
    held = {name: state_of(one, replica) for name, one in world.populations.items()}
    ends = {name: edges.ends for name, edges in world.edges.items()}
    given = {
        name: numbers_of(world.edges[name], len(there[to]), replica)
        for name, (_, to) in ends.items()
    }
    node, edge = kinds(held.values()), kinds(given.values())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<graphml xmlns="{NAMESPACE}">',
        *(key("graph", name, kind) for name, kind in ABOUT.items()),
        *(key("node", name, kind) for name, kind in (NODE | node).items()),
        *(key("edge", name, kind) for name, kind in (EDGE | edge).items()),
        '<graph id="relations" edgedefault="directed">',
        datum("graph", "step", str(world.step)),
        datum("graph", "time", str(world.time)),
        datum("graph", "replica", str(replica)),
    ]
    for name, columns in held.items():
        lines += nodes(name, there[name], written(columns, node), world[name].who)
    for name, (first, second) in ends.items():
        source, target = own(world.edges[name], len(there[second]), replica)
        froms = [there[first][place] for place in (source % len(there[first])).tolist()]
        tos = [there[second][place] for place in (target % len(there[second])).tolist()]
        named = datum("edge", "key", name) + datum("edge", "type", types[name])
        lines += links((first, froms), (second, tos), named, written(given[name], edge))
    return "\n".join([*lines, "</graph>", "</graphml>", ""]).encode()


ABOUT = {"step": "long", "time": "double", "replica": "long"}
NODE = {"population": "string", "id": "long", "label": "string"}
EDGE = {"key": "string", "type": "string"}


def key(what: str, name: str, kind: str) -> str:
    """Declares an attribute."""
    named = f"id={quoteattr(f'{what}.{name}')} for={quoteattr(what)} attr.name={quoteattr(name)}"
    return f"<key {named} attr.type={quoteattr(kind)}/>"


def datum(what: str, name: str, text: str) -> str:
    """Writes one value of an attribute; nothing for an empty one."""
    return f"<data key={quoteattr(f'{what}.{name}')}>{escape(text)}</data>" if text else ""


def nodes(
    name: str, there: list[int | None], texts: Mapping[str, list[str]], who: Names | None = None
) -> Iterator[str]:
    """Writes the agents of a population, whose ids are given in the order of their places.

    An agent that a file of the scenario names has that name as its label.
    """
    population = datum("node", "population", name)
    shown = (who.shown if who else None) or ()
    for place, id in enumerate(there):
        if id is not None:
            label = (shown[id] if id < len(shown) else None) or f"{name} {id}"
            own = datum("node", "id", str(id)) + datum("node", "label", label)
            numbers = "".join(datum("node", one, values[place]) for one, values in texts.items())
            yield f'<node id="{name}.{id}">{population}{own}{numbers}</node>'


def links(
    sources: tuple[str, list[int | None]],
    targets: tuple[str, list[int | None]],
    named: str,
    texts: Mapping[str, list[str]],
) -> Iterator[str]:
    """Writes the edges of a relation from and to agents of these populations and ids."""
    pairs = zip(sources[1], targets[1], strict=True)
    for place, (one, other) in enumerate(pairs):
        if one is not None and other is not None:
            numbers = "".join(datum("edge", name, values[place]) for name, values in texts.items())
            ends = f'source="{sources[0]}.{one}" target="{targets[0]}.{other}"'
            yield f"<edge {ends}>{named}{numbers}</edge>"


def ids(population: Population, replica: int) -> list[int | None]:
    """Returns the id of who is at each place of a replica, or None where no agent is alive."""
    alive, identity = population.alive, population.identity
    if alive is None or identity is None:
        return list(range(population.agents))
    living, who = (population.per_replica(one)[replica].tolist() for one in (alive, identity))
    return [id if there else None for there, id in zip(living, who, strict=True)]


def own(edges: Edges, targets: int, replica: int) -> tuple[Tensor, Tensor]:
    """Returns sources and targets of the edges of one replica with so many targets."""
    start, end = (int(edges.pointer[(replica + more) * targets]) for more in (0, 1))
    return edges.source[start:end], edges.target[start:end]


def numbers_of(edges: Edges, targets: int, replica: int) -> dict[str, Column]:
    """Returns the weight of each edge of one replica, and its attributes of one number."""
    start, end = (int(edges.pointer[(replica + more) * targets]) for more in (0, 1))
    dtype = torch.float32 if edges.weight is None else edges.weight.dtype
    named = {
        name: values for name, values in edges.attributes.items() if name not in (*EDGE, "weight")
    }
    named = {"weight": edges.weights(dtype), **named}
    return {name: column(values[start:end]) for name, values in named.items() if values.dim() == 1}


def state_of(population: Population, replica: int) -> dict[str, Column]:
    """Returns the columns of state of one number, and the axes of the position, of one replica.

    Columns whose name has a dot belong to a rule or an optimiser, and are left out.
    """
    found: dict[str, Column] = {}
    for name, values in population.state.items():
        if OWN_MARK in name or name in (ALIVE, IDENTITY) or not values.numel():
            continue
        here = population.per_replica(values.detach())[replica].reshape(population.agents, -1)
        if here.shape[1] == 1 and name != "position":
            found[f"state.{name}"] = column(here[:, 0])
        elif name == "position" and here.shape[1] <= MOST_AXES:
            found |= {
                f"state.{name}.{axis}": column(here[:, axis]) for axis in range(here.shape[1])
            }
    return found


def column(values: Tensor) -> Column:
    """Brings one number for each node or edge to the host."""
    if values.is_floating_point():
        wide = values.dtype if values.dtype in (torch.float32, torch.float64) else torch.float32
        return Column("double", values.to(wide).cpu().numpy())
    kind = "boolean" if values.dtype == torch.bool else "long"
    return Column(kind, values.cpu().numpy())


def written(columns: Mapping[str, Column], kind: Mapping[str, str]) -> dict[str, list[str]]:
    """Writes the values of every column as text."""
    return {name: one.texts(kind[name]) for name, one in columns.items()}


def kinds(groups: Iterable[Mapping[str, Column]]) -> dict[str, str]:
    """Returns the widest type that each attribute has in any of the groups."""
    found: dict[str, str] = {}
    for group in groups:
        for name, one in group.items():
            found[name] = max(found.get(name, KINDS[0]), one.kind, key=KINDS.index)
    return found
