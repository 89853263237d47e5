"""Loss: how far each agent's answers are from the targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from torch import Tensor

from netware.axes import AGENT
from netware.errors import Problem
from netware.learning.losses import Loss as Kind
from netware.learning.losses import losses, resolved
from netware.needs.base import AbstractNeed, Surroundings
from netware.needs.models import ReadsTask
from netware.parameters import PopulationName, TaskName
from netware.probes.base import AbstractProbe
from netware.world import World


@dataclass(frozen=True)
class LossHasMeaning(AbstractNeed):
    """Targets that are classes, where the loss is their cross entropy."""

    def unmet(self, member: Any, world: Surroundings, where: str) -> list[Problem]:
        """Returns targets of which there is no cross entropy."""
        if member.loss != "cross_entropy" or member.task not in world.examples:
            return []
        goal = world.examples[member.task].train.goal
        if goal == "classes":
            return []
        found = f"cross_entropy, but the targets of '{member.task}' are {goal}"
        expected = "mse, or a task whose targets are classes"
        return [Problem(f"{where}.loss", found, expected, "write 'loss: mse'")]

    def sentence(self) -> str:
        """Says what the loss asks of the targets."""
        return "'task' has classes, where 'loss' is cross_entropy"


@dataclass(frozen=True)
class Loss(AbstractProbe):
    """Measures each agent's loss on the examples of a task.

    mse = 1/(N outputs) sum_n ||y(x_n) - t_n||^2,   cross_entropy = -1/N sum_n t_n . log softmax(y)

    Args:
        on: Population to measure.
        task: Task whose examples are shown.
        split: `test` or `train` examples.
        loss: `mse`, `cross_entropy`, or `auto` for cross_entropy where targets are classes.

    Reads: weights, and the columns of state that the model reads.
    Quantities: `loss` of each agent; `mean` and `least` of a replica.

    Source: none needed; the losses of torch.nn.MSELoss and torch.nn.CrossEntropyLoss.
    """

    on: PopulationName
    task: TaskName
    split: Literal["test", "train"] = "test"
    loss: Kind = "auto"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "loss": (AGENT,),
        "mean": (),
        "least": (),
    }
    needs: ClassVar[tuple[AbstractNeed, ...]] = (ReadsTask(), LossHasMeaning())

    def read(self, world: World) -> dict[str, Tensor]:
        """Returns every agent's loss, their mean and the least of them."""
        self.insist(world)
        population, data = world[self.on], world.examples[self.task]
        shared = data.test if self.split == "test" else data.train
        if not population.agents:
            return self.nothing(population)
        examples = shared.of(population.replica)
        outputs = examples.asked(population.forward(examples.inputs))
        each = losses(outputs, examples.targets, resolved(self.loss, examples.goal))
        each = population.per_replica(each)
        return {"loss": each, "mean": each.mean(1), "least": each.amin(1)}
