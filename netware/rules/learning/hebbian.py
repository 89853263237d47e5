"""Hebbian learning: what is active together grows together."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from netware.errors import ScenarioError, ShapeError
from netware.learning.minibatches import minibatches
from netware.parameters import Index, NonNegative, PopulationName, TaskName
from netware.population import Population
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads, beside
from netware.varying.base import Varying
from netware.world import World


Against = Literal["nothing", "own", "earlier"]


@dataclass(frozen=True)
class Hebbian(AbstractRule):
    """Strengthens each weight between units that are active together, without targets.

    w_ij <- w_ij + rate (E[h_i h_j] - d_ij),   i sends and j receives, E over the samples shown
    d_ij = 0 against `nothing` (Hebb: grows without bounds); w_ij E[h_j^2] against its `own`
    activity (Oja); sum_{k <= j} w_ik E[h_k h_j] against that of `earlier` units, too (Sanger)

    In a linear layer, Oja's units all end on the first principal component of what the layer
    hears, with length 1; Sanger's on the first, second, third and so on, in their order. Every
    layer learns from what it is told by the one before; biases stay.

    Args:
        on: Population that learns.
        task: Task whose inputs are shown; its targets are not used.
        rate: Learning rate; stable below 1 / (largest variance along a direction). [1]
        against: What keeps weights from growing: `nothing`, `own` or `earlier`.
        about: Whether activity counts from `zero`, or from its `mean` over the samples (then
            principal components are those of the covariance).
        batch: Samples in a minibatch; 0, or more than there are, for all. [1]
        batches: Minibatches in a step; 0 for one pass over the examples. [1]

    Reads: examples of `task`; weights.
    Writes: the weights that are layers of the model.

    Source: Oja (1982), J. Math. Biol. 15, 267, doi:10.1007/BF00275687; Sanger (1989), Neural
    Networks 2, 459, doi:10.1016/0893-6080(89)90044-0.
    Departs from it: minibatches in place of single samples; also in layers that are not linear.
    """

    on: PopulationName
    task: TaskName
    rate: Varying[NonNegative] = 0.01
    against: Against = "own"
    about: Literal["zero", "mean"] = "zero"
    batch: Index = 0
    batches: Index = 0

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "learn"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses models without layers, and samples that they cannot read."""
        population, where = world[self.on], f"rules.{acting.rule}"
        model = population.wrapped()
        shown = world.examples[self.task].train.inputs
        if shown.shape[2] != model.input_size():
            raise ShapeError(
                f"{where}.task",
                found=f"samples of {shown.shape[2]} numbers",
                expected=f"{model.input_size()}, which agents of '{self.on}' read",
                fix=f"give populations.{self.on}.model {shown.shape[2]} inputs",
            )
        sample = shown[:, :1].expand(-1, population.agents, -1).reshape(population.total, 1, -1)
        parts = model.trace(population.weights, sample, population.state)
        if not model.layers() or len(parts) != len(model.layers()):
            raise ScenarioError(
                f"{where}.on",
                found=f"agents with a {type(model).__name__}, which is not layer upon layer",
                expected="a model of layers that shows what each of them does",
                fix="write 'model: {type: multilayer, ...}' there",
            )
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the minibatches of one step."""
        population, examples = world[self.on], world.examples[self.task].train
        weights, rate = dict(population.weights), acting.value(world, self, "rate")
        for batch in minibatches(
            examples, world.draws, acting.rule, world.step, self.batch, 1, self.batches
        ):
            inputs = batch.of(population.replica).inputs
            weights |= self.grown(population, weights, inputs, rate)
        return world.with_weights(self.on, weights)

    def grown(
        self,
        population: Population,
        weights: dict[str, Tensor],
        inputs: Tensor,
        rate: float | Tensor,
    ) -> dict[str, Tensor]:
        """Returns every layer after one minibatch, all from what the layers were before it."""
        model = population.wrapped()
        active = [inputs, *model.trace(weights, inputs, population.state).values()]
        if self.about == "mean":
            active = [h - h.mean(1, keepdim=True) for h in active]
        found = {}
        for name, sent, heard in zip(model.layers(), active[:-1], active[1:], strict=True):
            together = torch.bmm(sent.transpose(1, 2), heard) / inputs.shape[1]
            change = together - self.decay(weights[name], heard)
            step = beside(rate, change)
            found[name] = (
                weights[name] + step * change
                if isinstance(step, Tensor)
                else torch.add(weights[name], change, alpha=step)
            )
        return found

    def decay(self, w: Tensor, heard: Tensor) -> Tensor:
        """Returns d `[agents, senders, receivers]`."""
        if self.against == "nothing":
            return torch.zeros_like(w)
        if self.against == "own":
            return w * heard.square().mean(1)[:, None]
        among = torch.bmm(heard.transpose(1, 2), heard) / heard.shape[1]
        return torch.bmm(w, among.triu())
