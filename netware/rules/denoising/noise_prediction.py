"""Noise prediction: denoisers learn to tell the noise that was added to a task's examples."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.errors import ScenarioError, ShapeError
from netware.learning.learner import Learner, group_size
from netware.learning.lineage import generated
from netware.learning.optimisers.adam import Adam
from netware.learning.optimisers.base import AbstractOptimiser
from netware.learning.shards import Share, partitioned, refuse_share
from netware.models.denoisers.base import AbstractDenoiser, shown
from netware.parameters import Count, Member, PopulationName, TaskName
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads
from netware.rules.denoising.base import denoiser_of
from netware.tasks.base import Examples
from netware.world import World


ADAM = Adam()


@dataclass(frozen=True)
class NoisePrediction(AbstractRule):
    """Moves every denoiser's weights down the gradient of its error in telling noise.

    E_i = mean ||eps - eps_hat_i(sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps, t)||^2 / features,
    x_0 an example of the task, t ~ U{1 .. T}, eps ~ N(0, 1), every agent's draws its own

    Args:
        on: Population of denoisers that learns.
        task: Task whose examples are the data; its targets are not used.
        share: What each learns from: `all` examples, or one of as many parts as agents at start,
            `random` or of few classes, `by_class`; born later, by its id modulo their number.
        optimiser: How the gradient moves the weights: `{type: adam, rate: 0.01}`, adamw, sgd.
        batch: Noisy samples in a minibatch. [1]
        batches: Minibatches in a step. [1]

    Reads: examples of `task`.
    Writes: weights; `<rule>.first.<weight>`, `<rule>.second.<weight>`, `<rule>.updates`.

    Source: Ho, Jain and Abbeel (2020), arXiv:2006.11239, equation 14 and algorithm 1.
    Departs from it: no running mean of the weights.
    """

    on: PopulationName
    task: TaskName
    share: Share = "all"
    optimiser: Annotated[AbstractOptimiser, Member("optimisers")] = ADAM
    batch: Count = 128
    batches: Count = 1

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "learn"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses what cannot learn; makes the optimiser's columns, zeros before the first step."""
        where, population = f"rules.{acting.rule}", world[self.on]
        model, data = denoiser_of(population, where), world.examples[self.task].train
        if data.inputs.shape[2] != model.features:
            raise ShapeError(
                f"{where}.task",
                found=f"examples of {data.inputs.shape[2]} numbers, for denoisers of "
                f"{model.features}",
                expected=f"{model.features} = {data.inputs.shape[2]}",
                fix=f"write 'features: {data.inputs.shape[2]}' under populations.{self.on}.model",
            )
        refuse_share(f"{where}.share", self.share, self.task, data)
        made = generated(world, acting.relations, self.on)
        if made:
            raise ScenarioError(
                where,
                found=f"'{min(made)}', which a relation generates",
                expected="denoisers with weights of their own",
                fix="leave the relation out",
            )
        return world.with_population(
            self.optimiser.with_columns(population, acting.rule, population.weights)
        )

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the minibatches of one step, one group of agents at a time."""
        population, method = world[self.on], self.optimiser
        examples = world.examples[self.task].train
        parts, whose = population.initial_agents, population.founder
        examples = partitioned(examples, self.share, parts, world.draws, self.task, whose)
        rate = acting.value(world, self, "optimiser.rate")
        learner = Learner.copied(
            population, acting.rule, tuple(population.weights), method.moments(), rate
        )
        size = group_size(population, self.batch)
        for start in range(0, population.total, size):
            group, part = population.part(start, size), learner.part(start, size)
            those = torch.arange(start, start + group.agents, device=population.device)
            for update in range(self.batches):
                inputs, eps = self.minibatch(world, acting, examples, those, update)
                with torch.enable_grad():
                    now = part.within(group)
                    told = now.wrapped().forward(now.weights, inputs, now.state)
                    error = (told - eps).square().mean((1, 2)).sum()
                    slopes = torch.autograd.grad(error, list(part.leaves.values()))
                method.update(part, dict(zip(part.leaves, slopes, strict=True)))
        columns = learner.columns(acting.rule, population, self.batches)
        return world.with_population(learner.within(population.with_state(columns)))

    def minibatch(
        self,
        world: World,
        acting: Acting,
        examples: Examples,
        those: Int[Tensor, " drawing"],
        update: int,
    ) -> tuple[Float[Tensor, "drawing samples inputs"], Float[Tensor, "drawing samples features"]]:
        """Draws what some agents are shown, and the noise that they should tell."""
        population = world[self.on]
        model = denoiser_of(population, f"rules.{acting.rule}")
        owner = population.replica[those] if self.share == "all" else those

        def stream(use: str):
            return acting.stream(world, self.on, f"{use}{update}").of(those)

        rows = stream("example").integers(examples.inputs.shape[1], (self.batch,))
        level = stream("level").integers(model.levels, (self.batch,)) + 1
        x = examples.inputs[owner[:, None], rows]
        eps = stream("noise").normal(size=(self.batch, model.features), dtype=x.dtype)
        return shown(noisy(model, x, eps, level), level), eps


def noisy(
    model: AbstractDenoiser,
    x: Float[Tensor, "agents samples features"],
    eps: Float[Tensor, "agents samples features"],
    level: Int[Tensor, "agents samples"],
) -> Float[Tensor, "agents samples features"]:
    """Returns x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps."""
    signal, noise = (one[..., None] for one in model.schedule.marginal(level, x.dtype))
    return signal * x + noise * eps
