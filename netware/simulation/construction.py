"""Construction: the world of a blueprint, built part by part; all that is wrong is said at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from netware.draws import Draws
from netware.errors import NetwareError, Problem, ScenarioError
from netware.simulation.arrivals import with_arrivals
from netware.simulation.build import Blueprint
from netware.simulation.changes import refused_changes
from netware.simulation.lifecycle import between_living
from netware.simulation.plan import Plan
from netware.simulation.refusals import (
    refuse_activation,
    refuse_cycles,
    refuse_death,
    refuse_input,
    refuse_loss,
    unmet,
)
from netware.simulation.schedule import Schedule
from netware.world import World


@dataclass
class Construction:
    """A world that is being built.

    A part that cannot be built is left out, and what depends on it as well; so one mistake does
    not hide the others, and none is said that only follows from another.

    Args:
        blueprint: What is built.
        errors: What has been refused so far.
    """

    blueprint: Blueprint
    errors: list[NetwareError] = field(default_factory=list)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Notes what is refused inside; whatever else fails there follows from what was before."""
        try:
            yield
        except NetwareError as error:
            self.errors.append(error)
        except Exception:
            if not self.errors:
                raise

    def insist(self) -> None:
        """Raises all that was refused so far, if anything was."""
        problems = list(dict.fromkeys(p for error in self.errors for p in error.problems))
        if problems:
            kind = type(self.errors[0]) if len(self.errors) == 1 else ScenarioError
            raise kind.together(problems)

    def world(self) -> World:
        """Returns the world at step 0."""
        blueprint = self.blueprint
        with self.trying():
            _ = blueprint.names
        self.insist()
        world = self.inhabited(self.empty())
        world = self.related(world)
        self.insist()
        plans = blueprint.plans.values()
        for plan in plans:
            arrived = with_arrivals(self.joined_by(plan, world), plan.definitions)
            world = replace(arrived, edges=world.edges)
        for plan in plans:
            for refuse in (refuse_input, refuse_cycles):
                with self.trying():
                    refuse(plan, self.joined_by(plan, world))
        unprepared = Schedule(blueprint.plan).made(world)
        world = self.prepared(unprepared)
        self.refuse_acting(world)
        self.refuse_changes(unprepared, world)
        for plan in plans:
            if problems := unmet(plan, world):
                self.errors.append(ScenarioError.together(problems))
        self.insist()
        return world

    def empty(self) -> World:
        """Returns the world with its tasks, without agents."""
        blueprint = self.blueprint
        draws = Draws.of(blueprint.seed, blueprint.scenario.replicas, blueprint.device)
        world = World(draws=draws, space=blueprint.space, dt=blueprint.scenario.dt)
        for name, task in blueprint.plan.tasks.items():
            with self.trying():
                examples = task.make(name, draws, blueprint.dtype)
                world = replace(world, examples={**world.examples, name: examples})
        return world

    def inhabited(self, world: World) -> World:
        """Returns the world with all agents, shown their first samples."""
        for name in self.blueprint.scenario.populations:
            with self.trying():
                world = world.with_population(self.blueprint.population(name, world))
        for timed in self.blueprint.plan.showing:
            with self.trying():
                world = timed.part.begin(world)
        return world

    def related(self, world: World) -> World:
        """Returns the world with the columns and the edges of all relations."""
        relations = self.blueprint.plan.definitions
        for name, relation in relations.items():
            with self.trying():
                world = world.with_population(relation.with_columns(world, name))
        for name, relation in relations.items():
            with self.trying():
                edges = between_living(world, relation.edges(world, name))
                world = world.with_edges(name, edges)
        return world

    def joined_by(self, plan: Plan, world: World) -> World:
        """Returns the world with the edges that a plan's relations would have."""
        now = self.blueprint.plan.definitions
        for name, relation in plan.definitions.items():
            if relation != now[name]:
                world = world.with_edges(name, relation.edges(world, name))
        return world

    def prepared(self, world: World) -> World:
        """Returns the world with what its rules keep."""
        plan = self.blueprint.plan
        for timed in plan.preparing:
            with self.trying():
                world = timed.part.prepare(world, plan.acting(timed.name))
        return world

    def refuse_acting(self, world: World) -> None:
        """Refuses rules and relations that do not fit agents that may die, or the activation."""
        for plan in self.blueprint.plans.values():
            for timed in plan.rules:
                acting = plan.acting(timed.name)
                for name, population in timed.part.varying_values(world, acting):
                    with self.trying():
                        acting.value(world, timed.part, name, population)
                for refuse in (refuse_death, refuse_activation):
                    with self.trying():
                        refuse(timed, plan, world)
            for timed in plan.relations:
                with self.trying():
                    refuse_loss(timed, plan, world)

    def refuse_changes(self, unprepared: World, world: World) -> None:
        """Refuses events that change what a run could not follow, at the lines of the events."""
        if self.errors:
            return
        for step, part, error in refused_changes(self.blueprint.plans, unprepared, world):
            where = self.blueprint.event_of(step, part)
            self.errors.append(
                ScenarioError.together([placed(problem, where, part) for problem in error.problems])
            )


def placed(problem: Problem, where: str, part: str) -> Problem:
    """Returns a problem of a part at the event that would cause it."""
    return replace(problem, where=where, found=f"{part}: {problem.found}")


def world_of(blueprint: Blueprint) -> World:
    """Builds the world at step 0, or says at which lines of the scenario it cannot be."""
    try:
        return Construction(blueprint).world()
    except NetwareError as error:
        raise blueprint.anchored(error) from error
