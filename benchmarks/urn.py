"""Training a URN: netware's rule against a plain recursion in PyTorch, and the machine's peak.

A step is forward, backward and fused Adam on one minibatch, four iterations. Nominal work is 3 x 4
products of (batch x S) with (S x S), which is what a plain loop computes; netware leaves out what
is zero in the first iteration and what nobody reads in the last, so it may pass the peak. `late`
is a network in which one neuron in ten is active for any sample, as at the end of training with a
price on activity. Both networks must come, in their first step, to the weights that the plain loop
comes to. Targets: 80 % of the peak of matrix products, 1.6 times the plain loop.
"""

from functools import partial

import torch
from timing import arguments, must, seconds, written
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.learning.optimisers.adam import Adam
from netware.models.urn import Urn
from netware.population import Population
from netware.process.settings import keep_freed_memory
from netware.rules.base import Acting
from netware.rules.learning.gradient import Gradient
from netware.tasks.shells import Shells
from netware.world import World


ITERATIONS, RATE, PEAK = 4, 7e-4, 2048
TOLERANCE = 1e-3
SIZES = ((1_000, 128), (1_000, 4_000), (2_000, 128))


class Netware:
    """Trains one network by netware's rule."""

    def __init__(self, neurons: int, batch: int, silent: float = 0.0):
        draws, model = Draws.of(1), Urn(10, 2, neurons, ITERATIONS)
        weights = model.init(draws.stream(Purpose.WEIGHTS, "nets", 1), torch.float32)
        quiet = weights["b"].clone()
        quiet[:, neurons - 2 - round(silent * neurons) : neurons - 2] = -50.0
        data = Shells(train=batch, test=10).make("shells", draws, torch.float32)
        self.rule = Gradient("nets", "shells", optimiser=Adam(rate=RATE), batch=batch)
        nets = Population("nets", 1, 1, model, {**weights, "b": quiet})
        world = World(draws, {"nets": nets}, examples={"shells": data})
        self.world = self.rule.prepare(world, Acting("learn"))

    @property
    def steps(self) -> int:
        return self.world.step

    def weights(self) -> Tensor:
        weights = self.world["nets"].weights
        return torch.cat([weights["w"][0], weights["b"]])

    def step(self) -> None:
        self.world = self.rule.apply(self.world, Acting("learn")).advanced()


class Plain:
    """Trains one network by a loop over a linear layer."""

    def __init__(self, begun: Tensor, x: Tensor, t: Tensor):
        neurons = begun.shape[1]
        self.layer, self.x = torch.nn.Linear(neurons, neurons), torch.zeros(len(x), neurons)
        with torch.no_grad():
            self.layer.weight.copy_(begun[:-1].T)
            self.layer.bias.copy_(begun[-1])
        self.steps = 0
        self.x[:, :10], self.t = x, t.argmax(1)
        self.optimiser = torch.optim.Adam(self.layer.parameters(), RATE, fused=True)

    def weights(self) -> Tensor:
        return torch.cat([self.layer.weight.T, self.layer.bias[None]]).detach().clone()

    def step(self) -> None:
        self.steps += 1
        self.optimiser.zero_grad()
        h = self.x
        for _ in range(ITERATIONS):
            h = torch.relu(self.layer(h))
        torch.nn.functional.cross_entropy(h[:, -2:], self.t).backward()
        self.optimiser.step()


def must_learn(own: Netware, plain: Plain, active: float) -> None:
    """Holds both to the same weights after one step, in which a part of all neurons learns."""
    before = own.weights()
    must("both begin alike", torch.equal(before, plain.weights()))
    own.step()
    plain.step()
    learnt, found = plain.weights() - before, own.weights() - before
    # Adam makes a step of any slope: of 1e-8, too, of which rounding is a large part.
    wrong = ((found - learnt).abs() > TOLERANCE * RATE).double().mean()
    must(f"netware learns what the loop learns, not {wrong:.1%} otherwise", wrong < TOLERANCE)
    share = float((learnt != 0).any(0).double().mean())
    must(f"{active:.0%} of the neurons learn, not {share:.1%}", abs(share - active) < 0.02)


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
        late = Netware(neurons, batch, silent=0.9)
        x, t = data.inputs[0], data.targets[0]
        plain, silent = Plain(own.weights(), x, t), Plain(late.weights(), x, t)
        must_learn(own, plain, 1.0)
        must_learn(late, silent, 0.1)
        contenders = {"netware": own, "plain": plain, "late": late}
        times = seconds(
            {name: one.step for name, one in contenders.items()},
            3 if options.quick else 7,
            options.threads,
            {name: partial(getattr, one, "steps") for name, one in contenders.items()},
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
