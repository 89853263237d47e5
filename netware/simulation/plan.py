"""The plan: the definitions of a scenario, once, arranged into what happens in a step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from netware.probes.base import AbstractProbe
from netware.relations.base import AbstractRelation, Flow
from netware.rules.base import AbstractRule, Acting, Activation, Phase
from netware.scenario.members.members import Members
from netware.scenario.parts import ALWAYS, Cadence
from netware.scenario.schema import Scenario
from netware.simulation.inputs import Showing
from netware.simulation.lifecycle import between_living
from netware.simulation.order.dependency_order import flow_order
from netware.tasks.base import AbstractTask
from netware.world import World


Part = TypeVar("Part", covariant=True)
PHASES: tuple[Phase, ...] = ("link", "generate", "act", "learn")


@dataclass(frozen=True)
class Timed(Generic[Part]):
    """A part of the step, its name in the scenario, and the steps at which it is due."""

    name: str
    part: Part
    cadence: Cadence = ALWAYS


@dataclass(frozen=True)
class Plan:
    """What is defined from one step on, in the order of the scenario, until the next plan.

    All that need a definition read it here: the step, the recorder, the graph that is written
    out, a gradient that runs back through a generator. An event that sets a parameter makes the
    next plan; a world holds no definitions, and cannot disagree with them.

    Args:
        tasks: Tasks by name.
        relations: Relations of all phases.
        rules: Rules of all phases; those of events too.
        probes: What is observed after the step.
        showing: Populations that are shown samples of a task.
        order: Populations, each after those it depends on.
        making: Populations, each after those that make its weights.
        thinking: Populations that compute an output.
        activation: Order in which agents act.
    """

    tasks: Mapping[str, AbstractTask] = field(default_factory=dict)
    relations: tuple[Timed[AbstractRelation], ...] = ()
    rules: tuple[Timed[AbstractRule], ...] = ()
    probes: tuple[Timed[AbstractProbe], ...] = ()
    showing: tuple[Timed[Showing], ...] = ()
    order: tuple[str, ...] = ()
    making: tuple[str, ...] = ()
    thinking: frozenset[str] = frozenset()
    activation: Activation = "synchronous"

    @cached_property
    def definitions(self) -> dict[str, AbstractRelation]:
        """Returns every relation by its name."""
        return {timed.name: timed.part for timed in self.relations}

    @property
    def preparing(self) -> tuple[Timed[AbstractRule], ...]:
        """Returns the rules in the order in which they prepare: that of their phases."""
        return tuple(sorted(self.rules, key=lambda timed: PHASES.index(timed.part.phase)))

    def acting(self, rule: str) -> Acting:
        """Returns all agents of a rule, among the relations as they are defined here."""
        return Acting(rule, relations=self.definitions)

    def probe(self, name: str) -> AbstractProbe:
        """Returns a probe by its name."""
        return next(timed.part for timed in self.probes if timed.name == name)

    def due(self, parts: tuple[Timed[Part], ...], step: int) -> tuple[Timed[Part], ...]:
        """Returns the parts that are due in the step that begins at `step`."""
        return tuple(timed for timed in parts if timed.cadence.due(step))

    def flowing(self, phase: Flow, step: int) -> tuple[Timed[AbstractRelation], ...]:
        """Returns the relations that let something flow in this phase of this step."""
        return tuple(t for t in self.due(self.relations, step) if t.part.flow_phase == phase)

    def generators(self, step: int) -> tuple[Timed[AbstractRelation], ...]:
        """Returns the relations that make weights in this step, those that others need first."""
        due = self.flowing("generate", step)
        return tuple(sorted(due, key=lambda timed: self.making.index(timed.part.between[1])))

    def found_again(self, step: int) -> tuple[str, ...]:
        """Names the relations that find their edges again in the step that begins at `step`."""
        due = self.due(self.relations, step)
        return tuple(timed.name for timed in due if timed.part.dynamic)

    def with_found(self, world: World) -> World:
        """Returns the world with the edges found that the step from here begins with.

        A checkpoint does not hold them, and a run that is resumed at its end must leave the same.
        """
        for name in self.found_again(world.step):
            edges = self.definitions[name].edges(world, name)
            world = world.with_edges(name, between_living(world, edges))
        return world


def plan_of(scenario: Scenario, members: Members) -> Plan:
    """Arranges the parts of a scenario into phases, and refuses an order that cannot be kept."""
    relations = {name: timed.member for name, timed in members.relations.items()}
    rules = [Timed(name, timed.member, timed.cadence) for name, timed in members.rules.items()]
    for index, name in event_names(members).items():
        event = members.events[index]
        rules.append(Timed(name, event.rule, event.cadence))
    showing = tuple(
        Timed(
            name,
            Showing(
                name,
                given.inputs.task,
                given.inputs.corruption,
                given.inputs.sample,
            ),
            given.inputs.cadence,
        )
        for name, given in scenario.populations.items()
        if given.inputs is not None
    )
    populations = tuple(scenario.populations)
    return Plan(
        tasks=members.tasks,
        relations=tuple(
            Timed(name, relations[name], timed.cadence) for name, timed in members.relations.items()
        ),
        rules=tuple(rules),
        probes=tuple(
            Timed(name, timed.member, timed.cadence) for name, timed in members.probes.items()
        ),
        showing=showing,
        order=flow_order(relations, populations, "think"),
        making=flow_order(relations, populations, "generate"),
        thinking=frozenset(
            name for name in scenario.populations if thinks(name, scenario, members)
        ),
        activation=scenario.activation,
    )


def thinks(name: str, scenario: Scenario, members: Members) -> bool:
    """Tells whether a population computes an output at every step.

    It does if its model answers inputs, and inputs reach it: from a task, as a column `input`, or
    along a relation; or if another population depends on its output.
    """
    model, given = members.models.get(name), scenario.populations[name]
    if model is None or not model.responds:
        return False
    reached = given.inputs is not None or "input" in given.state
    for timed in members.relations.values():
        source, target = timed.member.between
        flow = timed.member.flow_phase
        reached |= name == target and flow in ("transmit", "think")
        reached |= name == source and flow == "think"
    return reached


def event_names(members: Members) -> dict[int, str]:
    """Names the rule of each event, by the event's place, such as `event.noise.birds.100`.

    The name tells the rule, whose agents, and when: its random numbers and columns carry it, and
    another event before it in the list moves none of them. The second of a kind has a 2 behind it.
    """
    found: dict[int, str] = {}
    for index, event in enumerate(members.events):
        if event.rule is not None:
            words = (
                type(event.rule).__name__.lower(),
                event.rule.on,
                event.cadence.at[0],
            )
            name = ".".join(map(str, ("event", *words)))
            alike = sum(one == name or one.startswith(f"{name}.") for one in found.values())
            found[index] = f"{name}.{alike + 1}" if alike else name
    return found
