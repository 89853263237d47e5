"""The order of a step: whoever reads this page knows what happens when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from netware.relations.base import AbstractRelation, Flow
from netware.rules.base import AbstractRule, Activation, Phase, Turn
from netware.scenario.parts import ALWAYS, Cadence
from netware.simulation.living import between_living, passed, severed
from netware.simulation.pairs import in_pairs
from netware.simulation.rounds import in_turn
from netware.simulation.showing import Showing
from netware.world import World


Part = TypeVar("Part", covariant=True)
Hook = Callable[..., World]
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

    link      dynamic relations find their edges anew; agents are born and die, parts with their
              wholes, and their edges go with them; rewiring rules change edges
    generate  hypernetworks and parents write weights of other agents
    transmit  new samples are shown; what was put out last step arrives along edges
    think     each population takes what it depends on, then computes its output
    act       rules change state; then agents with a Python class take their own step
    learn     rules change weights

    Observing comes after the step: probes read the world, and cannot change it.

    In the phase `act`, `activation` says who sees what others have done in this step:

    synchronous    all agents act at once, rule after rule in the order of the scenario; then the
                   agents with a Python class, population by population
    sequential     in each rule one agent after another, by their ids; each sees what those before
                   it have done. Agents that do not hear each other act together: see rounds.py
    shuffled       the same, in an order of chance that is another in each rule, replica and step
    by_population  populations act one after another, in the order of the scenario: all rules on
                   the first, then its agents with a Python class; the second sees what they did.
                   Within a population rules keep their order, and in each rule all act at once
    pairs          at each step agents meet in pairs along the relation that a rule hears; in that
                   step each hears nobody but its partner, and who has none does not act

    Rules of the other phases change all agents at once. Agents with a Python class act one by one,
    in the order of their ids, or in an order of chance under `shuffled`.

    Args:
        relations: Relations by phase of their own.
        rules: Rules of every phase.
        showing: Populations that are shown samples of a task.
        order: Populations, each after those it depends on.
        thinking: Populations that compute an output.
        activation: Order in which agents act, as above.
    """

    relations: tuple[Timed[AbstractRelation], ...] = ()
    rules: tuple[Timed[AbstractRule], ...] = ()
    showing: tuple[Timed[Showing], ...] = ()
    order: tuple[str, ...] = ()
    thinking: frozenset[str] = frozenset()
    activation: Activation = "synchronous"

    def step(self, world: World, agents_act: Hook, watch: Watch = unwatched) -> World:
        """Returns the world one step later; `watch` sees the world after each part.

        `agents_act(world)` lets all agents with a Python class act, `agents_act(world, name)` those
        of one population, for which `by_population` asks.
        """
        world = self.link(world, watch)
        world = self.generate(world, watch)
        world = self.transmit(world, watch)
        world = self.think(world, watch)
        world = self.act(world, agents_act, watch)
        world = self.learn(world, watch)
        return world.advanced()

    def link(self, world: World, watch: Watch = unwatched) -> World:
        """Lets relations find their edges, rules change who lives and who is joined."""
        for timed in self.due(self.relations, world):
            if timed.part.dynamic:
                edges = timed.part.connect(world.setting(timed.name))
                edges = between_living(world, timed.part, edges)
                world = world.with_edges(timed.name, edges)
        return self.rule(world, "link", watch)

    def bury(self, world: World, before: World) -> World:
        """Lets parts die with their wholes, parts of parts too, and takes the edges of the dead.

        At once, before somebody else is born where they were.
        """
        if not passed(world, before):
            return world
        whole = self.flowing(world, "link")
        for timed in whole * len(whole):
            if timed.part.ends()[0] in passed(world, before):
                world = flowed(world, timed)
        return severed(world, before)

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
                    watch(f"relations.{timed.name}", world)
            if name not in self.thinking:
                continue
            population = world[name]
            output = population.forward(population["input"][:, None])[:, 0]
            world = world.with_state(name, output=output)
            watch(f"populations.{name}.model", world)
        return world

    def act(self, world: World, agents_act: Hook, watch: Watch = unwatched) -> World:
        """Lets rules change state, and agents with a Python class, in the order of activation."""
        if self.activation != "by_population":
            return agents_act(self.rule(world, "act", watch))
        for name in world.populations:
            world = self.rule(world, "act", watch, name)
            world = agents_act(world, name)
        return world

    def learn(self, world: World, watch: Watch = unwatched) -> World:
        """Lets rules change weights."""
        return self.rule(world, "learn", watch)

    def rule(self, world: World, phase: Phase, watch: Watch, on: str | None = None) -> World:
        """Applies the rules of one phase that are due, in the order of the scenario.

        With `on`, those alone whose agents are of that population.
        """
        for timed in self.due(self.rules, world):
            rule, turn = timed.part, Turn(timed.name)
            if rule.phase != phase or on not in (None, rule.population()):
                continue
            if phase == "act" and self.activation in ("sequential", "shuffled"):
                world = in_turn(world, turn, rule, self.activation)
            elif phase == "act" and self.activation == "pairs":
                world = in_pairs(world, turn, rule)
            else:
                world = self.bury(rule.apply(world, turn), world)
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
