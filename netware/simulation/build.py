"""From a scenario to a world and a schedule."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import torch

from netware import catalog
from netware.draws import Draws, Purpose
from netware.errors import NetwareError, ScenarioError
from netware.population import Population
from netware.relations.order import thinking_order
from netware.scenario.changes import changed
from netware.scenario.document import Document
from netware.scenario.load import load
from netware.scenario.members import Members, Planned
from netware.scenario.overrides import anchored, assign
from netware.scenario.schema import Scenario
from netware.simulation.initial import initial
from netware.simulation.pairs import refuse_no_pairs
from netware.simulation.schedule import Schedule, Timed
from netware.simulation.showing import Showing
from netware.space import Space
from netware.world import World


DTYPES = {"float32": torch.float32, "float64": torch.float64}


@dataclass(frozen=True)
class Blueprint:
    """A checked scenario, ready to be built as often as one likes.

    Args:
        document: The scenario as it was written, overrides applied.
        scenario: Its values, defaults filled in.
        members: Its models, tasks, relations, rules and probes.
        seed: Root of all chance: the scenario's, or one drawn for this blueprint.
    """

    document: Document
    scenario: Scenario
    members: Members
    seed: int

    def seeded(self, seed: int) -> "Blueprint":
        """Returns the same blueprint with another root of chance."""
        return replace(self, seed=seed)

    @cached_property
    def device(self) -> torch.device:
        """Returns the device to compute on."""
        return chosen_device(self.scenario.device)

    @property
    def dtype(self) -> torch.dtype:
        """Returns the floating point type of weights and state."""
        return DTYPES[self.scenario.precision]

    @property
    def space(self) -> Space | None:
        """Returns the space, if there is one."""
        given = self.scenario.space
        return Space(given.dimensions, given.box, given.periodic) if given else None

    @property
    def agent_classes(self) -> Mapping[str, type]:
        """Returns the users' own agent classes by population."""
        return self.members.agents

    @property
    def relation_types(self) -> dict[str, str]:
        """Returns the YAML type of each relation."""
        return {name: part.type for name, part in self.scenario.relations.items()}

    @cached_property
    def schedule(self) -> Schedule:
        """Returns what happens in a step, as the scenario begins."""
        return scheduled(self.scenario, self.members)

    @cached_property
    def turning_points(self) -> tuple[int, ...]:
        """Returns the steps at which `set` events change parameters."""
        return tuple(sorted({step for event in self.changing for step in event.cadence.at}))

    @property
    def changing(self) -> tuple[Planned, ...]:
        """Returns the events that change parameters."""
        return tuple(event for event in self.members.events if event.changes)

    def schedule_at(self, step: int) -> Schedule:
        """Returns what happens in the step that begins at `step`, after the `set` events so far."""
        passed = [point for point in self.turning_points if point <= step]
        return self.schedules[passed[-1]] if passed else self.schedule

    @cached_property
    def schedules(self) -> dict[int, Schedule]:
        """Returns the schedule from each turning point on."""
        found, scenario = {}, self.scenario
        for point in self.turning_points:
            for event in self.changing:
                if point in event.cadence.at:
                    scenario = changed(scenario, event.changes)
            found[point] = scheduled(scenario, catalog.members(scenario))
        return found

    def world(self) -> World:
        """Builds the world at step 0, or says at which lines of the scenario it cannot be."""
        try:
            return self.built()
        except NetwareError as error:
            problems = [anchored(problem, self.document) for problem in error.problems]
            raise type(error).together(problems) from error

    def built(self) -> World:
        """Makes tasks, populations and relations, and lets every rule prepare."""
        draws = Draws.of(self.seed, self.scenario.replicas, self.device)
        tasks = self.members.tasks
        world = World(
            draws=draws,
            relations={name: timed.member for name, timed in self.members.relations.items()},
            tasks=tasks,
            examples={name: task.make(name, draws, self.dtype) for name, task in tasks.items()},
            space=self.space,
            dt=self.scenario.dt,
        )
        for name in self.scenario.populations:
            world = world.with_population(self.population(name, world))
        for timed in self.schedule.showing:
            world = timed.part.begin(world)
        for name, relation in world.relations.items():
            world = world.with_population(relation.equipped(world.setting(name)))
        for name, relation in world.relations.items():
            world = world.with_edges(name, relation.connect(world.setting(name)))
        world = self.schedule.prepare(self.schedule.generate(world))
        refuse_death(self.schedule, world)
        return world

    def population(self, name: str, world: World) -> Population:
        """Makes the agents of one population: columns of state, and weights of their own."""
        given, model = self.scenario.populations[name], self.members.models.get(name)
        population = Population(
            name=name,
            agents=given.places,
            replicas=world.replicas,
            unborn=given.places - given.agents,
            model=model,
            device=self.device,
            dtype=self.dtype,
            chunk=0 if self.scenario.chunk == "auto" else self.scenario.chunk,
        )
        columns = {
            column: initial(population, column, spec, world.space, world.draws)
            for column, spec in given.state.items()
        }
        if given.room is not None:
            population = population.mortal()
        if model is None:
            return population.with_state(columns)
        stream = world.draws.stream(Purpose.WEIGHTS, name, population.agents)
        weights = model.init(stream, self.dtype)
        if given.inputs is not None:
            weights = model.teach(
                weights, world.examples[given.inputs.task].train, population.replica
            )
        if name in self.schedule.thinking:
            for column, size in (("input", model.input_size()), ("output", model.output_size())):
                shape = (population.total, size)
                columns.setdefault(column, torch.zeros(shape, dtype=self.dtype, device=self.device))
        return population.with_state(columns).with_weights(weights)


def blueprint(path: Path, arguments: Sequence[str] = ()) -> Blueprint:
    """Reads a scenario file, puts in overrides such as `steps=10`, and checks all of it."""
    return planned(assign(load(path), arguments))


def planned(document: Document) -> Blueprint:
    """Checks a document and builds its members; draws a seed where it names none."""
    scenario = catalog.check(document)
    seed = secrets.randbits(63) if scenario.seed is None else scenario.seed
    return Blueprint(document, scenario, catalog.members(scenario), seed)


def scheduled(scenario: Scenario, members: Members) -> Schedule:
    """Arranges the parts of a scenario into phases, and refuses an order that cannot be kept."""
    relations = {name: timed.member for name, timed in members.relations.items()}
    rules = [Timed(name, timed.member, timed.cadence) for name, timed in members.rules.items()]
    for index, event in enumerate(members.events):
        if event.rule is not None:
            rules.append(Timed(f"event{index}", event.rule, event.cadence))
    for timed in rules:
        refuse_activation(timed, scenario.activation)
        if scenario.activation == "pairs":
            refuse_no_pairs(timed.name, timed.part)
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
    return Schedule(
        relations=tuple(
            Timed(name, relations[name], timed.cadence) for name, timed in members.relations.items()
        ),
        rules=tuple(rules),
        showing=showing,
        order=thinking_order(relations, tuple(scenario.populations)),
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
        source, target = timed.member.ends()
        flow = timed.member.flows()
        reached |= name == target and flow in ("transmit", "think")
        reached |= name == source and flow == "think"
    return reached


def refuse_activation(timed: Timed, activation: str) -> None:
    """Refuses a rule that cannot act in the order that the scenario asks for."""
    rule = timed.part
    if rule.phase == "act" and activation not in rule.activations:
        raise ScenarioError(
            f"rules.{timed.name}",
            found=f"'activation: {activation}', which this rule cannot honour",
            expected=f"activation: {', '.join(sorted(rule.activations))}",
            fix=f"write 'activation: {sorted(rule.activations)[-1]}'",
        )


def refuse_death(schedule: Schedule, world: World) -> None:
    """Refuses rules that would heed the dead, and relations that cannot do without them."""
    mortal = {name for name, one in world.populations.items() if one.alive is not None}
    for timed in schedule.rules:
        if timed.part.heard() is None and timed.part.population() in mortal:
            raise ScenarioError(
                f"rules.{timed.name}",
                found=f"agents of '{timed.part.population()}' that may die, whom this rule heeds",
                expected="rules by which agents meet along relations only, or act by themselves",
                fix="take out what lets them die: 'room', births, deaths or a composition",
            )
    for timed in schedule.relations:
        lost = [name for name in timed.part.ends() if name in mortal]
        if lost and not timed.part.bears_loss():
            raise ScenarioError(
                f"relations.{timed.name}",
                found=f"agents of '{lost[0]}' that may die, whose edges this relation needs",
                expected="agents that live for ever",
                fix="take out what lets them die: 'room', births, deaths or a composition",
            )


def chosen_device(name: str) -> torch.device:
    """Returns the device of a scenario; `auto` is the first CUDA device where there is one."""
    count = torch.cuda.device_count()
    if name == "auto":
        return torch.device("cuda", 0) if count else torch.device("cpu")
    device = torch.device(name)
    if device.type == "cuda" and (device.index or 0) >= count:
        raise ScenarioError(
            "device",
            found=f"'{name}'",
            expected=", ".join(["auto", "cpu", *(f"cuda:{index}" for index in range(count))]),
            fix="write 'device: auto'",
            code="R-DEVICE",
        )
    return device
