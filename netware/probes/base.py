"""The contract of a probe."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor

from netware.axes import AGENT
from netware.errors import Problem
from netware.needs.base import AbstractNeed, population_field, unmet_needs
from netware.world import World


class AbstractProbe(ABC):
    """Something that measures the world: World -> named tensors. It cannot change anything.

    A probe is a frozen dataclass whose fields are its YAML parameters. Each quantity is a tensor
    whose first axis is the replica; `quantities` names the axes after it, from `netware.axes`,
    and these become index columns of the metrics. The agents of an axis AGENT are those of the
    population that `about` names.

    A probe sees the living of each replica alone, so that there may be fewer agents than the
    scenario says, one, or none, and relations without edges. What is undefined then is nan.
    """

    quantities: ClassVar[Mapping[str, tuple[str, ...]]]
    needs: ClassVar[tuple[AbstractNeed, ...]] = ()
    """What it needs of the world, from `netware/needs`: refused at build where it is not there."""
    counts_the_dead: ClassVar[bool] = False
    """Whether it looks at places where nobody is; other probes see the living alone."""

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
        if any(AGENT in axes for axes in self.quantities.values()):
            name = self.about()
            if name not in world.populations:
                return [
                    Problem(
                        where,
                        f"quantities of each agent, of {'no' if name is None else repr(name)}"
                        " population",
                        f"agents of one of {', '.join(world.populations)}",
                        f"let 'about' of {type(self).__name__} name the population",
                    )
                ]
        return unmet_needs(self, world, where)
