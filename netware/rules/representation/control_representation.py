"""Control representation: agents are steered along the direction that was read in them."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch

from netware.errors import ScenarioError, ShapeError
from netware.models.wrappers.base import AbstractSteered
from netware.parameters import PopulationName, Real
from netware.rules.base import AbstractRule, Acting, Reads
from netware.world import World


COLUMNS = {"addition": "strength", "projection": "removal", "contrast": "contrast"}


@dataclass(frozen=True)
class ControlRepresentation(AbstractRule):
    """Sets how far the hidden layer of each agent is moved along its own direction.

    addition:   h <- h + amount v
    projection: h <- h - amount (h . v) v, which takes the concept out where amount = 1
    contrast:   h <- h + amount (h+ - h-), again for every sample

    The model `steered` does so whenever it computes, also for probes and rules that learn.

    Args:
        on: Population of steered agents.
        control: `addition`, `projection`, or `contrast`, which needs no direction.
        amount: How far; 0 for not at all. [unit of the layer, or 1]
        change: `set` the amount, or `increase` what was there by it, each time the rule is due.

    Reads: direction.
    Writes: `strength` (addition), `removal` (projection) or `contrast`.

    Source: Zou et al. (2023), arXiv:2310.01405, section 3.2.
    Departs from it: nothing.
    """

    on: PopulationName
    control: Literal["addition", "projection", "contrast"] = "addition"
    amount: Real = 1.0
    change: Literal["set", "increase"] = "set"

    reads: ClassVar[Reads] = "own"

    def __post_init__(self):
        """Refuses to take out less than nothing."""
        if self.control == "projection" and self.amount < 0:
            raise ScenarioError(
                "amount",
                found=f"{self.amount:g} of a projection",
                expected="0 or more; 1 takes the concept out",
                fix="write 'amount: 1.0'",
            )

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents that cannot be steered; makes the column of amounts, zeros at first."""
        where, population = f"rules.{acting.rule}", world[self.on]
        model, column = population.wrapped(), COLUMNS[self.control]
        if not isinstance(model, AbstractSteered):
            raise ScenarioError(
                f"{where}.on",
                found=f"agents of '{self.on}' that cannot be steered: {type(model).__name__}",
                expected="agents whose model is 'steered'",
                fix=f"write 'model: {{type: steered, base: ...}}' under populations.{self.on}",
            )
        if self.control != "contrast":
            self.refuse_direction(where, world, model.width)
        zeros = torch.zeros(population.total, dtype=population.dtype, device=population.device)
        return world.with_state(self.on, **{column: population.state.get(column, zeros)})

    def refuse_direction(self, where: str, world: World, width: int) -> None:
        """Refuses agents that have no direction, or one of another layer."""
        direction = world[self.on].state.get("direction")
        found = None if direction is None else tuple(direction.shape[1:])
        if found != (width,):
            raise ShapeError(
                f"{where}: populations.{self.on}.state.direction",
                found="no column 'direction'" if found is None else f"shape {found}",
                expected=f"{width} numbers an agent, one for each unit of the layer",
                fix="let a rule 'read_representation' of that layer stand before this one, or "
                f"write 'state: {{direction: {{normal: [0, 1], size: {width}}}}}'",
            )

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world with new amounts."""
        column = COLUMNS[self.control]
        now = world[self.on][column]
        then = now + self.amount if self.change == "increase" else torch.full_like(now, self.amount)
        return world.with_state(self.on, **{column: then})
