"""Forward passes of many small networks with weights of their own: netware against a Mesa loop.

netware is the whole think phase of a step for one sample per agent (for hopfield: five updates of
the recall rule). Mesa is `model.agents.do("step")` over agents that each hold an nn.Module, vmap is
`stack_module_state` with `vmap`. Targets: the multilayer net 100 times Mesa at 1000 agents and 60
times at 10 000 and over, at 40 % of the bandwidth of a copy or more; the URN 13 times, at 20 % of
the time that one read of its weights takes; hopfield with 10 patterns 10 times.
"""

from collections.abc import Callable
from itertools import pairwise

import mesa
import torch
from timing import arguments, seconds, written
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from netware.allocator import keep_freed_memory
from netware.draws import Draws, Purpose
from netware.models.base import AbstractModel
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.population import Population
from netware.rules.base import Turn
from netware.rules.recall import Recall
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


class PlainUrn(nn.Module):
    """A URN as one writes it down: S x S, applied I times to the whole state."""

    def __init__(self):
        nn.Module.__init__(self)
        self.w = nn.Parameter(torch.randn(64, 64) * (2 / 64) ** 0.5)
        self.b = nn.Parameter(torch.zeros(64))

    def forward(self, x: Tensor) -> Tensor:
        h = nn.functional.pad(x, (0, 60))
        for _ in range(4):
            h = torch.relu(self.w @ h + self.b)
        return h[-4:]


class PlainHopfield(nn.Module):
    """A Hopfield network as one writes it down: its couplings, applied to the state."""

    def __init__(self):
        nn.Module.__init__(self)
        xi = torch.randn(10, 128).sign()
        self.w = nn.Parameter((xi.T @ xi / 128).fill_diagonal_(0))

    def forward(self, s: Tensor) -> Tensor:
        for _ in range(UPDATES):
            s = (self.w @ s).sign()
        return s


def plain(name: str) -> nn.Module:
    if name == "multilayer":
        sizes = (16, 32, 16)
        layers = [nn.Linear(into, out) for into, out in pairwise(sizes)]
        return nn.Sequential(layers[0], nn.ReLU(), layers[1])
    return PlainUrn() if name == "urn" else PlainHopfield()


class Neuron(mesa.Agent):
    """An agent that holds a module and computes its own output."""

    def __init__(self, model: mesa.Model, module: nn.Module, shown: Tensor):
        mesa.Agent.__init__(self, model)
        self.module, self.shown = module, shown
        self.output = shown

    def step(self) -> None:
        self.output = self.module(self.shown)


def mesa_loop(modules: list[nn.Module], x: Tensor) -> Callable[[], object]:
    model = mesa.Model()
    for module, shown in zip(modules, x, strict=True):
        Neuron(model, module, shown)
    return lambda: model.agents.do("step")


def vmapped(modules: list[nn.Module], x: Tensor) -> Callable[[], object]:
    weights, buffers = stack_module_state(modules)

    def one(weights: dict[str, Tensor], buffers: dict[str, Tensor], x: Tensor) -> Tensor:
        return functional_call(modules[0], (weights, buffers), (x,))

    return lambda: vmap(one)(weights, buffers, x)


def netware(name: str, agents: int, x: Tensor) -> Callable[[], object]:
    model, draws = MODELS[name][0], Draws.of(1)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "nets", agents), torch.float32)
    state = {"input": x, "output": torch.zeros(agents, model.output_size())}
    if name == "hopfield":
        state["output"] = x.sign()
    world = World(draws, {"nets": Population("nets", agents, 1, model, weights, state)})
    if name == "hopfield":
        rule = Recall("nets", updates=UPDATES)
        return lambda: rule.apply(world, Turn("recall"))
    schedule = Schedule(order=("nets",))
    return lambda: schedule.think(world)


def bandwidth(threads: int) -> float:
    """Returns the bytes per second of a copy that fits no cache, read and write."""
    source = torch.ones(1 << 26)
    target = torch.empty_like(source)
    taken = seconds({"copy": lambda: target.copy_(source)}, 7, threads)["copy"]
    return 2 * source.numel() * 4 / taken


def measured(name: str, agents: int, quick: bool, threads: int) -> dict[str, float]:
    model = MODELS[name][0]
    x = torch.randn(agents, model.input_size(), generator=torch.Generator().manual_seed(1))
    contenders = {"netware": netware(name, agents, x)}
    if agents <= MOST_MODULES:
        modules = [plain(name) for _ in range(agents)]
        contenders |= {"mesa": mesa_loop(modules, x), "vmap": vmapped(modules, x)}
    with torch.no_grad():
        return seconds(contenders, 3 if quick else 9, threads)


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
