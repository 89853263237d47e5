"""From a scenario to its plans and the agents of its populations."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import torch

from netware.draws import Purpose, replica_seeds
from netware.errors import NetwareError, ScenarioError
from netware.graphs.names import Names
from netware.population import Population
from netware.scenario.document import Document
from netware.scenario.members import catalog
from netware.scenario.members.location import paths_of, with_folder
from netware.scenario.members.members import Members, Planned
from netware.scenario.schema import Scenario
from netware.scenario.variants.changes import changed
from netware.scenario.variants.overrides import anchored, assign
from netware.scenario.yaml.load import load
from netware.simulation.changes import with_changes
from netware.simulation.initial import initial
from netware.simulation.naming import names_of
from netware.simulation.plan import Plan, event_names, plan_of
from netware.space.box import Space
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

    def iteration(self, number: int) -> "Blueprint":
        """Returns the blueprint of one of several runs; the first is this one itself.

        Of R replicas each, run k has the seed that replica k R of the scenario would have.
        """
        first = number * self.scenario.replicas
        return self.seeded(replica_seeds(self.seed, first + 1)[first]) if number else self

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
    def notes(self) -> tuple[str, ...]:
        """Returns what a user should know once: of how the file was read, of how models compute."""
        models = self.members.models.items()
        said = (f"populations.{name}: {note}" for name, one in models for note in one.notes())
        return (*self.document.notes, *said)

    @property
    def relation_types(self) -> dict[str, str]:
        """Returns the YAML type of each relation."""
        return {name: part.type for name, part in self.scenario.relations.items()}

    @cached_property
    def names(self) -> Mapping[str, Names]:
        """Returns who is who in each population whose agents a file names."""
        each = [plan.definitions for plan in self.plans.values()]
        return names_of(self.scenario, each)

    @property
    def files(self) -> tuple[Path, ...]:
        """Returns the files that the scenario names, in its order."""
        found = (Path(path) for _, path in paths_of(self.document, catalog.find))
        return tuple(dict.fromkeys(found))

    @property
    def plan(self) -> Plan:
        """Returns what is defined as the run begins: events at step 0 have changed it."""
        return self.plans[0]

    @cached_property
    def turning_points(self) -> tuple[int, ...]:
        """Returns the steps at which the run begins or `set` events change parameters."""
        return tuple(sorted({0, *(step for event in self.changing for step in event.cadence.at)}))

    @property
    def changing(self) -> tuple[Planned, ...]:
        """Returns the events that change parameters."""
        return tuple(event for event in self.members.events if event.changes)

    def plan_at(self, step: int) -> Plan:
        """Returns what is defined in the step that begins at `step`, after the events so far."""
        if len(self.turning_points) == 1:
            return self.plans[0]
        return self.plans[max(point for point in self.turning_points if point <= step)]

    @cached_property
    def plans(self) -> dict[int, Plan]:
        """Returns the plan from each turning point on."""
        found, scenario = {}, self.scenario
        for point in self.turning_points:
            members = self.members
            for event in self.changing:
                if point in event.cadence.at:
                    scenario = changed(scenario, event.changes)
                    members = catalog.members(scenario)
            found[point] = plan_of(scenario, members)
        return found

    def turned(self, world: World) -> World:
        """Returns the world at the step that it has come to, after the events of that step."""
        if world.step == 0 or world.step not in self.turning_points:
            return world
        return with_changes(world, self.plan_at(world.step - 1), self.plan_at(world.step))

    def anchored(self, error: NetwareError) -> NetwareError:
        """Returns an error of building with its problems at the lines of the scenario."""
        problems = [
            anchored(replace(problem, where=self.written(problem.where)), self.document)
            for problem in error.problems
        ]
        return type(error).together(problems)

    def written(self, where: str) -> str:
        """Returns a place in the words of the scenario: the rule of an event is no rule there."""
        for index, name in event_names(self.members).items():
            if f"{where}.".startswith(f"rules.{name}."):
                return where.replace(f"rules.{name}", f"events[{index}]", 1)
        return where

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
            empty_slots=given.places - given.agents,
            model=model,
            device=self.device,
            dtype=self.dtype,
            chunk=0 if self.scenario.chunk == "auto" else self.scenario.chunk,
            who=self.names.get(name),
        )
        columns = {
            column: initial(population, column, spec, world.space, world.draws)
            for column, spec in given.state.items()
        }
        if given.capacity is not None:
            population = population.mortal()
        if model is None:
            return population.with_state(columns)
        stream = world.draws.stream(Purpose.WEIGHTS, name, population.agents)
        draw = partial(model.init, stream, self.dtype)
        weights = (
            draw()
            if given.inputs is None
            else model.store(draw, world.examples[given.inputs.task].train, population.replica)
        )
        columns |= model.init_state(stream, self.dtype)
        if any(name in plan.thinking for plan in self.plans.values()):
            for column, size in (("input", model.input_size()), ("output", model.output_size())):
                shape = (population.total, size)
                columns.setdefault(column, torch.zeros(shape, dtype=self.dtype, device=self.device))
        return population.with_state(columns).with_weights(weights)


def blueprint(path: Path, arguments: Sequence[str] = ()) -> Blueprint:
    """Reads a scenario file, puts in overrides such as `steps=10`, and checks all of it."""
    return planned(assign(load(path), arguments))


def planned(document: Document) -> Blueprint:
    """Checks a document and builds its members; draws a seed where it names none."""
    document = with_folder(document, catalog.find)
    scenario = catalog.check(document)
    seed = secrets.randbits(63) if scenario.seed is None else scenario.seed
    return Blueprint(document, scenario, catalog.members(scenario), seed)


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
