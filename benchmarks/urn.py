"""Training a URN: netware's rule against a plain recursion in PyTorch, and the machine's peak.

A step is forward, backward and fused Adam on one minibatch, four iterations. Nominal work is 3 x 4
products of (batch x S) with (S x S), which is what a plain loop computes; netware leaves out what
is zero in the first iteration and what nobody reads in the last, so it may pass the peak. `late`
is a network in which one neuron in ten is active for any sample, as at the end of training with a
price on activity. Targets: 80 % of the peak of matrix products, 1.6 times the plain loop.
"""

import torch
from timing import arguments, seconds, written
from torch import Tensor

from netware.allocator import keep_freed_memory
from netware.draws import Draws, Purpose
from netware.models.urn import Urn
from netware.population import Population
from netware.rules.base import Turn
from netware.rules.gradient import Gradient
from netware.tasks.shells import Shells
from netware.world import World


ITERATIONS, RATE, PEAK = 4, 7e-4, 2048
SIZES = ((1_000, 128), (1_000, 4_000), (2_000, 128))


class Netware:
    """Trains one network by netware's rule."""

    def __init__(self, neurons: int, batch: int, silent: float = 0.0):
        draws, model = Draws.of(1), Urn(10, 2, neurons, ITERATIONS)
        weights = model.init(draws.stream(Purpose.WEIGHTS, "nets", 1), torch.float32)
        quiet = weights["b"].clone()
        quiet[:, neurons - 2 - round(silent * neurons) : neurons - 2] = -50.0
        data = Shells(train=batch, test=10).make("shells", draws, torch.float32)
        self.rule = Gradient("nets", "shells", rate=RATE, batch=batch)
        nets = Population("nets", 1, 1, model, {**weights, "b": quiet})
        world = World(draws, {"nets": nets}, examples={"shells": data})
        self.world = self.rule.prepare(world, Turn("learn"))

    def step(self) -> None:
        self.world = self.rule.apply(self.world, Turn("learn")).advanced()


class Plain:
    """Trains one network by a loop over a linear layer."""

    def __init__(self, neurons: int, x: Tensor, t: Tensor):
        self.layer, self.x = torch.nn.Linear(neurons, neurons), torch.zeros(len(x), neurons)
        self.x[:, :10], self.t = x, t.argmax(1)
        self.optimiser = torch.optim.Adam(self.layer.parameters(), RATE, fused=True)

    def step(self) -> None:
        self.optimiser.zero_grad()
        h = self.x
        for _ in range(ITERATIONS):
            h = torch.relu(self.layer(h))
        torch.nn.functional.cross_entropy(h[:, -2:], self.t).backward()
        self.optimiser.step()


def main() -> None:
    options = arguments(__doc__ or "").parse_args()
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    one = torch.randn(PEAK, PEAK)
    taken = seconds({"product": lambda: one @ one}, 5, options.threads)["product"]
    peak, figures = 2 * PEAK**3 / taken, {}
    print(f"{options.threads} threads; matrix products reach {peak / 1e9:.0f} GF/s")
    for neurons, batch in SIZES[: 1 if options.quick else None]:
        own = Netware(neurons, batch)
        data = own.world.examples["shells"].train
        plain = Plain(neurons, data.inputs[0], data.targets[0])
        late = Netware(neurons, batch, silent=0.9)
        times = seconds(
            {"netware": own.step, "plain": plain.step, "late": late.step},
            3 if options.quick else 7,
            options.threads,
        )
        figures[f"{neurons}, batch {batch}"] = times
        nominal = 3 * ITERATIONS * 2 * batch * neurons**2 / peak
        print(
            f"  {neurons:5} neurons, batch {batch:5}: netware {times['netware'] * 1e3:8.1f} ms, "
            f"{nominal / times['netware']:4.0%} of peak (nominal)   plain "
            f"{times['plain'] / times['netware']:4.1f} x   late "
            f"{times['netware'] / times['late']:4.1f} x faster"
        )
    written(options.out, {"threads": options.threads, "peak": peak, "seconds_per_step": figures})


if __name__ == "__main__":
    main()
