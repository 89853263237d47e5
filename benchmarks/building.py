"""Building graphs: a million agents with ten million edges, links and sorted rows together.

Targets: 10 seconds and three times the bytes of the arrays that are kept, which are counted as
source, target and pointer in int32. Each graph is built in a process of its own; memory is the
most that it ever held above what it held before.
"""

import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import torch
from timing import arguments, written

from netware.draws import Draws
from netware.population import Population
from netware.relations.association import Association
from netware.relations.base import Setting
from netware.relations.topologies.barabasi_albert import BarabasiAlbert
from netware.relations.topologies.erdos_renyi import ErdosRenyi
from netware.relations.topologies.grid import Grid
from netware.relations.topologies.random_geometric import RandomGeometric
from netware.relations.topologies.ring import Ring
from netware.relations.topologies.watts_strogatz import WattsStrogatz
from netware.relations.topology import AbstractTopology


TOPOLOGIES: dict[str, AbstractTopology] = {
    "ring": Ring(10),
    "watts_strogatz": WattsStrogatz(10, 0.1),
    "erdos_renyi": ErdosRenyi(mean_degree=10.0),
    "barabasi_albert": BarabasiAlbert(5),
    "random_geometric": RandomGeometric(mean_degree=10.0),
    "grid": Grid(neighbors="moore"),
}


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
        return relation.connect(Setting("knows", people, None, Draws.of(1)))

    connect(10_000)
    before, start = most_held(), time.perf_counter()
    edges = connect(agents)
    seconds = time.perf_counter() - start
    kept = 4 * (2 * edges.count + edges.targets + 1)
    return {
        "edges": edges.count,
        "seconds": seconds,
        "bytes": most_held() - before,
        "times_the_arrays": (most_held() - before) / kept,
    }


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
