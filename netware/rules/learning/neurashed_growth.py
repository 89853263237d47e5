"""Neurashed growth: features that fire in a minibatch grow, the others shrink."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log
from typing import Annotated, ClassVar, Literal, NotRequired

import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor
from torch.nn.functional import pad
from typing_extensions import TypedDict

from netware.errors import ScenarioError
from netware.learning.losses import must_fit
from netware.models.neurashed.base import NOTHING, AbstractNeurashed
from netware.models.neurashed.neurashed import logarithm
from netware.parameters import Count, Index, NonNegative, PopulationName, Positive, TaskName
from netware.population import Population
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads
from netware.tasks.base import Examples
from netware.world import World


class Pace(TypedDict):
    """Growth and decay of some nodes of a level, where they are not those of the others."""

    level: Annotated[Count, Field(description="Level of the nodes, from 1.")]
    nodes: Annotated[tuple[Count, ...], Field(description="Nodes of the level, from 1.")]
    growth: Annotated[Positive, Field(description="What their lambda grows by.")]
    decay: NotRequired[Annotated[NonNegative, Field(description="What their lambda shrinks by.")]]


@dataclass(frozen=True)
class NeurashedGrowth(AbstractRule):
    """Grows the amplification of all features that fire in a minibatch, and shrinks all others.

    G = union of the feature pathways of the minibatch,
    lambda_F <- g+(lambda_F) if F in G, else g-(lambda_F);   g+(x) = a x or x + a,
    g-(x) = b x or max(x - b, 0);   eta_{f F_j} <- g+(eta) if f in G and class j in G, else g-(eta)

    The node of a class fires for the inputs of that class. Every agent draws a minibatch of its
    own. Nodes that fire often come to dwarf the others, which the agents so forget.

    Args:
        on: Population that learns; its model must be neurashed.
        task: Task whose training examples are learnt from.
        batch: Samples of a minibatch, B; 0 for all examples at once. [1]
        sampling: `random`, uniformly with replacement, or `in_turn`, one after the other, the same
            for all agents.
        gain: g+: `multiply` by growth, or `add` growth.
        growth: a, above 1 to multiply. [1]
        loss: g-: `multiply` by decay, or `subtract` decay.
        decay: b, above 0 and at most 1 to multiply; 1, or 0 to subtract, keeps lambda. [1]
        paces: Nodes with a growth of their own, and a decay if it is written:
            `{level: 1, nodes: [7], growth: 1.016}`; levels and nodes count from 1.
        eta: `fixed`, or `grown` by the same g+ and g-.

    Reads: examples of `task`.
    Writes: weights (logarithms of lambda, and of eta if it is grown).

    Source: Su (2024), Envisioning future deep learning theories, equations 2.2 and 2.3, algorithm
    1; arXiv:2112.09741.
    Departs from it: eta is fixed unless asked for, as in theorems 1 and 2, which hold only then.
    """

    on: PopulationName
    task: TaskName
    batch: Index = 1
    sampling: Literal["random", "in_turn"] = "random"
    gain: Literal["multiply", "add"] = "multiply"
    growth: Positive = 1.05
    loss: Literal["multiply", "subtract"] = "multiply"
    decay: NonNegative = 0.95
    paces: tuple[Pace, ...] = ()
    eta: Literal["fixed", "grown"] = "fixed"

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "learn"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def __post_init__(self):
        """Refuses a growth that does not grow, and a decay that does."""
        self.refuse("", self.growth, self.decay)
        for place, pace in enumerate(self.paces):
            self.refuse(f"paces[{place}].", pace["growth"], pace.get("decay", self.decay))

    def refuse(self, where: str, growth: float, decay: float) -> None:
        """Refuses numbers that are no growth or no decay."""
        if self.gain == "multiply" and growth <= 1:
            raise ScenarioError(
                f"{where}growth",
                found=f"lambda multiplied by {growth:g}",
                expected="above 1, since g+(x) > x",
                fix=f"write 'growth: 1.05', or 'gain: add' to add {growth:g}",
            )
        if self.loss == "multiply" and not 0 < decay <= 1:
            raise ScenarioError(
                f"{where}decay",
                found=f"lambda multiplied by {decay:g}",
                expected="above 0 and at most 1, since 0 <= g-(x) <= x",
                fix=f"write 'decay: 0.95', or 'loss: subtract' to take {decay:g} away",
            )

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents that are no neurashed, nodes that are not there, and a lambda stuck at 0.

        A lambda of 0 that is multiplied stays 0.
        """
        where, population = f"rules.{acting.rule}", world[self.on]
        model = self.grows(population, where)
        must_fit(f"{where}.task", population, world.examples[self.task].train)
        sizes = model.features.sizes
        for place, pace in enumerate(self.paces):
            level, last = pace["level"], max(pace["nodes"], default=0)
            if level > len(sizes) or last > sizes[level - 1]:
                has = "no such level" if level > len(sizes) else f"{sizes[level - 1]} nodes"
                raise ScenarioError(
                    f"{where}.paces[{place}]",
                    found=f"node {last} of level {level}, which has {has}",
                    expected=f"levels of {', '.join(map(str, sizes))} nodes",
                    fix="change 'level' or 'nodes'; both count from 1",
                )
        stuck = [
            name for name in self.grown(model) if bool((population.weights[name] == NOTHING).any())
        ]
        if stuck and self.gain == "multiply":
            key = "eta" if stuck == ["log_eta"] else "amplification"
            raise ScenarioError(
                f"{where}.gain",
                found=f"amplifications that begin at 0 ({stuck[0]}) and are multiplied",
                expected="g+(0) above 0, or a beginning above 0",
                fix=f"write 'gain: add', or '{key}: 0.01' in the model",
            )
        return world

    def grows(self, population: Population, where: str) -> AbstractNeurashed:
        """Returns the model, or says that these agents have no features that grow."""
        model = population.wrapped()
        if not isinstance(model, AbstractNeurashed):
            raise ScenarioError(
                f"{where}.on",
                found=f"'{population.name}', a {type(model).__name__}",
                expected="a population of neurashed",
                fix=f"write 'model: {{type: neurashed}}' under populations.{population.name}",
            )
        return model

    def grown(self, model: AbstractNeurashed) -> tuple[str, ...]:
        """Names the weights that change."""
        names = tuple(model.weight_shapes())
        return names if self.eta == "grown" else names[:-1]

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after one minibatch of every agent."""
        population, examples = world[self.on], world.examples[self.task].train
        model = self.grows(population, f"rules.{acting.rule}")
        batch = examples.of(population.replica)
        if self.batch:
            chosen = self.chosen(world, acting, examples.inputs.shape[1])
            batch = picked(examples, population.replica, chosen)
        return world.with_weights(self.on, self.learnt(model, population.weights, batch))

    def chosen(self, world: World, acting: Acting, samples: int) -> Int[Tensor, "agents batch"]:
        """Returns the numbers of the samples that each agent is shown."""
        population = world[self.on]
        if self.sampling == "random":
            return acting.stream(world, self.on).integers(samples, (self.batch,))
        turns = torch.arange(self.batch, device=population.device) + world.step * self.batch
        return (turns % samples).expand(population.total, -1)

    def learnt(
        self, model: AbstractNeurashed, weights: Mapping[str, Tensor], batch: Examples
    ) -> dict[str, Tensor]:
        """Returns the weights that change, after each agent was shown its own minibatch."""
        united = [fires.any(1) for fires in model.fired(batch.inputs)]
        found = {}
        for level, fires in enumerate(united, 1):
            name = f"log_lambda{level}"
            growth, decay = self.rates(level, weights[name])
            found[name] = self.changed(weights[name], fires, growth, decay)
        if self.eta == "grown":
            placed = model.features.placed(batch.inputs)
            size, others = batch.targets.shape[-1], batch.heads - 1 - batch.head
            label = pad((batch.targets > 0.5).any(1), (batch.head * size, others * size))
            both = united[-1][:, placed.sender] & label[:, placed.receiver]
            eta = weights["log_eta"]
            growth, decay = (eta.new_full((), logarithm(x)) for x in (self.growth, self.decay))
            found["log_eta"] = self.changed(eta, both, growth, decay)
        return found

    def rates(
        self, level: int, weight: Float[Tensor, "agents nodes"]
    ) -> tuple[Float[Tensor, " nodes"], Float[Tensor, " nodes"]]:
        """Returns ln a and ln b of the nodes of a level."""
        growth = weight.new_full(weight.shape[1:], log(self.growth))
        decay = weight.new_full(weight.shape[1:], logarithm(self.decay))
        for pace in self.paces:
            if pace["level"] == level:
                for node in pace["nodes"]:
                    growth[node - 1] = log(pace["growth"])
                    decay[node - 1] = logarithm(pace.get("decay", self.decay))
        return growth, decay

    def changed(
        self, old: Float[Tensor, "agents ..."], fires: Tensor, growth: Tensor, decay: Tensor
    ) -> Float[Tensor, "agents ..."]:
        """Returns ln g+ where a feature fires and ln g- where it does not, of logarithms."""
        more = old + growth if self.gain == "multiply" else torch.logaddexp(old, growth)
        less = old + decay
        if self.loss == "subtract":
            # ln (x - b) = ln x + ln (1 - b / x); nothing is left where b >= x.
            share = (decay - old).clamp(max=0.0).exp()
            less = (old + (-share).log1p()).masked_fill(decay >= old, NOTHING)
        return torch.where(fires, more, less).clamp_min(NOTHING)


def picked(
    examples: Examples, replica: Int[Tensor, " agents"], chosen: Int[Tensor, "agents batch"]
) -> Examples:
    """Returns each agent's own samples of its replica's examples."""
    x, t = (values[replica[:, None], chosen] for values in (examples.inputs, examples.targets))
    return replace(examples, inputs=x, targets=t)
