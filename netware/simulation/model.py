"""The Mesa model: it owns the clock and runs the schedule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mesa
import torch
from mesa.agent import AgentSet
from torch import Tensor

from netware.draws import Purpose, SeedLike, seed_of
from netware.errors import StateError
from netware.population import ALIVE, WEIGHTS, Population
from netware.process.settings import keep_freed_memory
from netware.simulation.agents import NetwareAgent, view_class, who
from netware.simulation.build import Blueprint, blueprint
from netware.simulation.construction import world_of
from netware.simulation.guard import Guard
from netware.simulation.iterations import iteration
from netware.simulation.memories import Memories, memories_in
from netware.simulation.plan import Plan
from netware.simulation.schedule import Schedule, Watch, unwatched
from netware.simulation.sight import Sight
from netware.simulation.snapshot import state_in, state_out
from netware.simulation.stopping import StopCounter
from netware.world import World


MOST_STEPS_UNCHECKED = 10

if TYPE_CHECKING:
    Agents = AgentSet
else:
    Agents = Any  # Mesa 3.5's own annotation cannot be resolved when it is checked at run time


class NetwareModel(mesa.Model):
    """A population of neural agents as a Mesa model.

    The state is the frozen `world`; `step` replaces it by the next. Agents are views, made when
    `agents` is first asked for: a million agents cost nothing until then. Mesa's DataCollector,
    batch_run and AgentSet work on it unchanged.

    Args:
        scenario: A scenario file, or a blueprint that `netware.load` made.
        overrides: Dotted overrides such as `("steps=10", "rules.agree.gain=0.2")`.
        seed: Seed in place of the scenario's. Without one, the iterations of `mesa.batch_run` run
            with seeds of their own, derived from the scenario's; the first with that itself.
        rng: The same, under Mesa's newer name: a number, or what NumPy makes a generator of.
        collect: Steps between collections of the probes by `datacollector`, or 0 for none; what a
            run folder records does not depend on it. [steps]
    """

    def __init__(
        self,
        scenario: str | Path | Blueprint,
        overrides: Sequence[str] = (),
        seed: SeedLike = None,
        rng: SeedLike = None,
        collect: int = 1,
    ):
        """Builds the world at step 0, or raises all mistakes of the scenario at once."""
        keep_freed_memory()
        seed = seed_of(rng if seed is None else seed)
        changes = [*overrides, *([] if seed is None else [f"seed={seed}"])]
        given = isinstance(scenario, Blueprint)
        self.blueprint = scenario if given else blueprint(Path(scenario), changes)
        if seed is None:
            self.blueprint = self.blueprint.iteration(iteration())
        mesa.Model.__init__(self, rng=self.blueprint.seed)
        self._world = self.built = world_of(self.blueprint)
        self._memories = Memories.begun(self._world, self.plan)
        self.stopping = StopCounter.of(self.blueprint.scenario)
        self._sight = Sight(self._world, self._memories.tensors)
        self._own: set[tuple[str, str]] = set()
        self._views: dict[str, list[NetwareAgent | None]] = {}
        unchecked = MOST_STEPS_UNCHECKED if self._world.draws.keys.is_cuda else 1
        self._guard = Guard(self._world, 1 if self.blueprint.agent_classes else unchecked)
        self._collect = collect
        self.watch: Watch = unwatched
        self.datacollector = mesa.DataCollector(model_reporters=self.reporters())
        self.stopping.observe(self.sight, self.plan)
        self.collect()
        self.running = self.goes_on

    @property
    def goes_on(self) -> bool:
        """Tells whether the scenario has steps left, and its condition to stop is not yet met."""
        return self._world.step < self.blueprint.scenario.steps and not self.stopping.met

    @property
    def world(self) -> World:
        """Returns the world as it is; later writes through agents do not change it."""
        self._own.clear()
        return self._world

    @world.setter
    def world(self, world: World) -> None:
        self._own.clear()
        self._world = world
        self._guard = replace(self._guard, good=world)
        self.steps = world.step
        self.running = self.goes_on
        self._memories = self._memories.at(world, self.plan)

    def peek(self) -> World:
        """Returns the world to read at once and not to keep: writes may still change it."""
        return self._world

    def step(self) -> None:
        """Takes one step: link, generate, transmit, think, act, learn.

        `running` says afterwards whether the scenario goes on, as `run_model` and `batch_run` ask.
        """
        self._own.clear()
        self._world = self.stepped(self._world, self.watch)
        self._guard = self._guard.check(self._world, self.stepped)
        self.follow_all()
        self._memories = self._memories.after(self._world, self.plan)
        self.stopping.observe(self.sight, self.plan)
        self.collect()
        self.running = self.goes_on

    @property
    def sight(self) -> Sight:
        """Returns what probes see now, with what they remember; kept while nothing changes."""
        if self._own:
            return Sight(self._world, self._memories.tensors)
        if self._sight.world is not self._world:
            self._sight = Sight(self._world, self._memories.tensors)
        return self._sight

    @property
    def plan(self) -> Plan:
        """Returns what is defined for the step that begins now, and for what is observed before."""
        return self.blueprint.plan_at(self._world.step)

    def stepped(self, world: World, watch: Watch = unwatched) -> World:
        """Returns the world a step on, and what events have changed by then."""
        schedule = Schedule(self.blueprint.plan_at(world.step))
        return self.blueprint.turned(schedule.step(world, self.agents_act, watch))

    def saved(self) -> dict[str, Tensor]:
        """Returns the tensors from which `restore` goes on."""
        found_again = self.plan.found_again(self._world.step)
        return state_out(self._world, self.built, found_again) | self._memories.saved()

    def restore(
        self,
        step: int,
        tensors: Mapping[str, Tensor],
        held: int = 0,
        values: Mapping[str, float] | None = None,
    ) -> None:
        """Goes on from what `saved` returned at `step`.

        The condition to stop had `held` for so many observations, and known these `values`.
        """
        self.stopping.length, self.stopping.values = held, dict(values or {})
        world = state_in(self.built, step, tensors)
        self.world = self.blueprint.plan_at(step).with_found(world)
        self._memories = memories_in(tensors, self._world, self.plan)

    def reporters(self) -> dict[str, Callable[["NetwareModel"], float]]:
        """Returns one Mesa reporter for each scalar quantity of the scenario's probes."""
        return {
            f"{one.name}.{key}": partial(NetwareModel.reading, name=one.name, quantity=key)
            for one in self.plan.probes
            for key, axes in one.part.quantities.items()
            if not axes
        }

    def reading(self, name: str, quantity: str) -> float:
        """Returns what a probe reads now, averaged over the replicas."""
        return self.sight.means(name, self.plan.probe(name))[quantity]

    def collect(self) -> None:
        """Lets Mesa's data collector ask the probes, if it is due."""
        if self._collect and self._world.step % self._collect == 0:
            self.datacollector.collect(self)

    def insist_finite(self) -> None:
        """Raises if anything is not finite now, also where checks are steps apart."""
        self._guard = self._guard.insist(self._world, self.stepped)

    def agents_act(self, world: World, only: str | None = None) -> World:
        """Lets agents that have a Python class of their own take their step, one by one.

        All of them, or with `only` those of that population, which then have chance of their own.
        """
        acting = [name for name in self.blueprint.agent_classes if only in (None, name)]
        if not acting:
            return world
        self._own.clear()
        self._world = world
        self.follow_all()
        use = "random" if only is None else f"random/{only}"
        stream = world.draws.stream(Purpose.MESA, use, 1, world.step)
        self.random.seed(int(stream.words()[0]))
        for population in acting:
            own = AgentSet(self.views(population), random=self.random)
            if self.plan.activation == "shuffled":
                own.shuffle_do("step")
            else:
                own.do("step")
        return self.world

    @property
    def agents(self) -> Agents:
        """Returns all agents; the first time, this makes their views."""
        self.make_views()
        return self._all_agents

    @property
    def agents_by_type(self) -> dict[type, Agents]:
        """Returns all agents by their class: one class a population, unless two share yours."""
        self.make_views()
        return self._agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """Returns the classes of the agents."""
        self.make_views()
        return list(self._agents_by_type)

    def make_views(self) -> None:
        """Makes the view of every agent, once."""
        if self._views:
            return
        for name, population in self._world.populations.items():
            self._views[name] = [None] * population.total
            self.follow(population)

    def follow(self, population: Population) -> None:
        """Makes the views of those who have been born, and takes away those of the dead."""
        views, name = self._views[population.name], population.name
        given = self.blueprint.agent_classes.get(name)
        cls = given or view_class(name)
        for row, id in who(population, views):
            view, replica = views[row], row // population.agents
            if view is not None:
                mesa.Agent.remove(view)
            views[row] = None if id is None else cls(self, name, replica, id, row)

    def views(self, population: str) -> list[NetwareAgent]:
        """Returns the living agents of one population, all replicas."""
        self.make_views()
        return [view for view in self._views[population] if view is not None]

    def view(self, population: str, row: int) -> NetwareAgent:
        """Returns the agent at one place of a population."""
        self.make_views()
        view = self._views[population][row]
        if view is None:
            raise LookupError(f"nobody is at place {row} of '{population}'")
        return view

    def kill(self, agent: NetwareAgent) -> None:
        """Lets one agent die: its parts die with it, and their edges go."""
        population, before = self._world[agent.population], self._world
        if population.alive is None:
            raise StateError(
                f"agent {agent.unique_id} of '{agent.population}'",
                found="'remove()' in a population in which nobody can die",
                expected="a population with a capacity for births and deaths",
                fix=f"write 'capacity: {population.agents}' under populations.{agent.population}",
            )
        alive = population[ALIVE].index_fill(0, torch.tensor([agent.row]), False)
        self._world = before.with_state(agent.population, **{ALIVE: alive})
        self._world = Schedule(self.plan).remove_dead(self._world, before)
        self.follow_all()

    def follow_all(self) -> None:
        """Brings the views up to date, if there are any, where agents may die."""
        for name in self._views:
            if self._world[name].alive is not None:
                self.follow(self._world[name])

    def has_column(self, population: str, column: str) -> bool:
        """Tells whether the population's state has this column."""
        return column in self._world.populations[population].state

    def write(self, population: str, column: str, row: int, value) -> None:
        """Writes one agent's value, in a copy of the column that is the model's own."""
        if (population, column) not in self._own:
            copied = self._world[population][column].clone()
            self._world = self._world.with_state(population, **{column: copied})
            self._own.add((population, column))
        values = self._world[population].state[column]
        values[row] = torch.as_tensor(value, dtype=values.dtype, device=values.device)

    def write_weights(self, population: str, row: int, weights: Mapping[str, Tensor]) -> None:
        """Writes one agent's weights, in a copy that is the model's own."""
        for name, values in weights.items():
            if (population, f"{WEIGHTS}/{name}") not in self._own:
                copied = self._world[population].weights[name].clone()
                self._world = self._world.with_weights(population, {name: copied})
                self._own.add((population, f"{WEIGHTS}/{name}"))
            self._world[population].weights[name][row] = values
