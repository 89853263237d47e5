"""From a scenario to a world and a schedule."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import torch

from netware import catalog
from netware.draws import Draws, Purpose
from netware.errors import NetwareError, ScenarioError
from netware.population import Population
from netware.relations.order import flow_order
from netware.scenario.changes import changed
from netware.scenario.document import Document
from netware.scenario.load import load
from netware.scenario.members import Members, Planned
from netware.scenario.overrides import anchored, assign
from netware.scenario.schema import Scenario
from netware.simulation.arrivals import edges_of, with_arrivals, written_columns
from netware.simulation.changes import refused_changes, turn
from netware.simulation.initial import initial
from netware.simulation.pairs import refuse_no_pairs
from netware.simulation.schedule import Schedule, Timed
from netware.simulation.showing import Showing
from netware.simulation.waves import waves
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
        """Returns what happens in a step, as the run begins: events at step 0 have changed it."""
        return self.schedules[0]

    @cached_property
    def turning_points(self) -> tuple[int, ...]:
        """Returns the steps at which the run begins or `set` events change parameters."""
        return tuple(sorted({0, *(step for event in self.changing for step in event.cadence.at)}))

    @property
    def changing(self) -> tuple[Planned, ...]:
        """Returns the events that change parameters."""
        return tuple(event for event in self.members.events if event.changes)

    def schedule_at(self, step: int) -> Schedule:
        """Returns what happens in the step that begins at `step`, after the `set` events so far."""
        if len(self.turning_points) == 1:
            return self.schedules[0]
        return self.schedules[max(point for point in self.turning_points if point <= step)]

    @cached_property
    def schedules(self) -> dict[int, Schedule]:
        """Returns the schedule from each turning point on."""
        found, scenario = {}, self.scenario
        for point in self.turning_points:
            members = self.members
            for event in self.changing:
                if point in event.cadence.at:
                    scenario = changed(scenario, event.changes)
                    members = catalog.members(scenario)
            found[point] = scheduled(scenario, members)
        return found

    def turned(self, world: World) -> World:
        """Returns the world at the step that it has come to, after the events of that step."""
        if world.step == 0 or world.step not in self.turning_points:
            return world
        return turn(world, self.schedule_at(world.step - 1), self.schedule_at(world.step))

    def world(self) -> World:
        """Builds the world at step 0, or says at which lines of the scenario it cannot be."""
        try:
            return self.built()
        except NetwareError as error:
            problems = [
                anchored(replace(problem, where=self.written(problem.where)), self.document)
                for problem in error.problems
            ]
            raise type(error).together(problems) from error

    def written(self, where: str) -> str:
        """Returns a place in the words of the scenario: the rule of an event is no rule there."""
        return re.sub(r"^rules\.event(\d+)\b", r"events[\1]", where)

    def built(self) -> World:
        """Makes tasks, populations and relations, and lets every rule prepare."""
        draws = Draws.of(self.seed, self.scenario.replicas, self.device)
        tasks = self.members.tasks
        world = World(
            draws=draws,
            relations=self.schedule.definitions,
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
        for schedule in self.schedules.values():
            world = with_arrivals(world, schedule.definitions)
            refuse_input(schedule, world)
            refuse_cycles(schedule, world)
        world = unprepared = self.schedule.made(world)
        world = self.schedule.prepare(world)
        for schedule in self.schedules.values():
            refuse_death(schedule, world)
            refuse_activation(schedule, world)
        self.refuse_changes(unprepared, world)
        refuse_unmet(self.schedules.values(), world)
        return world

    def refuse_changes(self, unprepared: World, world: World) -> None:
        """Refuses events that change what a run could not follow, at the lines of the events."""
        problems = [
            replace(problem, where=self.event_of(step, part), found=f"{part}: {problem.found}")
            for step, part, error in refused_changes(self.schedules, unprepared, world)
            for problem in error.problems
        ]
        if problems:
            raise ScenarioError.together(problems)

    def event_of(self, step: int, part: str) -> str:
        """Names the event that changes a part at a step, such as `events[0].set`."""
        return next(
            f"events[{index}].set"
            for index, event in enumerate(self.members.events)
            if step in event.cadence.at and any(key.startswith(f"{part}.") for key in event.changes)
        )

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
        if any(name in schedule.thinking for schedule in self.schedules.values()):
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
            refuse_same_name(index, members)
            rules.append(Timed(f"event{index}", event.rule, event.cadence))
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
    return Schedule(
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
        source, target = timed.member.ends()
        flow = timed.member.flows()
        reached |= name == target and flow in ("transmit", "think")
        reached |= name == source and flow == "think"
    return reached


def refuse_same_name(index: int, members: Members) -> None:
    """Refuses a rule with the name by which the rule of an event draws its numbers."""
    if (name := f"event{index}") in members.rules:
        raise ScenarioError(
            f"rules.{name}",
            found=f"a rule with the name of events[{index}]",
            expected="another name: this one is the event's",
            fix=f"write another name than '{name}'",
        )


def refuse_input(schedule: Schedule, world: World) -> None:
    """Refuses relations that would overwrite the samples that agents are shown."""
    shown = {timed.name for timed in schedule.showing if world[timed.name].wrapped().responds}
    for timed in schedule.relations:
        source, target = (world[end] for end in timed.part.ends())
        if target.name not in shown or timed.part.flows() not in ("transmit", "think"):
            continue
        after = timed.part.flow(edges_of(world, timed.name, timed.part), source, target)
        if "input" in written_columns(target, after) and timed.part.offset is None:
            raise ScenarioError(
                f"relations.{timed.name}",
                found=f"{target.name}.input, where these agents are shown samples",
                expected="another column, or some numbers of 'input' alone",
                fix=f"write 'offset', another 'into', or no 'inputs' under "
                f"populations.{target.name}",
                code="S-OVERWRITE",
            )


def refuse_unmet(schedules: Iterable[Schedule], world: World) -> None:
    """Refuses probes that ask for what is not there, all of them at once."""
    problems = [
        problem
        for schedule in schedules
        for timed in schedule.probes
        for problem in timed.part.unmet(
            replace(world, relations=schedule.definitions), f"probes.{timed.name}"
        )
    ]
    if problems:
        raise ScenarioError.together(list(dict.fromkeys(problems)))


def refuse_cycles(schedule: Schedule, world: World) -> None:
    """Refuses agents of one population that would wait for each other for ever."""
    for name in world.populations:
        inner = [
            (timed.name, edges_of(world, timed.name, timed.part))
            for timed in schedule.relations
            if timed.part.flows() == "think" and timed.part.ends() == (name, name)
        ]
        if inner:
            waves(inner)


def refuse_activation(schedule: Schedule, world: World) -> None:
    """Refuses rules that cannot act in the order that the scenario asks for."""
    for timed in schedule.rules:
        honoured = timed.part.honours(world)
        if schedule.activation not in honoured:
            raise ScenarioError(
                f"rules.{timed.name}",
                found=f"'activation: {schedule.activation}', which this rule cannot honour",
                expected=f"activation: {', '.join(sorted(honoured))}",
                fix=f"write 'activation: {sorted(honoured)[-1]}'",
            )
        if schedule.activation == "pairs":
            refuse_no_pairs(timed.name, timed.part)


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
