"""Forward passes of many small networks with weights of their own: netware against a Mesa loop.

netware is a whole step in which agents think, of one sample each, and nothing else happens (for
hopfield: five updates of the recall rule). Mesa is `model.agents.do("step")` over agents that each
hold an nn.Module, vmap is `stack_module_state` with `vmap`. All have the same weights, and must
give the same outputs. Targets: the multilayer net 100 times Mesa at 1000 agents and 60 times at
10 000 and over, at 40 % of the bandwidth of a copy or more; the URN 13 times, at 20 % of the time
that one read of its weights takes; hopfield with 10 patterns 10 times.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import mesa
import torch
from timing import arguments, must, must_agree, seconds, written
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from netware.draws import Draws, Purpose
from netware.models.base import AbstractModel
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.population import Population
from netware.process.settings import keep_freed_memory
from netware.rules.base import Acting
from netware.rules.memory.recall import Recall
from netware.simulation.plan import Plan
from netware.simulation.schedule import Schedule
from netware.world import World


UPDATES = 5
MODELS: dict[str, tuple[AbstractModel, int]] = {
    "multilayer": (Multilayer(16, 16, (32,)), 1),
    "urn": (Urn(4, 4, 64, iterations=4), 1),
    "hopfield": (Hopfield(128, 10), 2 * UPDATES),
}
SIZES = {
    "multilayer": (100, 1_000, 10_000, 100_000),
    "urn": (100, 1_000, 10_000),
    "hopfield": (100, 1_000, 5_000),
}
MOST_MODULES = 10_000
FEW, TOLERANCE = 100, 1e-5


class PlainUrn(nn.Module):
    """A URN as one writes it down: S x S, applied I times to the whole state."""

    def __init__(self, weights: dict[str, Tensor]):
        nn.Module.__init__(self)
        self.w = nn.Parameter(weights["w"].T.contiguous())
        self.b = nn.Parameter(weights["b"].clone())

    def forward(self, x: Tensor) -> Tensor:
        h = nn.functional.pad(x, (0, 60))
        for _ in range(4):
            h = torch.relu(self.w @ h + self.b)
        return h[-4:]


class PlainHopfield(nn.Module):
    """A Hopfield network as one writes it down: its couplings, applied to the state."""

    def __init__(self, weights: dict[str, Tensor]):
        nn.Module.__init__(self)
        xi = weights["patterns"]
        self.w = nn.Parameter((xi.T @ xi / 128).fill_diagonal_(0))

    def forward(self, s: Tensor) -> Tensor:
        for _ in range(UPDATES):
            h = self.w @ s
            s = torch.where(h == 0, s, h.sign())
        return s


def plain(name: str, weights: dict[str, Tensor]) -> nn.Module:
    """Returns the network of one agent as one writes it down."""
    if name == "multilayer":
        sizes = (16, 32, 16)
        layers = [nn.Linear(into, out) for into, out in pairwise(sizes)]
        with torch.no_grad():
            for number, layer in enumerate(layers, 1):
                layer.weight.copy_(weights[f"w{number}"].T)
                layer.bias.copy_(weights[f"b{number}"])
        return nn.Sequential(layers[0], nn.ReLU(), layers[1])
    return PlainUrn(weights) if name == "urn" else PlainHopfield(weights)


class Neuron(mesa.Agent):
    """An agent that holds a module and computes its own output."""

    def __init__(self, model: mesa.Model, module: nn.Module, shown: Tensor):
        mesa.Agent.__init__(self, model)
        self.module, self.shown = module, shown
        self.output = shown

    def step(self) -> None:
        self.output = self.module(self.shown)


class MesaLoop:
    """Asks one agent after another."""

    def __init__(self, modules: list[nn.Module], x: Tensor):
        self.model = mesa.Model()
        self.neurons = [
            Neuron(self.model, module, shown) for module, shown in zip(modules, x, strict=True)
        ]

    def step(self) -> None:
        self.model.agents.do("step")

    def outputs(self) -> Tensor:
        self.step()
        return torch.stack([neuron.output for neuron in self.neurons])


def vmapped(modules: list[nn.Module], x: Tensor) -> Callable[[], Tensor]:
    weights, buffers = stack_module_state(modules)

    def one(weights: dict[str, Tensor], buffers: dict[str, Tensor], x: Tensor) -> Tensor:
        return functional_call(modules[0], (weights, buffers), (x,))

    return lambda: vmap(one)(weights, buffers, x)


def world_of(name: str, agents: int) -> World:
    """Returns the agents, with weights of their own and what they are shown."""
    model, draws = MODELS[name][0], Draws.of(1)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "nets", agents), torch.float32)
    x = torch.randn(agents, model.input_size(), generator=torch.Generator().manual_seed(1))
    x = x.sign() if name == "hopfield" else x
    state = {"input": x, "output": torch.zeros(agents, model.output_size())}
    if name == "hopfield":
        state["output"] = x
    must("each has weights of its own", all(w.stride(0) for w in weights.values()))
    return World(draws, {"nets": Population("nets", agents, 1, model, weights, state)})


class Netware:
    """Lets all think at once; memories recall from the same state in every step."""

    def __init__(self, name: str, world: World):
        self.start, self.world = world, world
        self.rule = Recall("nets", updates=UPDATES) if name == "hopfield" else None
        self.schedule = Schedule(Plan(order=("nets",), thinking=frozenset({"nets"})))

    def step(self) -> None:
        if self.rule is None:
            self.world = self.schedule.step(self.world, lambda world: world)
            return
        recalled = self.rule.apply(self.start, Acting("recall"))
        self.world = replace(recalled, step=self.world.step + 1)

    def outputs(self) -> Tensor:
        self.step()
        return self.world["nets"]["output"]


def bandwidth(threads: int) -> float:
    """Returns the bytes per second of a copy that fits no cache, read and write."""
    source = torch.ones(1 << 26)
    target = torch.empty_like(source)
    taken = seconds({"copy": lambda: target.copy_(source)}, 7, threads)["copy"]
    return 2 * source.numel() * 4 / taken


def measured(name: str, agents: int, quick: bool, threads: int) -> dict[str, float]:
    world = world_of(name, agents)
    x, weights = world["nets"]["input"], world["nets"].weights
    own = Netware(name, world)
    contenders: dict[str, Callable[[], object]] = {"netware": own.step}
    those = range(agents) if agents <= MOST_MODULES else range(0, agents, agents // FEW)
    modules = [plain(name, {key: w[one] for key, w in weights.items()}) for one in those]
    with torch.no_grad():
        found = own.outputs()
        expected = torch.stack([net(x[one]) for net, one in zip(modules, those, strict=True)])
        must_agree(f"outputs of {name}", found[list(those)], expected, TOLERANCE)
        if agents <= MOST_MODULES:
            loop, vmapping = MesaLoop(modules, x), vmapped(modules, x)
            must_agree(f"Mesa's outputs of {name}", loop.outputs(), expected, TOLERANCE)
            must_agree(f"vmap's outputs of {name}", vmapping(), expected, TOLERANCE)
            contenders |= {"mesa": loop.step, "vmap": vmapping}
        steps = {"netware": lambda: own.world.step}
        return seconds(contenders, 3 if quick else 9, threads, steps)


def main() -> None:
    options = arguments(__doc__ or "").parse_args()
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    copy = bandwidth(options.threads)
    print(f"{options.threads} threads; a copy moves {copy / 1e9:.0f} GB/s")
    print(f"{'':22}  netware us/agent   mesa/netware   vmap/netware   bandwidth of weights")
    figures: dict[str, dict[str, float]] = {}
    for name, sizes in SIZES.items():
        model, reads = MODELS[name]
        for agents in sizes[:2] if options.quick else sizes:
            times = measured(name, agents, options.quick, options.threads)
            own = times["netware"]
            times["share"] = reads * agents * model.parameter_count() * 4 / own / copy
            figures[f"{name} {agents}"] = times
            ratios = "".join(
                f"{times[other] / own:14.1f}x" if other in times else f"{'':15}"
                for other in ("mesa", "vmap")
            )
            line = f"{name:12}{agents:9}  {own / agents * 1e6:16.2f}{ratios}"
            print(f"{line}{100 * times['share']:16.0f} %", flush=True)
    written(options.out, {"threads": options.threads, "seconds": figures})


if __name__ == "__main__":
    main()
