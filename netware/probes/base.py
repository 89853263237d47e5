"""The contract of a probe."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.errors import Problem, ScenarioError
from netware.needs.base import AbstractNeed, fields_that_name, population_field, unmet_needs
from netware.population import Population
from netware.world import World


Memory = Mapping[str, Tensor]


class AbstractProbe(ABC):
    """Something that measures the world: World -> named tensors. It cannot change anything.

    A probe is a frozen dataclass whose fields are its YAML parameters. Each quantity is a tensor
    whose first axis is the replica; `quantities` names the axes after it, from `netware.axes`,
    and these become index columns of the metrics. The agents of an axis AGENT are those of the
    population that `about` names.

    A probe sees the living of each replica alone, so that there may be fewer agents than the
    scenario says, one, or none, and relations without edges. What is undefined then is nan;
    of no agents, everything is. A probe that needs more than this moment is an
    AbstractRememberingProbe, below.
    """

    quantities: ClassVar[Mapping[str, tuple[str, ...]]]
    memory: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """What it remembers from step to step, with axes as those of `quantities`."""
    needs: ClassVar[tuple[AbstractNeed, ...]] = ()
    """What it needs of the world, from `netware/needs`: refused at build where it is not there."""
    counts_the_dead: ClassVar[bool] = False
    """Whether it looks at empty slots too; other probes see the living alone."""

    @abstractmethod
    def read(self, world: World) -> dict[str, Tensor]:
        """Returns every quantity, `[replicas, ...]`, on the device of the world."""

    def about(self) -> str | None:
        """Names the population that it measures, to whose agents an axis AGENT belongs.

        By default what stands in the one field of type `PopulationName`, whatever its name; None
        where there is no such field, or more than one. A probe with several, or with agents of a
        population that no field names, overrides this.
        """
        field = population_field(type(self))
        return getattr(self, field) if field else None

    def unmet(self, world: World, where: str) -> list[Problem]:
        """Returns all that it lacks in this world, each at its key below `where`."""
        name = self.about()
        if name is not None and name not in world.populations:
            listed = ", ".join(world.populations)
            return [Problem(where, f"no population '{name}'", f"one of {listed}", "name one")]
        return self.unsure(world, where) or unmet_needs(self, world, where)

    def unsure(self, world: World, where: str) -> list[Problem]:
        """Returns why one could not tell whose agents those of an axis AGENT are, if so."""
        if all(AGENT not in axes for axes in (*self.quantities.values(), *self.memory.values())):
            return []
        name, cls = self.about(), type(self)
        fix = f"let 'about' of {cls.__name__} return the name of the population"
        if name is None:
            found = "quantities of each agent, of no population that the probe names"
            return [Problem(where, found, f"one of {', '.join(world.populations)}", fix)]
        if cls.about is not AbstractProbe.about:
            return []
        return [
            Problem(
                f"{where}.{field}",
                f"quantities of each agent, and '{over}', whose edges lead from '{source}' to "
                f"'{target}'",
                f"a relation between agents of '{name}', or a probe that says whose they are",
                fix,
            )
            for field in fields_that_name("relations", cls)
            if isinstance(over := getattr(self, field), str) and over in world.edges
            for source, target in [world.edges[over].between or (name, name)]
            if (source, target) != (name, name)
        ]

    def insist(self, world: World) -> None:
        """Raises one error with all that it lacks; `read` begins with it, for worlds not built."""
        problems = self.unmet(world, f"probes: {type(self).__name__}")
        if problems:
            raise ScenarioError.together(problems)

    def nothing(
        self, population: Population, sizes: Mapping[str, int] | None = None
    ) -> dict[str, Tensor]:
        """Returns nan for every quantity, of a population without agents.

        Args:
            population: The one that it measures.
            sizes: Lengths of the axes of its quantities but AGENT.
        """
        lengths = {AGENT: 0, **(sizes or {})}
        return {
            name: torch.full(
                (population.replicas, *(lengths[axis] for axis in axes)),
                torch.nan,
                dtype=population.dtype,
                device=population.device,
            )
            for name, axes in self.quantities.items()
        }


class AbstractRememberingProbe(AbstractProbe):
    """A probe whose readings need what was before: it returns its memory, and others keep it.

    `memory` names the tensors that it remembers, the replica's axis first, and their other axes.
    The model keeps them: it asks `begin` at step 0 and `remember` at the end of every step after,
    whatever `every`, `from`, `until` and `at` say, which choose the steps at which it is read. What
    a step adds is added once, however often anyone reads. Checkpoints hold the memory, and a
    resumed run goes on from it to the same bits. An event that changes a parameter of the probe
    lets its memory begin again at that step, as does a world of another step put into the model.

    As `read` does, all three see the living of each replica alone once an agent has died, with that
    replica's part of the memory; of an axis AGENT, the rows of the living. That gathers them at
    every step: a probe that leaves the dead out by a mask (`counts_the_dead`) is faster where many
    die. Who is born begins as `begin` says. Names, shapes and types stay as `begin` made them;
    nothing is written into a tensor that was given.
    """

    @abstractmethod
    def begin(self, world: World) -> dict[str, Tensor]:
        """Returns the memory of a probe that sees its first world, `[replicas, ...]`."""

    @abstractmethod
    def remember(self, world: World, memory: Memory) -> dict[str, Tensor]:
        """Returns the memory at the end of this step, from that of the step before."""

    @abstractmethod
    def recall(self, world: World, memory: Memory) -> dict[str, Tensor]:
        """Returns every quantity, `[replicas, ...]`; the memory has seen this world."""

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns every quantity of a probe that has seen this world alone."""
        return self.recall(world, self.begin(world))
