"""Average consensus: netware's rule against loops over NetworkX and Mesa, and the bare product.

A step is x <- x + gain sum_j a_ij (x_j - x_i) on a random graph of mean degree 10, with one number
an agent (d = 1) or 16. Targets at 100 000 agents: 500 times the loops, and within 1.2 times one
`torch.mm` with everything folded into one CSR matrix with int32 indices.
"""

import mesa
import networkx
import torch
from timing import arguments, seconds, written
from torch import Tensor

from netware.allocator import keep_freed_memory
from netware.draws import Draws, Purpose
from netware.population import Population
from netware.relations.association import Association
from netware.relations.base import Setting
from netware.relations.edges import Edges, sparse_rows
from netware.relations.topologies.erdos_renyi import ErdosRenyi
from netware.rules.average_consensus import AverageConsensus
from netware.rules.base import Turn
from netware.world import World


GAIN = 0.01
SIZES = (10_000, 100_000, 1_000_000)


class Netware:
    """Lets all agents agree by netware's rule."""

    def __init__(self, agents: int, numbers: int):
        draws = Draws.of(1)
        x = draws.stream(Purpose.STATE, "x", agents).uniform(size=(numbers,))
        people = {"people": Population("people", agents, state={"output": x})}
        graph = Association(("people", "people"), ErdosRenyi(mean_degree=10.0))
        self.edges = graph.connect(Setting("talks", people, None, draws))
        self.world = World(draws, people, edges={"talks": self.edges})
        self.rule = AverageConsensus("people", "talks", gain=GAIN)

    @property
    def x(self) -> Tensor:
        return self.world["people"]["output"]

    def step(self) -> None:
        self.world = self.rule.apply(self.world, Turn("agree")).advanced()


class Product:
    """Multiplies by I - gain L, made once."""

    def __init__(self, edges: Edges, x: Tensor):
        each, many = torch.arange(edges.targets), edges.targets
        rows = Edges.from_pairs(
            torch.cat([edges.source, each.int()]),
            torch.cat([edges.target, each.int()]),
            many,
            many,
            torch.cat([torch.full((edges.count,), GAIN), 1 - GAIN * edges.in_degree]),
        )
        self.matrix = sparse_rows(rows.pointer, rows.source, rows.weights(x.dtype), many)
        self.x, self.next = x.clone(), torch.empty_like(x)

    def step(self) -> None:
        torch.mm(self.matrix, self.x, out=self.next)
        self.x, self.next = self.next, self.x


class NetworkXLoop:
    """Goes over the nodes of a graph and their neighbours, states in a dict."""

    def __init__(self, edges: Edges, x: Tensor):
        self.graph = networkx.Graph()
        self.graph.add_nodes_from(range(edges.targets))
        self.graph.add_edges_from(zip(edges.source.tolist(), edges.target.tolist(), strict=True))
        self.x = dict(enumerate(x[:, 0].tolist()))

    def step(self) -> None:
        x = self.x
        self.x = {i: own + GAIN * sum(x[j] - own for j in self.graph[i]) for i, own in x.items()}


class Person(mesa.Agent):
    """An agent of the Mesa loop: first all look around, then all move."""

    def __init__(self, model: mesa.Model, x: float):
        super().__init__(model)
        self.x, self.next, self.known = x, x, []

    def look(self) -> None:
        self.next = self.x + GAIN * sum(other.x - self.x for other in self.known)

    def move(self) -> None:
        self.x = self.next


class MesaLoop:
    """Asks one agent after another."""

    def __init__(self, edges: Edges, x: Tensor):
        self.model = mesa.Model(seed=1)
        people = [Person(self.model, own) for own in x[:, 0].tolist()]
        for source, target in zip(edges.source.tolist(), edges.target.tolist(), strict=True):
            people[target].known.append(people[source])

    def step(self) -> None:
        self.model.agents.do("look")
        self.model.agents.do("move")


def measured(agents: int, numbers: int, loops: bool, quick: bool, threads: int) -> dict[str, float]:
    own = Netware(agents, numbers)
    repeats = 5 if quick or agents >= 10**6 else 21
    times = seconds(
        {"netware": own.step, "torch.mm": Product(own.edges, own.x).step}, repeats, threads
    )
    if loops:
        slow = {
            "networkx": NetworkXLoop(own.edges, own.x).step,
            "mesa": MesaLoop(own.edges, own.x).step,
        }
        times |= seconds(slow, 1 if agents > 10**4 else 3, threads)
    return times


def main() -> None:
    options = arguments(__doc__ or "").parse_args()
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    figures = {}
    print(f"Consensus, milliseconds per step, {options.threads} threads:")
    for agents in SIZES[:2] if options.quick else SIZES:
        for numbers in (1, 16):
            loops = numbers == 1 and agents <= (10**4 if options.quick else 10**5)
            times = measured(agents, numbers, loops, options.quick, options.threads)
            figures[f"{agents}, d = {numbers}"] = times
            own = times["netware"]
            others = "".join(
                f"   {name} {taken * 1e3:9.3f} ({taken / own:7.2f} x)"
                for name, taken in times.items()
                if name != "netware"
            )
            print(f"  {agents:9,} agents, d = {numbers:2}: netware {own * 1e3:8.3f}{others}")
    written(options.out, {"threads": options.threads, "seconds_per_step": figures})


if __name__ == "__main__":
    main()
