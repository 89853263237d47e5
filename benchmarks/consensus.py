"""Average consensus: netware's rule against loops over NetworkX and Mesa, and the bare product.

A step is x <- x + gain sum_j a_ij (x_j - x_i) on a random graph of mean degree 10, with one number
an agent (d = 1) or 16. Targets at 100 000 agents: 500 times the loops, and within 1.2 times one
`torch.mm` with everything folded into one CSR matrix with int32 indices. The first step of each
contender must be that of a plain loop over agents, in float64.
"""

from functools import partial

import mesa
import networkx
import torch
from timing import arguments, must, must_agree, seconds, written
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.edges import Edges, sparse_rows
from netware.graphs.topologies.erdos_renyi import ErdosRenyi
from netware.population import Population
from netware.process.settings import keep_freed_memory
from netware.relations.association import Association
from netware.rules.base import Acting
from netware.rules.consensus.average_consensus import AverageConsensus
from netware.world import World


GAIN = 0.01
SIZES = (10_000, 100_000, 1_000_000)
FEW, TOLERANCE = 1_000, 1e-6


class Netware:
    """Lets all agents agree by netware's rule."""

    def __init__(self, agents: int, numbers: int):
        draws = Draws.of(1)
        x = draws.stream(Purpose.STATE, "x", agents).uniform(size=(numbers,))
        people = {"people": Population("people", agents, state={"output": x})}
        graph = Association(("people", "people"), ErdosRenyi(mean_degree=10.0))
        self.edges = graph.connect(World(draws, people), "talks")
        self.world = World(draws, people, edges={"talks": self.edges})
        self.rule = AverageConsensus("people", "talks", gain=GAIN)

    @property
    def x(self) -> Tensor:
        return self.world["people"]["output"]

    def step(self) -> None:
        self.world = self.rule.apply(self.world, Acting("agree")).advanced()

    @property
    def steps(self) -> int:
        return self.world.step


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
        self.x, self.next, self.steps = x.clone(), torch.empty_like(x), 0

    def step(self) -> None:
        self.steps += 1
        torch.mm(self.matrix, self.x, out=self.next)
        self.x, self.next = self.next, self.x


class NetworkXLoop:
    """Goes over the nodes of a graph and their neighbours, states in a dict."""

    def __init__(self, edges: Edges, x: Tensor):
        self.graph = networkx.Graph()
        self.graph.add_nodes_from(range(edges.targets))
        self.graph.add_edges_from(zip(edges.source.tolist(), edges.target.tolist(), strict=True))
        self.state, self.steps = dict(enumerate(x[:, 0].tolist())), 0

    @property
    def x(self) -> Tensor:
        return torch.tensor([self.state[i] for i in range(len(self.state))])[:, None]

    def step(self) -> None:
        x, self.steps = self.state, self.steps + 1
        self.state = {
            i: own + GAIN * sum(x[j] - own for j in self.graph[i]) for i, own in x.items()
        }


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
        self.people, self.steps = people, 0
        for source, target in zip(edges.source.tolist(), edges.target.tolist(), strict=True):
            people[target].known.append(people[source])

    @property
    def x(self) -> Tensor:
        return torch.tensor([person.x for person in self.people])[:, None]

    def step(self) -> None:
        self.steps += 1
        self.model.agents.do("look")
        self.model.agents.do("move")


Contender = Netware | Product | NetworkXLoop | MesaLoop


def moved(edges: Edges, x: Tensor, those: range) -> Tensor:
    """Returns by how much some agents move in a step, by a loop over them, in float64."""
    rows, found = x.double(), []
    for agent in those:
        near = edges.source[edges.pointer[agent] : edges.pointer[agent + 1]].long()
        found.append(GAIN * (rows[near] - rows[agent]).sum(0))
    return torch.stack(found)


def must_step(contenders: dict[str, Contender], edges: Edges) -> None:
    """Lets each contender take a step, which must be right and, as far as rounding, the same."""
    agents = edges.targets
    those, x = range(0, agents, max(1, agents // FEW)), contenders["netware"].x
    move = moved(edges, x, those)
    must("agents have somebody to move to", float((move != 0).double().mean()) > 0.9)
    for name, one in contenders.items():
        must(f"{name} begins where netware does", torch.equal(one.x, x))
        one.step()
        must(f"{name} has done a step", one.steps == 1)
        step = one.x.double() - x.double()
        # Rounding is that of the state, which a step changes by some hundredths.
        must_agree(f"steps of {name}", step[list(those)], move, TOLERANCE / GAIN)
        must_agree(f"states of {name}", one.x, contenders["netware"].x, TOLERANCE)


def timed(contenders: dict[str, Contender], repeats: int, threads: int) -> dict[str, float]:
    """Returns the time of a step of each contender, and holds each to the steps asked for."""
    steps = {name: partial(getattr, one, "steps") for name, one in contenders.items()}
    return seconds({name: one.step for name, one in contenders.items()}, repeats, threads, steps)


def measured(agents: int, numbers: int, loops: bool, quick: bool, threads: int) -> dict[str, float]:
    own = Netware(agents, numbers)
    fast: dict[str, Contender] = {"netware": own, "torch.mm": Product(own.edges, own.x)}
    slow: dict[str, Contender] = {}
    if loops:
        slow = {
            "networkx": NetworkXLoop(own.edges, own.x),
            "mesa": MesaLoop(own.edges, own.x),
        }
    must_step(fast | slow, own.edges)
    times = timed(fast, 5 if quick or agents >= 10**6 else 21, threads)
    return times | (timed(slow, 1 if agents > 10**4 else 3, threads) if slow else {})


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
