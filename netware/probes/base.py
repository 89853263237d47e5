"""The contract of a probe."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor

from netware.world import World


class AbstractProbe(ABC):
    """Something that measures the world: World -> named tensors. It cannot change anything.

    A probe is a frozen dataclass whose fields are its YAML parameters. Each quantity is a tensor
    whose first axis is the replica; `quantities` names the axes after it, from `netware.axes`,
    and these become index columns of the metrics.
    """

    quantities: ClassVar[Mapping[str, tuple[str, ...]]]
    counts_the_dead: ClassVar[bool] = False
    """Whether it looks at places where nobody is; other probes see the living alone."""

    @abstractmethod
    def read(self, world: World) -> dict[str, Tensor]:
        """Returns every quantity, `[replicas, ...]`, on the device of the world."""
