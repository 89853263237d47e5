"""Stopping: whether the condition of a scenario has held for long enough."""

from dataclasses import dataclass, field

from netware.scenario import stop_condition
from netware.scenario.schema import Scenario
from netware.simulation.plan import Plan
from netware.simulation.sight import Sight


@dataclass
class StopCounter:
    """Whether the scenario's own condition to stop has held for long enough.

    A step at which none of the probes that the condition names is read is no observation.

    Args:
        condition: What must hold, or None.
        needed: Observations in a row for which it must. [1]
        length: Observations in a row for which it has. [1]
        values: Readings that the condition names, `probe.quantity` or `probe`, as last read.
    """

    condition: stop_condition.AbstractCondition | None
    needed: int = 1
    length: int = 0
    values: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario) -> "StopCounter":
        """Returns the condition of a scenario, not yet met."""
        given = scenario.stop
        return cls(stop_condition.read(given.when), given.steps) if given else cls(None)

    @property
    def met(self) -> bool:
        """Tells whether it is time to stop."""
        return self.condition is not None and self.length >= self.needed

    def observe(self, sight: Sight, plan: Plan) -> None:
        """Looks at what the probes that the condition names read now, those that are due."""
        if self.condition is None:
            return
        named = {name.partition(".")[0] for name in self.condition.names}
        due = [one for one in plan.due(plan.probes, sight.world.step) if one.name in named]
        for timed in due:
            means = sight.means(timed.name, timed.part)
            self.values |= {f"{timed.name}.{quantity}": mean for quantity, mean in means.items()}
            if means:
                self.values[timed.name] = next(iter(means.values()))
        if due:
            known = self.condition.names <= set(self.values)
            holds = known and self.condition.evaluate(self.values)
            self.length = self.length + 1 if holds else 0
