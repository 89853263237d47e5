"""Needs of models: what agents must compute, with which weights, and of which task."""

from dataclasses import dataclass
from typing import Any

from netware.errors import Problem
from netware.models.base import AbstractModel
from netware.needs.base import AbstractNeed, Surroundings, population_field, population_of
from netware.needs.state import HasColumn
from netware.population import Population


@dataclass(frozen=True)
class HasModel(AbstractNeed):
    """Agents that compute something."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns that the agents have no model, or columns that it cannot read."""
        population = population_of(member, world)
        if population is None:
            return []
        model = population.model
        if model is None:
            return [no_model(population, where, member)]
        held = {name: tuple(values.shape[1:]) for name, values in population.state.items()}
        return [
            Problem(
                f"populations.{population.name}.state.{name}",
                f"'{name}' of shape {held[name]} for each agent",
                f"shape {shape}, as the model of '{population.name}' reads it",
                "give it that size, or another name",
            )
            for name, shape in model.state_shapes().items()
            if held.get(name, shape) != shape
        ]

    def sentence(self) -> str:
        """Says that it takes a model."""
        return "agents with a model"


def no_model(population: Population, where: str, member: Any) -> Problem:
    """Returns the problem of agents that compute nothing."""
    field = population_field(type(member))
    return Problem(
        f"{where}.{field}" if field else where,
        f"agents of '{population.name}', which have no model",
        "agents with a model",
        f"write 'model: {{type: multilayer, ...}}' under populations.{population.name}",
    )


@dataclass(frozen=True)
class ModelIs(AbstractNeed):
    """Agents whose model is of one kind.

    Args:
        kind: Class of the model.
        example: A type of that kind, for the fix.
    """

    kind: type[AbstractModel]
    example: str

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a model of another kind."""
        population = population_of(member, world)
        if population is None or isinstance(population.model, self.kind):
            return []
        if population.model is None:
            return [no_model(population, where, member)]
        return [
            Problem(
                f"{where}.{population_field(type(member))}",
                f"agents of '{population.name}' with a {type(population.model).__name__}",
                f"agents whose model is a {self.word()}, such as {self.example}",
                f"name another population, or write 'model: {{type: {self.example}, ...}}'",
            )
        ]

    def word(self) -> str:
        """Returns the name of the kind."""
        return self.kind.__name__.removeprefix("Abstract").lower()

    def sentence(self) -> str:
        """Says which kind of model."""
        return f"agents whose model is a {self.word()}"


@dataclass(frozen=True)
class HasLayers(AbstractNeed):
    """Agents whose model carries input to output through matrices of weights, layer by layer."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a model without such matrices."""
        population = population_of(member, world)
        if population is None:
            return []
        if population.model is None:
            return [no_model(population, where, member)]
        if population.model.layers():
            return []
        found = f"a {type(population.model).__name__} without layers of weights"
        return [other_model(population, where, member, found, self.sentence(), "[10]")]

    def sentence(self) -> str:
        """Says that it takes layers."""
        return "agents with a layered model"


def other_model(
    population: Population, where: str, member: Any, found: str, expected: str, widths: str
) -> Problem:
    """Returns the problem of agents whose model has not the layers that are needed."""
    return Problem(
        f"{where}.{population_field(type(member))}",
        f"agents of '{population.name}' with {found}",
        expected,
        f"name another population, or write 'model: {{type: multilayer, widths: {widths}}}'",
    )


@dataclass(frozen=True)
class ReadsTask(AbstractNeed):
    """Agents whose model takes a task's inputs, and answers as its targets ask.

    Args:
        field: Field that names the task.
        answers: Whether the answers must fit the targets too.
        classes: Whether the targets must be classes.
    """

    field: str = "task"
    answers: bool = True
    classes: bool = False

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns sizes that do not fit, and targets that are not classes."""
        name, population = getattr(member, self.field), population_of(member, world)
        problems = HasModel().unmet(member, world, where)
        if population is None or population.model is None or name not in world.examples:
            return problems
        examples, model = world.examples[name].test, population.model
        shown, asked = examples.inputs.shape[-1], examples.heads * examples.targets.shape[-1]
        read, answered = model.input_size(), model.output_size()
        own, place = f"agents of '{population.name}'", f"{where}.{self.field}"
        fix = f"give the model of populations.{population.name}"
        if shown != read or (self.answers and asked != answered):
            problems.append(
                Problem(
                    place,
                    f"'{name}', samples of {shown} numbers with targets of {asked}, for {own} "
                    f"that read {read} and answer {answered}",
                    f"{read} = {shown}" + (f" and {answered} = {asked}" if self.answers else ""),
                    f"{fix} {shown} inputs and {asked} outputs, or name another task",
                )
            )
        if self.classes and examples.goal != "classes":
            found = f"'{name}', whose targets are {examples.goal}"
            problems.append(Problem(place, found, "a task of classes", "name another task"))
        return problems

    def sentence(self) -> str:
        """Says what must fit."""
        answers = " and answers its targets" if self.answers else ""
        kind = ", a task of classes" if self.classes else ""
        return f"a model that reads the inputs of '{self.field}'{answers}{kind}"


@dataclass(frozen=True)
class HoldsInput(AbstractNeed):
    """A column that the model can read: real numbers, as many as its input takes.

    Args:
        field: Field that names the column.
    """

    field: str

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns a column that is not there, or that does not fit the model."""
        population = population_of(member, world)
        if population is None or population.model is None:
            return []
        size = population.model.input_size()
        return HasColumn(self.field, (size,), floating=True).unmet(member, world, where)

    def sentence(self) -> str:
        """Says which column."""
        return f"the column that '{self.field}' names is as wide as the model's input"
