"""The order of a step: who reads this page knows what happens when."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from netware.population import Population
from netware.relations.base import AbstractRelation
from netware.rules.base import Phase
from netware.simulation.arrivals import Arrivals, written_columns, written_weights
from netware.simulation.lifecycle import changed_populations, drop_dead_edges
from netware.simulation.order.independent_sets import in_turn
from netware.simulation.order.pairs import in_pairs
from netware.simulation.order.waves import in_waves
from netware.simulation.plan import Plan, Timed
from netware.world import World


Hook = Callable[..., World]
Watch = Callable[[str, World], None]


def unwatched(part: str, world: World) -> None:
    """Looks at nothing."""


@dataclass(frozen=True)
class Schedule:
    """The order of a step of a plan.

    A step has six phases, always in this order. A part that is not due at this step is skipped.

    link      dynamic relations find their edges again; agents are born and die, parts with their
              wholes, and their edges go with them; rewiring rules change edges
    generate  rules damage weights; then hypernetworks and parents write weights of other agents
    transmit  new samples are shown; what was put out last step arrives along edges
    think     each population takes what it depends on, then computes its output; agents that
              depend on others of their own population compute after those: see order/waves.py
    act       rules change state; then agents with a Python class take their own step
    learn     rules change weights; then generators and parents write again the weights that
              follow from what has changed

    Observing comes after the step: probes read the world, all of it as it is at that moment, and
    cannot change it.

    What several relations bring into one column adds up: see arrivals.py.

    In every phase, `activation` says which agents see what others have done by a rule in this step:

    synchronous    all agents act at once, rule after rule in the order of the scenario; then the
                   agents with a Python class, population by population
    sequential     in each rule one agent after another, by their ids; each sees what those before
                   it have done. Agents that do not hear each other act together: see
                   order/independent_sets.py
    shuffled       the same, in an order of chance that is another in each rule, replica and step
    by_population  in the phase `act`, populations act one after another, in the order of the
                   scenario: all rules on the first, then its agents with a Python class; the
                   second sees what they did. Within a population rules keep their order, and in
                   each rule all act at once
    pairs          at each step agents meet in pairs along the relation that a rule hears; in that
                   step each hears its partner alone, and an agent without one does not act

    A rule by which each agent reads its own alone acts for all at once, since no order could make a
    difference. Agents with a Python class act one by one, in the order of their ids, or in an order
    of chance under `shuffled`. A rule that cannot honour the order is refused.

    Args:
        plan: What may happen.
    """

    plan: Plan

    def step(self, world: World, agents_act: Hook, watch: Watch = unwatched) -> World:
        """Returns the world one step later; `watch` sees the world after each part.

        `agents_act(world)` lets all agents with a Python class act, `agents_act(world, name)` those
        of one population, for which `by_population` asks.
        """
        arrivals = Arrivals()
        world = self.link(world, watch)
        world = made = self.generate(world, watch)
        world = self.transmit(world, arrivals, watch)
        world = self.think(world, arrivals, watch)
        world = self.act(world, agents_act, watch)
        world = self.learn(world, watch)
        world = self.follow(world, made, watch)
        return world.advanced()

    def link(self, world: World, watch: Watch = unwatched) -> World:
        """Lets relations find their edges, rules change who lives and who is joined."""
        return self.rule(self.plan.with_found(world), "link", watch)

    def remove_dead(self, world: World, before: World) -> World:
        """Lets parts die with their wholes, parts of parts too, and takes the edges of the dead.

        At once, before another agent is born in their slots.
        """
        if not changed_populations(world, before):
            return world
        whole = self.plan.flowing("link", world.step)
        for timed in whole * len(whole):
            if timed.part.between[0] in changed_populations(world, before):
                world = flowed(world, timed, Arrivals())
        return drop_dead_edges(world, before)

    def generate(self, world: World, watch: Watch = unwatched) -> World:
        """Lets rules damage weights, then generators and parents write those that follow."""
        return self.made(self.rule(world, "generate", watch), watch)

    def made(self, world: World, watch: Watch = unwatched) -> World:
        """Lets generators and parents write weights."""
        for timed in self.plan.generators(world.step):
            world = flowed(world, timed, Arrivals())
            watch(f"relations.{timed.name}", world)
        return world

    def transmit(self, world: World, arrivals: Arrivals, watch: Watch = unwatched) -> World:
        """Shows new samples, and lets last step's outputs arrive."""
        for timed in self.plan.due(self.plan.showing, world.step):
            world = timed.part.show(world)
            watch(f"populations.{timed.name}.inputs", world)
        for timed in self.plan.flowing("transmit", world.step):
            world = flowed(world, timed, arrivals)
            watch(f"relations.{timed.name}", world)
        return world

    def think(self, world: World, arrivals: Arrivals, watch: Watch = unwatched) -> World:
        """Computes every output, population by population, all agents of one at once."""
        waiting = self.plan.flowing("think", world.step)
        for name in self.plan.order:
            into = [timed for timed in waiting if timed.part.between[1] == name]
            inner = [timed for timed in into if timed.part.between[0] == name]
            for timed in into:
                if timed not in inner:
                    world = flowed(world, timed, arrivals)
                    watch(f"relations.{timed.name}", world)
            thinks = name in self.plan.thinking
            if inner:
                joined = [(timed.name, timed.part, world.edges[timed.name]) for timed in inner]
                world = world.with_population(in_waves(world[name], joined, arrivals, thinks))
            elif thinks:
                population = world[name]
                output = population.forward(population["input"][:, None])[:, 0]
                world = world.with_state(name, output=output)
            if inner or thinks:
                watch(f"populations.{name}.model", world)
        return world

    def act(self, world: World, agents_act: Hook, watch: Watch = unwatched) -> World:
        """Lets rules change state, and agents with a Python class, in the order of activation."""
        if self.plan.activation != "by_population":
            return self.agents_act(self.rule(world, "act", watch), agents_act, watch)
        for name in world.populations:
            world = self.rule(world, "act", watch, name)
            world = self.agents_act(world, partial(agents_act, only=name), watch, name)
        return world

    def agents_act(
        self, world: World, act: Hook, watch: Watch, population: str | None = None
    ) -> World:
        """Lets agents with a Python class take their own step, if there are any."""
        acted = act(world)
        if acted is not world:
            watch("the own step of agents" + (f" of {population}" if population else ""), acted)
        return acted

    def learn(self, world: World, watch: Watch = unwatched) -> World:
        """Lets rules change weights."""
        return self.rule(world, "learn", watch)

    def follow(self, world: World, made: World, watch: Watch = unwatched) -> World:
        """Lets generators and parents write weights again where one of the two has changed since.

        So what is observed of generators and of those they made is of one moment.
        """
        for timed in self.plan.generators(world.step):
            same = world.edges[timed.name] is made.edges[timed.name]
            if not same or any(changed(world[end], made[end]) for end in timed.part.between):
                world = flowed(world, timed, Arrivals())
                watch(f"relations.{timed.name}", world)
        return world

    def rule(self, world: World, phase: Phase, watch: Watch, on: str | None = None) -> World:
        """Applies the rules of one phase that are due, in the order of the scenario.

        With `on`, those alone whose agents are of that population.
        """
        activation = self.plan.activation
        for timed in self.plan.due(self.plan.rules, world.step):
            rule, acting = timed.part, self.plan.acting(timed.name)
            if rule.phase != phase or on not in (None, rule.on):
                continue
            if rule.read_along() == () or activation in ("synchronous", "by_population"):
                world = self.remove_dead(rule.apply(world, acting), world)
            elif activation == "pairs":
                world = in_pairs(world, acting, rule)
            else:
                world = in_turn(world, acting, rule, activation)
            watch(f"rules.{timed.name}", world)
        return world


def changed(after: Population, before: Population) -> bool:
    """Tells whether weights, or columns other than those of thinking, are not those of before."""
    columns = written_columns(before, after).keys() - {"input", "output"}
    return bool(columns or written_weights(before, after))


def flowed(world: World, timed: Timed[AbstractRelation], arrivals: Arrivals) -> World:
    """Returns the world after something has flowed along the edges of one relation."""
    source, target = (world[end] for end in timed.part.between)
    edges = world.edges[timed.name]
    return world.with_population(arrivals.delivered(timed.part, edges, source, target))
