"""Noising: samples lose themselves in noise, level by level."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch

from netware.errors import ScenarioError, ShapeError
from netware.parameters import Column, Count, PopulationName, TaskName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.rules.denoising.base import changed, denoiser_of, levelled, samples_in
from netware.world import World


@dataclass(frozen=True)
class Noising(AbstractRule):
    """Adds noise to the samples that each agent holds, some levels in a step.

    x_{t+1} = sqrt(1 - beta_{t+1}) x_t + sqrt(beta_{t+1}) z,   z ~ N(0, 1), and of k levels at once
    x_{t+k} = sqrt(abar_{t+k} / abar_t) x_t + sqrt(1 - abar_{t+k} / abar_t) z

    Both ways give the same distribution. From the data (t = 0) to level T the samples go over into
    N(0, 1). The schedule is that of the agents' model; at level T nothing happens.

    Args:
        on: Population of denoisers whose samples are noised.
        state: Column of samples, one or several an agent, one after the other.
        level: Column of each agent's level t; made, as 0, if it is not there.
        levels: k, levels to go up in a step. [1]
        path: `jump`, all levels of a step in one draw, or `steps`, one after the other.
        task: Task whose examples the samples are at first, each agent's own draw of them; none
            for what the scenario writes under `state`.
        samples: Examples of the task that each agent draws. [1]

    Reads: state, level.
    Writes: state, level.

    Source: Ho, Jain and Abbeel (2020), arXiv:2006.11239, equations 2 and 4.
    Departs from it: nothing.
    """

    on: PopulationName
    state: Column = "x"
    level: Column = "level"
    levels: Count = 1
    path: Literal["jump", "steps"] = "jump"
    task: TaskName | None = None
    samples: Count = 1

    reads: ClassVar[Reads] = "own"

    def prepare(self, world: World, acting: Acting) -> World:
        """Draws the samples from the task if there is one; makes the column of levels."""
        where = f"rules.{acting.rule}"
        denoiser_of(world[self.on], where)
        if self.task is not None:
            world = self.begun(world, acting, where, self.task)
        return levelled(world, self.on, self.state, self.level, where)

    def begun(self, world: World, acting: Acting, where: str, task: str) -> World:
        """Returns the world in which each agent holds examples of the task, drawn with return."""
        population, inputs = world[self.on], world.examples[task].train.inputs
        features = denoiser_of(population, where).features
        if inputs.shape[2] != features:
            raise ShapeError(
                f"{where}.task",
                found=f"examples of {inputs.shape[2]} numbers, for denoisers of {features}",
                expected=f"{features} = {inputs.shape[2]}",
                fix=f"write 'features: {inputs.shape[2]}' under populations.{self.on}.model",
            )
        if self.state in population.state:
            raise ScenarioError(
                f"{where}.task",
                found=f"a column '{self.state}' that the scenario fills already",
                expected="samples from the task, or from the scenario",
                fix=f"leave 'task' out, or '{self.state}' under populations.{self.on}.state",
            )
        stream = acting.stream(world, self.on, "examples")
        chosen = stream.integers(inputs.shape[1], (self.samples,))
        return world.with_state(
            self.on, **{self.state: inputs[population.replica[:, None], chosen].flatten(1)}
        )

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after some levels of noising."""
        population = world[self.on]
        model = denoiser_of(population, f"rules.{acting.rule}")
        schedule, level = model.schedule, model.schedule.bounded(population[self.level])
        x = samples_in(population, self.state, model.features)
        parts = [1] * self.levels if self.path == "steps" else [self.levels]
        for part, up in enumerate(parts):
            to = (level + up).clamp(max=schedule.levels)
            kept, spread = schedule.upward(level, to, x.dtype)
            z = acting.stream(world, self.on, str(part)).normal(
                size=tuple(x.shape[1:]), dtype=x.dtype
            )
            x = torch.addcmul(kept[:, None, None] * x, spread[:, None, None], z)
            level = to
        return world.with_state(self.on, **changed(population, self.state, x, self.level, level))
