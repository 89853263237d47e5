"""Training many deep narrow networks: netware's rule against plain PyTorch, one epoch of each.

Every contender trains the same networks (10 inputs, 10 hidden layers of 10, 1 output) on the same
4000 examples, in minibatches of 256, with Adam; the plain loop is the best that we know, without a
DataLoader, with fused Adam. All begin with the same weights and, shown the same minibatches, must
come to the same ones before anything is timed. Targets: 10 times the loop, 2.5 times vmap(grad).
"""

from functools import partial
from itertools import pairwise

import torch
from timing import arguments, must, must_agree, seconds, written
from torch import Tensor
from torch.func import functional_call, grad, stack_module_state, vmap
from torch.optim.adam import adam

from netware.draws import Draws, Purpose
from netware.learning.minibatches import minibatches
from netware.learning.optimisers.adam import Adam
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.process.settings import keep_freed_memory
from netware.rules.base import Acting
from netware.rules.learning.gradient import Gradient
from netware.tasks.clusters import Clusters
from netware.world import World


MODEL = Multilayer(10, 1, (10,) * 10, initial="uniform", spread=0.2)
SAMPLES, BATCH, RATE = 4000, 256, 0.01
MOST_PLAIN = 20
UPDATES, TOLERANCE = 16, 1e-3

Batches = list[tuple[Tensor, Tensor]]


def module(weights: dict[str, Tensor]) -> torch.nn.Sequential:
    """Returns the network of one agent as one writes it down."""
    sizes = (10, *MODEL.widths)
    hidden = [
        layer
        for into, out in pairwise(sizes)
        for layer in (torch.nn.Linear(into, out), torch.nn.ReLU())
    ]
    net = torch.nn.Sequential(*hidden, torch.nn.Linear(10, 1))
    with torch.no_grad():
        for number, layer in enumerate(net[::2], 1):
            layer.weight.copy_(weights[f"w{number}"].T)
            layer.bias.copy_(weights[f"b{number}"])
    return net


def flat(nets: list[torch.nn.Sequential]) -> Tensor:
    """Returns all weights of some networks, a row each."""
    return torch.stack([torch.cat([p.detach().flatten() for p in n.parameters()]) for n in nets])


def shuffled(x: Tensor, t: Tensor) -> Batches:
    """Returns the examples in minibatches, in an order of chance."""
    order = torch.randperm(len(x))
    return list(zip(x[order].split(BATCH), t[order].split(BATCH), strict=True))


class Loop:
    """Trains one network after another: slices of shuffled examples, fused Adam."""

    def __init__(self, nets: list[torch.nn.Sequential], x: Tensor, t: Tensor):
        self.x, self.t, self.nets, self.epochs = x, t, nets, 0
        self.optimisers = [torch.optim.Adam(n.parameters(), RATE, fused=True) for n in self.nets]

    def epoch(self) -> None:
        self.epochs += 1
        for one in range(len(self.nets)):
            self.learn(one, shuffled(self.x, self.t))

    def learn(self, one: int, batches: Batches) -> None:
        net, optimiser = self.nets[one], self.optimisers[one]
        for x, t in batches:
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(net(x), t).backward()
            optimiser.step()

    def weights(self) -> Tensor:
        return flat(self.nets)


class Vmapped:
    """Trains all networks at once by vmap(grad), with foreach Adam."""

    def __init__(self, nets: list[torch.nn.Sequential], x: Tensor, t: Tensor):
        self.x, self.t, self.epochs = x, t, 0
        self.held, _ = stack_module_state(nets)
        self.held = {name: w.detach() for name, w in self.held.items()}
        shape = nets[0]

        def loss(weights: dict[str, Tensor], x: Tensor, t: Tensor) -> Tensor:
            return torch.nn.functional.mse_loss(functional_call(shape, weights, (x,)), t)

        self.gradient = vmap(grad(loss), in_dims=(0, None, None))
        self.first = [torch.zeros_like(w) for w in self.held.values()]
        self.second = [torch.zeros_like(w) for w in self.held.values()]
        self.steps = [torch.zeros(()) for _ in self.held]

    def epoch(self) -> None:
        self.epochs += 1
        self.learn(shuffled(self.x, self.t))

    def weights(self) -> Tensor:
        return torch.cat([w.flatten(1) for w in self.held.values()], 1)

    def learn(self, batches: Batches) -> None:
        for x, t in batches:
            slopes = self.gradient(self.held, x, t)
            adam(
                list(self.held.values()),
                [slopes[name] for name in self.held],
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
        self.rule = Gradient("nets", "clusters", optimiser=Adam(rate=RATE), batch=BATCH)
        nets_of = Population("nets", nets, 1, MODEL, weights)
        world = World(draws, {"nets": nets_of}, examples={"clusters": data})
        self.world = self.rule.prepare(world, Acting("learn"))

    def epoch(self) -> None:
        self.world = self.rule.apply(self.world, Acting("learn")).advanced()

    @property
    def epochs(self) -> int:
        return self.world.step

    def modules(self, many: int) -> list[torch.nn.Sequential]:
        """Returns the first networks as plain ones."""
        weights = self.world["nets"].weights
        return [module({name: w[one] for name, w in weights.items()}) for one in range(many)]

    def batches(self) -> Batches:
        """Returns the minibatches of the next epoch."""
        world = self.world
        partitioned = minibatches(
            world.examples["clusters"].train, world.draws, "learn", world.step, BATCH, 1, 0
        )
        return [(batch.inputs[0], batch.targets[0]) for batch in partitioned]


def must_learn(own: Netware, loop: Loop, vmapped: Vmapped) -> None:
    """Holds all contenders to the same weights after an epoch of the same minibatches."""
    many, batches = len(loop.nets), own.batches()
    must(f"an epoch has {UPDATES} minibatches", len(batches) == UPDATES)
    must("minibatches hold all examples", sum(len(x) for x, _ in batches) == SAMPLES)
    before = loop.weights()
    own.epoch()
    vmapped.learn(batches)
    for one in range(many):
        loop.learn(one, batches)
    learnt = flat(own.modules(many)) - before
    must_agree("what the loop learns", loop.weights() - before, learnt, TOLERANCE)
    must_agree("what vmap learns", vmapped.weights()[:many] - before, learnt, TOLERANCE)


def measured(nets: int, repeats: int, threads: int) -> dict[str, float]:
    own = Netware(nets)
    train = own.world.examples["clusters"].train
    x, t = train.inputs[0], train.targets[0].contiguous()
    plain = min(nets, MOST_PLAIN)
    loop, vmapped = Loop(own.modules(plain), x, t), Vmapped(own.modules(nets), x, t)
    must_learn(own, loop, vmapped)
    contenders = {"loop": loop, "vmap": vmapped, "netware": own}
    times = seconds(
        {name: one.epoch for name, one in contenders.items()},
        repeats,
        threads,
        {name: partial(getattr, one, "epochs") for name, one in contenders.items()},
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
