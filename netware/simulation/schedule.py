"""The order of a step: whoever reads this page knows what happens when."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from netware.draws import Purpose
from netware.relations.base import AbstractRelation, Flow
from netware.rules.base import AbstractRule, Activation, Phase, Turn
from netware.scenario.parts import ALWAYS, Cadence
from netware.simulation.showing import Showing
from netware.world import World


Part = TypeVar("Part", covariant=True)
Hook = Callable[[World], World]
Watch = Callable[[str, World], None]


def unwatched(part: str, world: World) -> None:
    """Looks at nothing."""


@dataclass(frozen=True)
class Timed(Generic[Part]):
    """A part of the step, its name in the scenario, and the steps at which it is due."""

    name: str
    part: Part
    cadence: Cadence = ALWAYS


@dataclass(frozen=True)
class Schedule:
    """Everything that may happen in a step, in the order of the scenario.

    A step has six phases, always in this order. A part that is not due at this step is skipped.

    link      dynamic relations find their edges anew; rewiring rules change edges
    generate  hypernetworks and parents write weights of other agents
    transmit  new samples are shown; what was put out last step arrives along edges
    think     each population takes what it depends on, then computes its output
    act       rules change state; then agents with a Python class take their own step
    learn     rules change weights

    Observing comes after the step: probes read the world, and cannot change it.

    Args:
        relations: Relations by phase of their own.
        rules: Rules of every phase.
        showing: Populations that are shown samples of a task.
        order: Populations that think, each after those it depends on.
        activation: Order in which agents act: all at once, one by one, or one by one shuffled.
    """

    relations: tuple[Timed[AbstractRelation], ...] = ()
    rules: tuple[Timed[AbstractRule], ...] = ()
    showing: tuple[Timed[Showing], ...] = ()
    order: tuple[str, ...] = ()
    activation: Activation = "synchronous"

    def step(self, world: World, agents_act: Hook, watch: Watch = unwatched) -> World:
        """Returns the world one step later; `watch` sees the world after each part."""
        world = self.link(world, watch)
        world = self.generate(world, watch)
        world = self.transmit(world, watch)
        world = self.think(world, watch)
        world = self.act(world, watch)
        world = agents_act(world)
        world = self.learn(world, watch)
        return world.advanced()

    def link(self, world: World, watch: Watch = unwatched) -> World:
        """Lets dynamic relations find their edges, and rewiring rules change edges."""
        for timed in self.due(self.relations, world):
            if timed.part.dynamic:
                edges = timed.part.connect(world.setting(timed.name))
                world = world.with_edges(timed.name, edges)
        return self.rule(world, "link", watch)

    def generate(self, world: World, watch: Watch = unwatched) -> World:
        """Lets generators and parents write weights."""
        for timed in self.flowing(world, "generate"):
            world = flowed(world, timed)
            watch(f"relations.{timed.name}", world)
        return self.rule(world, "generate", watch)

    def transmit(self, world: World, watch: Watch = unwatched) -> World:
        """Shows new samples, and lets last step's outputs arrive."""
        for timed in self.due(self.showing, world):
            world = timed.part.show(world)
        for timed in self.flowing(world, "transmit"):
            world = flowed(world, timed)
            watch(f"relations.{timed.name}", world)
        return world

    def think(self, world: World, watch: Watch = unwatched) -> World:
        """Computes every output, population by population, all agents of one at once."""
        waiting = self.flowing(world, "think")
        for name in self.order:
            for timed in waiting:
                if timed.part.ends()[1] == name:
                    world = flowed(world, timed)
            population = world[name]
            output = population.forward(population["input"][:, None])[:, 0]
            world = world.with_state(name, output=output)
            watch(f"populations.{name}.model", world)
        return world

    def act(self, world: World, watch: Watch = unwatched) -> World:
        """Lets rules change state, all agents at once or one by one."""
        return self.rule(world, "act", watch)

    def learn(self, world: World, watch: Watch = unwatched) -> World:
        """Lets rules change weights."""
        return self.rule(world, "learn", watch)

    def rule(self, world: World, phase: Phase, watch: Watch) -> World:
        """Applies the rules of one phase that are due, in the order of the scenario."""
        for timed in self.due(self.rules, world):
            if timed.part.phase != phase:
                continue
            if phase == "act" and self.activation != "synchronous":
                world = one_by_one(world, timed, self.activation)
            else:
                world = timed.part.apply(world, Turn(timed.name))
            watch(f"rules.{timed.name}", world)
        return world

    def due(self, parts: tuple[Timed[Part], ...], world: World) -> tuple[Timed[Part], ...]:
        """Returns the parts that are due in the step that begins now."""
        return tuple(timed for timed in parts if timed.cadence.due(world.step))

    def flowing(self, world: World, phase: Flow) -> tuple[Timed[AbstractRelation], ...]:
        """Returns the relations that let something flow in this phase of this step."""
        return tuple(t for t in self.due(self.relations, world) if t.part.flows() == phase)

    def prepare(self, world: World) -> World:
        """Lets every rule refuse what cannot work, and make the columns that it keeps."""
        for timed in self.rules:
            world = timed.part.prepare(world, Turn(timed.name))
        return world


def flowed(world: World, timed: Timed[AbstractRelation]) -> World:
    """Returns the world after something has flowed along the edges of one relation."""
    source, target = timed.part.ends()
    arrived = timed.part.flow(world.edges[timed.name], world[source], world[target])
    return world.with_population(arrived)


def one_by_one(world: World, timed: Timed[AbstractRule], activation: Activation) -> World:
    """Applies a rule to one agent after another, each seeing what those before it have done.

    The k-th agents of all replicas act together, since no edge joins two replicas.
    """
    population = world[timed.part.population()]
    ranks = population.per_replica(population.ids + population.replica * population.agents)
    if activation == "shuffled":
        stream = world.stream(Purpose.ORDER, timed.name, population.name)
        ranks = population.per_replica(stream.order())
    turn = Turn(timed.name)
    for acting in ranks.T:
        world = timed.part.apply(world, replace(turn, active=acting))
    return world
