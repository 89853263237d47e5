"""Read representation: the direction in a hidden layer of each agent that tells a concept."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch

from netware.errors import ShapeError
from netware.measures.representation import (
    examples_of,
    hidden,
    mean_difference,
    must_have_classes,
    must_read,
    reading_vector,
)
from netware.parameters import Column, Count, Index, PopulationName, TaskName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.world import World


@dataclass(frozen=True)
class ReadRepresentation(AbstractRule):
    """Finds in a hidden layer of each agent the direction along which two classes differ.

    pca:        v = first principal component of d_i = s_i (h+_i - h-_i), centred,
    difference: v = mean h+ - mean h-;   |v| = 1, pointing from the negative to the positive class

    h+_i and h-_i are what the layer answers to the i-th example of either class, in the order of
    the task: a task of contrast pairs is read pair by pair. The order s_i = +-1 within each pair is
    drawn by each agent for itself; without it, centring would take the concept out.

    Args:
        on: Population that is read.
        task: Task whose classes tell the concept.
        layer: Hidden layer, by its name in the trace, such as `hidden1`.
        method: `pca` (linear artificial tomography) or `difference` of class means.
        positive: Class that has the concept, the first being 0. [1]
        negative: Class that has not. [1]
        pairs: Pairs of examples to read from. [1]
        state: Column that the direction is written to.

    Reads: examples of `task`; weights and state.
    Writes: `direction`, or the column named.

    Source: Zou et al. (2023), arXiv:2310.01405, section 3.1.
    Departs from it: nothing.
    """

    on: PopulationName
    task: TaskName
    layer: str = "hidden1"
    method: Literal["pca", "difference"] = "pca"
    positive: Index = 1
    negative: Index = 0
    pairs: Count = 64
    state: Column = "direction"

    reads: ClassVar[Reads] = "own"

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses layers and classes that are not there, and a column of another width.

        Makes the column, zeros at first.
        """
        where, population = f"rules.{acting.rule}", world[self.on]
        data = world.examples[self.task].train
        width = must_read(where, population, self.layer, data, self.task)
        must_have_classes(where, data, self.task, (self.positive, self.negative), self.pairs)
        shape = (population.total, width)
        zeros = torch.zeros(shape, dtype=population.dtype, device=population.device)
        column = population.state.get(self.state, zeros)
        if column.shape != zeros.shape or not column.is_floating_point():
            raise ShapeError(
                f"{where}.state",
                found=f"'{self.state}' of shape {tuple(column.shape[1:])}, {column.dtype}",
                expected=f"{width} real numbers an agent, one for each unit of '{self.layer}'",
                fix="write 'state: direction', or another column that no one else makes",
            )
        return world.with_state(self.on, **{self.state: column})

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after the direction of every agent was read."""
        population, data = world[self.on], world.examples[self.task].train
        positive, negative = (
            hidden(
                population,
                examples_of(data, label, self.pairs)[population.replica],
                self.layer,
            )
            for label in (self.positive, self.negative)
        )
        if self.method == "difference":
            found = mean_difference(positive, negative)
        else:
            heads = acting.stream(world, self.on).bernoulli(0.5, (self.pairs,))
            found = reading_vector(positive, negative, heads.to(positive.dtype) * 2 - 1)
        return world.with_state(self.on, **{self.state: found})
