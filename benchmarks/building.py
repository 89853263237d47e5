"""Building graphs: a million agents with ten million edges, links and sorted rows together.

Targets: 10 seconds and three times the bytes of the arrays that are kept, which are counted as
source, target and pointer in int32. Each graph is built in a process of its own; memory is the
most that it ever held above what it held before. A graph must have as many edges as it should, each
with its edge back, once, between different agents; rings and grids those that they are defined by.
"""

import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import torch
from timing import arguments, must, written

from netware.draws import Draws
from netware.edges import Edges
from netware.graphs.topologies.barabasi_albert import BarabasiAlbert
from netware.graphs.topologies.erdos_renyi import ErdosRenyi
from netware.graphs.topologies.grid import Grid
from netware.graphs.topologies.random_geometric import RandomGeometric
from netware.graphs.topologies.ring import Ring
from netware.graphs.topologies.watts_strogatz import WattsStrogatz
from netware.graphs.topology import AbstractTopology
from netware.population import Population
from netware.relations.association import Association
from netware.world import World


TOPOLOGIES: dict[str, AbstractTopology] = {
    "ring": Ring(10),
    "watts_strogatz": WattsStrogatz(10, 0.1),
    "erdos_renyi": ErdosRenyi(mean_degree=10.0),
    "barabasi_albert": BarabasiAlbert(5),
    "random_geometric": RandomGeometric(mean_degree=10.0),
    "grid": Grid(neighbors="moore"),
}


DEGREES = {**dict.fromkeys(TOPOLOGIES, 10.0), "grid": 8.0}


def most_held() -> int:
    """Returns the most memory that this process has held. [byte]"""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def built(name: str, agents: int, threads: int) -> dict[str, float]:
    """Builds one graph; a small one first, so that what is loaded once is not counted."""
    torch.set_num_threads(threads)

    def connect(many: int):
        people = {"people": Population("people", many)}
        relation = Association(("people", "people"), TOPOLOGIES[name])
        return relation.connect(World(Draws.of(1), people), "knows")

    connect(10_000)
    before, start = most_held(), time.perf_counter()
    edges = connect(agents)
    seconds, held = time.perf_counter() - start, most_held() - before
    must_be_built(name, edges, agents)
    kept = 4 * (2 * edges.count + edges.targets + 1)
    return {
        "edges": edges.count,
        "seconds": seconds,
        "bytes": held,
        "times_the_arrays": held / kept,
    }


def must_be_built(name: str, edges: Edges, agents: int) -> None:
    """Holds a graph to its number of edges, each of them both ways, once, between two agents."""
    source, target = edges.source.long(), edges.target.long()
    must(f"{name} has {agents} agents", edges.targets == edges.sources == agents)
    key = target * agents + source
    must(f"{name} has its rows in order, each edge once", bool((key[1:] > key[:-1]).all()))
    must(f"{name} has no loops", bool((source != target).all()))
    back = (source * agents + target).sort().values
    must(f"{name} has each edge both ways", torch.equal(back, key))
    mean, expected = edges.count / agents, DEGREES[name]
    must(f"{name} has {expected} edges an agent, not {mean:.3f}", abs(mean / expected - 1) < 0.02)
    if name == "ring":
        near = torch.tensor([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5])
        each = torch.arange(agents)[:, None]
        beside = ((each + near) % agents).sort(1).values
        must("a ring joins the five on either side", torch.equal(source.view(-1, 10), beside))
    if name == "grid":
        side = round(agents**0.5)
        apart = (source // side - target // side, source % side - target % side)
        steps = torch.stack([(way + 1) % side for way in apart])
        must("a grid joins the eight around", bool((steps <= 2).all()))
        must("each of the eight", bool((edges.in_degree == 8).all()))


def main() -> None:
    options = arguments(__doc__ or "").parse_args()
    agents = 10**4 * (4 if options.quick else 100)
    figures = {}
    print(f"Building {agents:,} agents with their edges, {options.threads} threads:")
    for name in TOPOLOGIES:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            found = apart.submit(built, name, agents, options.threads).result()
        figures[name] = found
        print(
            f"  {name:17} {found['edges']:11,.0f} edges {found['seconds']:7.2f} s "
            f"{found['bytes'] / 1e6:7.0f} MB, {found['times_the_arrays']:4.1f} x the arrays"
        )
    written(options.out, {"threads": options.threads, "agents": agents, "building": figures})


if __name__ == "__main__":
    main()
