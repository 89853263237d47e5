"""Training many deep narrow networks: netware's rule against plain PyTorch, one epoch of each.

Every contender trains the same networks (10 inputs, 10 hidden layers of 10, 1 output) on the same
4000 examples, in minibatches of 256, with Adam; the plain loop is the best that we know, without a
DataLoader, with fused Adam. Targets: 10 times the loop, 2.5 times vmap(grad).
"""

from itertools import pairwise

import torch
from timing import arguments, seconds, written
from torch import Tensor
from torch.func import functional_call, grad, stack_module_state, vmap
from torch.optim.adam import adam

from netware.allocator import keep_freed_memory
from netware.draws import Draws, Purpose
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.rules.base import Turn
from netware.rules.gradient import Gradient
from netware.tasks.clusters import Clusters
from netware.world import World


MODEL = Multilayer(10, 1, (10,) * 10, initial="uniform", spread=0.2)
SAMPLES, BATCH, RATE = 4000, 256, 0.01
MOST_PLAIN = 20


def module() -> torch.nn.Sequential:
    sizes = (10, *MODEL.widths)
    hidden = [
        layer
        for into, out in pairwise(sizes)
        for layer in (torch.nn.Linear(into, out), torch.nn.ReLU())
    ]
    return torch.nn.Sequential(*hidden, torch.nn.Linear(10, 1))


class Loop:
    """Trains one network after another: slices of shuffled examples, fused Adam."""

    def __init__(self, nets: int, x: Tensor, t: Tensor):
        self.x, self.t = x, t
        self.nets = [module() for _ in range(nets)]
        self.optimisers = [torch.optim.Adam(n.parameters(), RATE, fused=True) for n in self.nets]

    def epoch(self) -> None:
        for net, optimiser in zip(self.nets, self.optimisers, strict=True):
            order = torch.randperm(len(self.x))
            x, t = self.x[order], self.t[order]
            for start in range(0, len(x), BATCH):
                optimiser.zero_grad()
                shown = slice(start, start + BATCH)
                torch.nn.functional.mse_loss(net(x[shown]), t[shown]).backward()
                optimiser.step()


class Vmapped:
    """Trains all networks at once by vmap(grad), with foreach Adam."""

    def __init__(self, nets: int, x: Tensor, t: Tensor):
        self.x, self.t = x, t
        modules = [module() for _ in range(nets)]
        self.weights, _ = stack_module_state(modules)
        self.weights = {name: w.detach() for name, w in self.weights.items()}
        shape = modules[0]

        def loss(weights: dict[str, Tensor], x: Tensor, t: Tensor) -> Tensor:
            return torch.nn.functional.mse_loss(functional_call(shape, weights, (x,)), t)

        self.gradient = vmap(grad(loss), in_dims=(0, None, None))
        self.first = [torch.zeros_like(w) for w in self.weights.values()]
        self.second = [torch.zeros_like(w) for w in self.weights.values()]
        self.steps = [torch.zeros(()) for _ in self.weights]

    def epoch(self) -> None:
        order = torch.randperm(len(self.x))
        for start in range(0, len(self.x), BATCH):
            shown = order[start : start + BATCH]
            slopes = self.gradient(self.weights, self.x[shown], self.t[shown])
            adam(
                list(self.weights.values()),
                [slopes[name] for name in self.weights],
                self.first,
                self.second,
                [],
                self.steps,
                foreach=True,
                amsgrad=False,
                beta1=0.9,
                beta2=0.999,
                lr=RATE,
                weight_decay=0.0,
                eps=1e-8,
                maximize=False,
            )


class Netware:
    """Trains all networks at once by netware's rule."""

    def __init__(self, nets: int):
        draws = Draws.of(1)
        weights = MODEL.init(draws.stream(Purpose.WEIGHTS, "nets", nets), torch.float32)
        data = Clusters(train=SAMPLES, test=11).make("clusters", draws, torch.float32)
        self.rule = Gradient("nets", "clusters", rate=RATE, batch=BATCH)
        nets_of = Population("nets", nets, 1, MODEL, weights)
        world = World(draws, {"nets": nets_of}, examples={"clusters": data})
        self.world = self.rule.prepare(world, Turn("learn"))

    def epoch(self) -> None:
        self.world = self.rule.apply(self.world, Turn("learn")).advanced()


def measured(nets: int, repeats: int, threads: int) -> dict[str, float]:
    own = Netware(nets)
    train = own.world.examples["clusters"].train
    x, t = train.inputs[0], train.targets[0].contiguous()
    plain = min(nets, MOST_PLAIN)
    times = seconds(
        {
            "loop": Loop(plain, x, t).epoch,
            "vmap": Vmapped(nets, x, t).epoch,
            "netware": own.epoch,
        },
        repeats,
        threads,
    )
    return times | {"loop": times["loop"] * nets / plain}


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--nets", type=int, nargs="+", default=[100], help="networks to train")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    figures = {}
    for nets in options.nets:
        times = measured(nets, 3 if options.quick else 9, options.threads)
        figures[str(nets)] = times
        print(f"{nets} networks, {options.threads} threads, seconds per epoch:")
        for name, taken in times.items():
            print(f"  {name:8} {taken:8.4f}   {taken / times['netware']:6.1f} x netware")
    written(options.out, {"threads": options.threads, "seconds_per_epoch": figures})


if __name__ == "__main__":
    main()
