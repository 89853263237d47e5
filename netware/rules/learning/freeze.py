"""Freeze: continual learning by pruning, which keeps what was learnt bit by bit."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Bool
from torch import Tensor

from netware.errors import ScenarioError
from netware.learning.learner import FROZEN
from netware.learning.lineage import generated
from netware.learning.losses import must_fit
from netware.learning.units import (
    activity,
    ends,
    frozen_answers,
    frozen_receivers,
    frozen_units,
    known_synapses,
    must_show_units,
)
from netware.models.layers.matrices import as_laid, at_receivers, at_senders
from netware.models.layers.synapses import Synapses
from netware.parameters import NonNegative, PopulationName, TaskName
from netware.rules.base import ANY_ORDER, AbstractRule, Acting, Activation, Phase, Reads
from netware.world import World


@dataclass(frozen=True)
class Freeze(AbstractRule):
    """Freezes the units that a task made use of, and draws the weights into all others again.

    active = {j: E|h_j| > threshold on the training samples of `task`}, the inputs and the outputs
    that answer the task;   kept = active or frozen before

    w_ij <- 0               for i not kept, j newly kept (graceful forgetting)
    w_ij, b_j frozen        for j kept: later learning leaves them bit by bit as they are
    w_ij, b_j drawn again   for j not kept, as before the first step

    What a unit will do that is drawn again cannot reach a frozen one, since the weights between
    them are zero and frozen: the answers to the task stay exactly the same, whatever else is
    learnt. Give it `at:` the last step of a task, after the task's `gradient`; list one for each
    task of a sequence. Each task needs outputs of its own: see the task `head`. The neurons of a
    URN are the units of one layer, their activity that of the iteration at which it is largest;
    its outputs send as well, but those that answer tasks to come are not kept.

    Args:
        on: Population that has learnt the task.
        task: Task that was learnt.
        threshold: theta, mean activity above which a unit is in use. [1]

    Reads: weights; the training samples of `task`.
    Writes: weights; for each weight `frozen.<weight>`, true where it is frozen. Learning by
    `gradient` honours it; noise, lesions, consensus on weights and generated weights do not.

    Source: Golkar, Kagan and Cho (2019), arXiv:1903.04476, section 3; for a URN: Golkar (2019),
    arXiv:1911.11691, section 4.
    Departs from it: the threshold is given, not searched for by the accuracy that it costs; units
    that are frozen but not active on this task may still be listened to.
    """

    on: PopulationName
    task: TaskName
    threshold: NonNegative = 0.01

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "learn"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses models without units to freeze, and generated weights; nothing is frozen yet."""
        where, population = f"rules.{acting.rule}", world[self.on]
        must_fit(f"{where}.task", population, world.examples[self.task].train)
        must_show_units(population, f"{where}.on")
        into = [name for one in known_synapses(population, f"{where}.on") for name in one.into()]
        if made := generated(world, acting.relations, self.on).intersection(into):
            raise ScenarioError(
                f"{where}.on",
                found=f"weights {', '.join(sorted(made))} that a relation generates at every step",
                expected="weights of the agents' own",
                fix="freeze the population that generates them, or take the relation out",
            )
        columns = {
            FROZEN + name: torch.zeros_like(population.weights[name], dtype=torch.bool)
            for name in into
            if FROZEN + name not in population.state
        }
        return world.with_population(population.with_state(columns))

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the task was put away."""
        population, examples = world[self.on], world.examples[self.task].train
        used = [mean > self.threshold for mean in activity(population, examples)]
        before = frozen_units(population, acting.rule)
        units = [one | other for one, other in zip(used, before, strict=True)]
        model = population.wrapped()
        place = torch.arange(model.output_size(), device=population.device)
        asked = torch.isin(place, examples.asked(place))
        fresh = model.init(acting.stream(world, self.on), population.dtype)
        weights, frozen = {}, {}
        kept = ends(population, units, asked | frozen_answers(population, acting.rule))
        found = known_synapses(population, acting.rule)
        for one, (senders, receivers) in zip(found, kept, strict=True):
            old = frozen_receivers(population, one)
            new, w = receivers & ~old, population.weights[one.weight]
            weights[one.weight] = merged(one, w, fresh[one.weight], old, new, senders)
            stays = old | new
            frozen[one.weight] = as_laid(one, at_receivers(one, stays), w).contiguous()
            if one.bias:
                b = population.weights[one.bias]
                weights[one.bias] = torch.where(stays, b, fresh[one.bias])
                frozen[one.bias] = stays
        columns = {FROZEN + name: values for name, values in frozen.items()}
        return world.with_population(population.with_weights(weights).with_state(columns))


def merged(
    one: Synapses,
    w: Tensor,
    fresh: Tensor,
    old: Bool[Tensor, "agents receivers"],
    new: Bool[Tensor, "agents receivers"],
    senders: Bool[Tensor, "agents senders"],
) -> Tensor:
    """Returns w with the numbers into each receiver kept, cut or drawn again.

    Args:
        one: Whom the numbers of w join.
        w: The matrix, as its weight lies.
        fresh: The same, drawn again.
        old: Receivers that were frozen before.
        new: Receivers that are frozen now, but for the weights from units not kept.
        senders: Units that are kept.
    """

    def laid(marks: Tensor) -> Tensor:
        return as_laid(one, marks, w)

    cut = w.masked_fill(~laid(at_senders(one, senders)), 0)
    kept, newly = laid(at_receivers(one, old)), laid(at_receivers(one, new))
    return torch.where(kept, w, torch.where(newly, cut, fresh))
