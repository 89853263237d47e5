"""Showing: what agents are shown of a task."""

from dataclasses import dataclass

from netware.draws import Purpose
from netware.tasks.cues import Sample
from netware.world import World


@dataclass(frozen=True)
class Showing:
    """Gives every agent of a population a sample of a task, corrupted on the way.

    Args:
        population: Who is shown it.
        task: What it is a sample of.
        corruption: Share of each sample that is corrupted, agent by agent. [1]
        sample: `shared`, the same sample for all agents of a replica, or `own`, one for each.
    """

    population: str
    task: str
    corruption: float
    sample: Sample

    def show(self, world: World) -> World:
        """Returns the world with new columns `input` and `target`."""
        population = world[self.population]
        given, target = population.wrapped().presented(
            world.examples[self.task].train,
            self.sample,
            self.corruption,
            world.stream(Purpose.CORRUPTION, self.population, self.population),
        )
        columns = {"input": given.contiguous(), "target": target.contiguous()}
        return world.with_population(population.with_state(columns))

    def begin(self, world: World) -> World:
        """Returns the world in which the agents were shown their first sample.

        A memory, which does not answer by itself, begins with what it was shown as its output.
        """
        world = self.show(world)
        population = world[self.population]
        if population.wrapped().responds:
            return world
        return world.with_state(self.population, output=population["input"])
