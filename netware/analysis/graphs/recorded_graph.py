"""The typed graph that a run ended with, as recorded in `relations.graphml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from netware.errors import ScenarioError
from netware.record.reader import Run, broken


GRAPH = "relations.graphml"
TAG = "{http://graphml.graphdrawing.org/xmlns}"
AXES = ("state.position.0", "state.position.1")


@dataclass(frozen=True)
class Relations:
    """Agents and edges of one replica.

    Args:
        populations: Names of the populations.
        population: Which of them each agent belongs to.
        label: What each agent is called.
        position: First two coordinates of each agent, nan where it has none. [length]
        relations: Names of the relations.
        types: Type of each relation.
        relation: Which of them each edge belongs to.
        source: Agent at the beginning of each edge, as a place in `population`.
        target: Agent at its end.
        weight: Weight of each edge.
        step: Step at which it was written down.
    """

    populations: tuple[str, ...]
    population: np.ndarray
    label: tuple[str, ...]
    position: np.ndarray
    relations: tuple[str, ...]
    types: tuple[str, ...]
    relation: np.ndarray
    source: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    step: int

    @property
    def agents(self) -> int:
        """Returns the number of agents."""
        return len(self.population)

    @property
    def placed(self) -> bool:
        """Tells whether every agent has a position."""
        return self.agents > 0 and bool(np.isfinite(self.position).all())

    def among(self, agents: np.ndarray) -> "Relations":
        """Returns some agents, in their order, and the edges between them."""
        place = np.full(self.agents, -1)
        place[agents] = np.arange(len(agents))
        kept = (place[self.source] >= 0) & (place[self.target] >= 0)
        return Relations(
            self.populations,
            self.population[agents],
            tuple(self.label[agent] for agent in agents.tolist()),
            self.position[agents],
            self.relations,
            self.types,
            self.relation[kept],
            place[self.source[kept]],
            place[self.target[kept]],
            self.weight[kept],
            self.step,
        )


@dataclass(frozen=True)
class Lines:
    """What is drawn of the edges: one line for each, or for two that say the same both ways.

    Args:
        relation: Relation of each line.
        source: Agent at its beginning.
        target: Agent at its end.
        weight: Its weight.
        both: Whether it holds both ways, with one weight.
        aside: How far it moves aside, where several join the same two agents. [1]
    """

    relation: np.ndarray
    source: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    both: np.ndarray
    aside: np.ndarray


def lines_of(part: Relations) -> Lines:
    """Joins edges that say the same both ways, and sets those of the same two agents apart."""
    many = part.agents + 1
    code, first = np.unique(
        (part.relation * many + part.source) * many + part.target, return_index=True
    )
    relation, source, target, weight = (
        one[first] for one in (part.relation, part.source, part.target, part.weight)
    )
    back = (relation * many + target) * many + source
    place = np.minimum(np.searchsorted(code, back), len(code) - 1)
    same = np.isclose(weight[place], weight, equal_nan=True)
    both = (code[place] == back) & same & (source != target)
    kept = ~both | (source < target)
    relation, source, target, weight, both = (
        one[kept] for one in (relation, source, target, weight, both)
    )
    pair = np.minimum(source, target) * many + np.maximum(source, target)
    _, group, size = np.unique(pair, return_inverse=True, return_counts=True)
    order = np.argsort(pair, kind="stable")
    rank = np.empty(len(pair))
    rank[order] = np.arange(len(pair)) - np.repeat(np.cumsum(size) - size, size)
    aside = rank - (size[group] - 1) / 2
    return Lines(relation, source, target, weight, both, np.where(source <= target, aside, -aside))


def relations(run: Run) -> Relations:
    """Reads the graph of a run, or says why it has none."""
    place = run.path / GRAPH
    if not place.is_file():
        raise without(run)
    try:
        return parsed(place)
    except (ElementTree.ParseError, OSError, KeyError, ValueError) as error:
        raise broken(place, error, "netware resume") from None


def parsed(place: Path) -> Relations:
    """Reads a file as the recorder writes it, one element after another."""
    names: dict[str, str] = {}
    agents: list[tuple[str, dict[str, str]]] = []
    edges: list[tuple[str, str, tuple[str, str], float]] = []
    about: dict[str, str] | None = None
    for _, one in ElementTree.iterparse(place):
        match one.tag.removeprefix(TAG):
            case "key":
                names[one.attrib["id"]] = one.attrib["attr.name"]
            case "node":
                agents.append((one.attrib["id"], data(one, names)))
                one.clear()
            case "edge":
                given = data(one, names)
                kind, weight = (given["key"], given["type"]), float(given.get("weight", "nan"))
                edges.append((one.attrib["source"], one.attrib["target"], kind, weight))
                one.clear()
            case "graph":
                about = data(one, names)
    if about is None:
        raise ValueError("no graph in it")
    number = {agent: place for place, (agent, _) in enumerate(agents)}
    populations = tuple(dict.fromkeys(given["population"] for _, given in agents))
    kinds = {kind: place for place, kind in enumerate(dict.fromkeys(kind for *_, kind, _ in edges))}
    at = [[float(given.get(axis, "nan")) for axis in AXES] for _, given in agents]
    return Relations(
        populations,
        np.array([populations.index(given["population"]) for _, given in agents], dtype=int),
        tuple(given["label"] for _, given in agents),
        np.array(at).reshape(-1, 2),
        tuple(key for key, _ in kinds),
        tuple(kind for _, kind in kinds),
        np.array([kinds[kind] for *_, kind, _ in edges], dtype=int),
        np.array([number[one] for one, *_ in edges], dtype=int),
        np.array([number[other] for _, other, *_ in edges], dtype=int),
        np.array([weight for *_, weight in edges]),
        int(about.get("step", 0)),
    )


def data(element: ElementTree.Element, names: Mapping[str, str]) -> dict[str, str]:
    """Returns the attributes of a graph, a node or an edge, by name."""
    return {names[one.attrib["key"]]: one.text or "" for one in element.findall(f"{TAG}data")}


def without(run: Run) -> ScenarioError:
    """Returns the error for a run without a graph: its log says why, if it came to its end."""
    told = [line for line in log_of(run) if GRAPH in line]
    reason = f": {told[-1].partition(': ')[2]}" if told else ""
    ended = run.status.get("state") == "done"
    fix = "write 'record: {graph: always}' into the scenario and run it again"
    return ScenarioError(
        f"plot {run.path}: graph",
        found=f"no {GRAPH} in it{reason}",
        expected="the typed graph, written at the end of a run whose 'record: graph' allows it",
        fix=fix if ended else f"'netware resume {run.path}' goes on to its end",
    )


def log_of(run: Run) -> list[str]:
    """Returns the lines of a run's log."""
    try:
        return (run.path / "log.txt").read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
