"""Gradient learning: every agent descends its own loss, all agents in one backward pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from netware.errors import ScenarioError
from netware.learning.learner import Group, Learner, group_size
from netware.learning.lineage import generated, grown, lineage
from netware.learning.losses import Loss, losses, must_fit, resolved
from netware.learning.minibatches import minibatches
from netware.learning.optimisers.adam import Adam
from netware.learning.optimisers.base import AbstractOptimiser
from netware.learning.shards import Share, partitioned, refuse_share
from netware.parameters import Column, Count, Index, Member, NonNegative, PopulationName, TaskName
from netware.population import Population
from netware.rules.base import (
    ALL_AT_ONCE,
    ANY_ORDER,
    AbstractRule,
    Acting,
    Activation,
    Phase,
    Reads,
    varying_fields,
)
from netware.tasks.base import Examples
from netware.world import World


ADAM = Adam()


@dataclass(frozen=True)
class Gradient(AbstractRule):
    """Moves the weights of every agent down the gradient of its own loss, minibatch by minibatch.

    w_i <- optimiser(w_i, dE_i/dw_i),
    E_i = loss(y_i(x), t) + c_W sum |W_i| + c_N sum_l |N_i^(l)| + c_syn sum_jk |W_i,jk| d_jk^gamma

    Agents are independent given their inputs, so one backward pass of sum_i E_i gives each its
    own gradient. Weights that a relation generates are no leaves: the loss is differentiated
    through the relation, and what learns is the generator, on the sum of its children's losses.

    Args:
        on: Population that learns.
        task: Task whose examples are learnt from; none to learn, from one sample per agent, the
            column `targets` from the column `inputs`.
        share: What each learns from: `all` examples, or one of as many parts as agents at start,
            `random` or of few classes, `by_class`; born later, by its id modulo their number.
        inputs: Column of state to learn from where there is no task.
        targets: Column of state that should be answered where there is no task.
        loss: `mse` (mean over samples and outputs), `cross_entropy`, or `auto`: cross_entropy
            where targets are classes.
        optimiser: How the gradient moves the weights: `{type: adam, rate: 0.01}`, adamw, sgd.
        batch: Samples in a minibatch; 0, or more than there are, for all. [1]
        epochs: Passes over the examples in a step; the last minibatch may be smaller. [1]
        batches: Minibatches in a step, in place of whole passes; 0 for whole passes. [1]
        trains: What learns: `weights`, one weight by its name, or a column of state; `own` for the
            columns that begin with `own.`, such as the differences of heirs.
        weight_l1: c_W, price of sum |w| over matrices of weights (not biases). [1]
        activity_l1: c_N, price of sum |activity| over all parts that the model traces but its
            output, averaged over the samples. [1]
        length_l1: c_syn, price of the length of all synapses, for models whose neurons have
            places. [1]

    Reads: examples of `task`, or the columns `inputs` and `targets`; edges that generate weights;
    `frozen.<weight>`: where it is true a weight stays, bit by bit, as it is.
    Writes: weights; `<rule>.first.<weight>`, `<rule>.second.<weight>`, `<rule>.updates`.

    Source: Rumelhart, Hinton and Williams (1986), Nature 323, 533, doi:10.1038/323533a0;
    c_W, c_N, c_syn: Golkar (2019), arXiv:1911.11691, eqs. 5 and 9.
    Departs from it: agents of a replica with the same examples see the same minibatches; the
    paper's c_N is not printed as a sum or a mean over the batch, ours is the mean.
    """

    on: PopulationName
    task: TaskName | None = None
    share: Share = "all"
    inputs: Column = "input"
    targets: Column = "target"
    loss: Loss = "auto"
    optimiser: Annotated[AbstractOptimiser, Member("optimisers")] = ADAM
    batch: Index = 0
    epochs: Count = 1
    batches: Index = 0
    trains: tuple[str, ...] = ("weights",)
    weight_l1: NonNegative = 0.0
    activity_l1: NonNegative = 0.0
    length_l1: NonNegative = 0.0

    reads: ClassVar[Reads] = "own"
    phase: ClassVar[Phase] = "learn"
    orders: ClassVar[frozenset[Activation]] = ANY_ORDER

    def honours(self, world: World, acting: Acting) -> frozenset[Activation]:
        """Returns any order, but where an agent's loss moves other agents, through a relation."""
        makers = [one.between for one in acting.relations.values() if one.flow_phase == "generate"]
        alone = (self.on, self.on) not in makers and set(self.learnt(world, acting)) == {self.on}
        return self.orders if alone else ALL_AT_ONCE

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses what cannot learn; makes the optimiser's columns, zeros before the first step."""
        where, examples = f"rules.{acting.rule}", self.examples(world)
        shown = "task" if self.task is not None else "targets"
        must_fit(f"{where}.{shown}", world[self.on], examples)
        refuse_share(f"{where}.share", self.share, self.task, examples)
        self.refuse_loss(where, examples)
        self.refuse_names(where, world, acting)
        for name, leaves in self.learnt(world, acting).items():
            with_columns = self.optimiser.with_columns(world[name], acting.rule, leaves)
            world = world.with_population(with_columns)
        self.refuse_idle(where, world, acting)
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the minibatches of one step."""
        examples, learners = self.examples(world), self.learners(world, acting)
        groups, updates = self.groups(world, acting, learners, examples), 0
        for batch in minibatches(
            examples, world.draws, acting.rule, world.step, self.batch, self.epochs, self.batches
        ):
            for group in groups:
                self.descend(world, acting, group, batch)
            updates += 1
        populations = {name: world[name] for name in lineage(acting.relations, self.on)}
        for name, learner in learners.items():
            columns = learner.columns(acting.rule, populations[name], updates)
            populations[name] = learner.within(populations[name].with_state(columns))
        for population in grown(world, acting.relations, populations).values():
            world = world.with_population(population)
        return world

    def examples(self, world: World) -> Examples:
        """Returns the examples of each replica, or of each agent that has its own."""
        population = world[self.on]
        if self.task is not None:
            every, parts = world.examples[self.task].train, population.initial_agents
            return partitioned(every, self.share, parts, world.draws, self.task, population.founder)
        shape = (population.total, 1, -1)
        x, t = (population[name].reshape(shape) for name in (self.inputs, self.targets))
        return Examples(x, t, "numbers")

    def learnt(self, world: World, acting: Acting) -> dict[str, tuple[str, ...]]:
        """Names what learns in each population: those that generate weights, then `on`."""
        found = {}
        for name in lineage(acting.relations, self.on):
            population, made = world[name], generated(world, acting.relations, name)
            own = [weight for weight in population.weights if weight not in made]
            wanted = [*(own if "weights" in self.trains else ()), *self.trains]
            leaves = [one for one in wanted if one in own or one in population.state]
            leaves += [one for one in population.state if one.split(".")[0] in self.trains]
            if leaves:
                found[name] = tuple(dict.fromkeys(leaves))
        return found

    def learners(self, world: World, acting: Acting) -> dict[str, Learner]:
        """Copies what learns, by population."""
        moments, found = self.optimiser.moments(), {}
        for name, own in self.learnt(world, acting).items():
            rate = acting.value(world, self, "optimiser.rate", name)
            found[name] = Learner.copied(world[name], acting.rule, own, moments, rate)
        return found

    def varying_values(self, world: World, acting: Acting) -> list[tuple[str, str]]:
        """Returns the rate of each population that learns, if it varies."""
        learnt = self.learnt(world, acting)
        return [(field, name) for field in varying_fields(self) for name in learnt]

    def groups(
        self,
        world: World,
        acting: Acting,
        learners: Mapping[str, Learner],
        examples: Examples,
    ) -> list[Group]:
        """Cuts the agents into groups that learn in cache; those of a generator stay together."""
        population, line = world[self.on], lineage(acting.relations, self.on)
        each = torch.arange(population.total, device=population.device)
        owner = population.replica if self.task is not None and self.share == "all" else each
        if len(line) > 1:
            parts = {name: one.part(0, world[name].total) for name, one in learners.items()}
            return [Group({name: world[name] for name in line}, parts, owner)]
        samples = examples.inputs.shape[1]
        size = group_size(population, min(self.batch or samples, samples))
        return [
            Group(
                {self.on: population.part(start, size)},
                {self.on: learners[self.on].part(start, size)},
                owner[start : start + size],
            )
            for start in range(0, population.total, size)
        ]

    def descend(self, world: World, acting: Acting, group: Group, batch: Examples) -> None:
        """Takes one step down the gradient, in the group's own tensors."""
        for name, slopes in self.slopes(world, acting, group, batch).items():
            learner = group.learners[name]
            if self.weight_l1:
                for leaf in learner.matrices(world[name]).intersection(slopes):
                    sign = learner.leaves[leaf].detach().sign()
                    slopes[leaf] = slopes[leaf].add(sign, alpha=self.weight_l1)
            self.optimiser.update(learner, slopes)

    def slopes(
        self, world: World, acting: Acting, group: Group, batch: Examples
    ) -> dict[str, dict[str, Tensor]]:
        """Returns the gradient of the summed losses by each leaf that they depend on."""
        pairs = [(name, leaf) for name, one in group.learners.items() for leaf in one.leaves]
        leaves = [group.learners[name].leaves[leaf] for name, leaf in pairs]
        with torch.enable_grad():
            line = dict(group.populations)
            for name, learner in group.learners.items():
                line[name] = learner.within(line[name])
            learning = grown(world, acting.relations, line)[self.on]
            total = self.losses(learning, batch.of(group.owner)).sum()
            found = [None] * len(leaves)
            if total.requires_grad:
                found = torch.autograd.grad(total, leaves, allow_unused=True)
        slopes: dict[str, dict[str, Tensor]] = {name: {} for name in group.learners}
        for (name, leaf), slope in zip(pairs, found, strict=True):
            if slope is not None:
                slopes[name][leaf] = slope
        return slopes

    def losses(self, population: Population, batch: Examples) -> Float[Tensor, " agents"]:
        """Returns E of each agent, but for the price of weights, whose gradient is their sign."""
        kind, model = resolved(self.loss, batch.goal), population.wrapped()
        told = (population.weights, batch.inputs, population.state)
        traced = model.trace(*told) if self.activity_l1 else {"output": model.forward(*told)}
        total = losses(batch.asked(traced["output"]), batch.targets, kind)
        if self.activity_l1:
            active = [h.abs().sum((1, 2)) for part, h in traced.items() if part != "output"]
            total = total + self.activity_l1 / batch.inputs.shape[1] * torch.stack(active).sum(0)
        if self.length_l1:
            total = total + self.length_l1 * model.synaptic_length(population.weights)
        return total

    def refuse_loss(self, where: str, examples: Examples) -> None:
        """Refuses a loss that the targets have no meaning for."""
        if self.loss == "cross_entropy" and self.task is not None and examples.goal != "classes":
            raise ScenarioError(
                f"{where}.loss",
                found=f"cross_entropy, but the targets of '{self.task}' are {examples.goal}",
                expected="mse, or a task whose targets are classes",
                fix="write 'loss: mse'",
            )

    def refuse_names(self, where: str, world: World, acting: Acting) -> None:
        """Refuses names of weights and columns that no population concerned has."""
        line = [world[name] for name in lineage(acting.relations, self.on)]
        known = {name for one in line for name in (*one.weights, *one.state)} | {"weights"}
        known |= {name.split(".")[0] for name in known}
        unknown = [name for name in self.trains if name not in known]
        if unknown or not self.learnt(world, acting):
            raise ScenarioError(
                f"{where}.trains",
                found=f"no weight or column '{unknown[0]}'" if unknown else "nothing to learn",
                expected=f"of {', '.join(sorted(known))}",
                fix="write 'trains: [weights]', or add the column to the population's 'state'",
            )

    def refuse_idle(self, where: str, world: World, acting: Acting) -> None:
        """Refuses columns that the loss does not depend on, and activities that are not traced."""
        first = torch.zeros(1, dtype=torch.long, device=world[self.on].device)
        batch = self.examples(world).rows(first)
        group = self.groups(world, acting, self.learners(world, acting), batch)[0]
        if self.activity_l1:
            self.refuse_activity(where, group.populations[self.on], batch.of(group.owner))
        slopes = self.slopes(world, acting, group, batch).values()
        moved = {leaf for found in slopes for leaf in found}
        found = moved | {leaf.split(".")[0] for leaf in moved}
        idle = [name for name in self.trains if name != "weights" and name not in found]
        if idle or not moved:
            raise ScenarioError(
                f"{where}.trains",
                found=f"answers of '{self.on}' that do not depend on '{(idle or self.trains)[0]}'",
                expected=f"of {', '.join(sorted(moved)) or 'weights'}",
                fix=f"take '{(idle or self.trains)[0]}' out of 'trains'",
            )

    def refuse_activity(self, where: str, population: Population, batch: Examples) -> None:
        """Refuses a price of activities that the model does not trace."""
        traced = population.wrapped().trace(population.weights, batch.inputs, population.state)
        if set(traced) == {"output"}:
            raise ScenarioError(
                f"{where}.activity_l1",
                found=f"agents of '{self.on}' that trace nothing but their output",
                expected="a model with hidden activity, such as multilayer or urn",
                fix="leave 'activity_l1' out",
            )
