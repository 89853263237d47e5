"""Stopping: whether the condition of a scenario has held for long enough."""

from dataclasses import dataclass, field

from netware.record.recorder import Recorder
from netware.scenario import stop_condition
from netware.simulation.build import Blueprint


@dataclass
class StopCounter:
    """Whether the scenario's own condition to stop has held for long enough.

    Args:
        condition: What must hold, or None.
        needed: Observations in a row for which it must. [1]
        length: Observations in a row for which it has. [1]
        values: What was read before the run was resumed.
    """

    condition: stop_condition.AbstractCondition | None
    needed: int = 1
    length: int = 0
    values: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Blueprint) -> "StopCounter":
        """Returns the condition of a scenario, not yet met."""
        given = plan.scenario.stop
        return cls(stop_condition.read(given.when), given.steps) if given else cls(None)

    def met(self, recorder: Recorder) -> bool:
        """Looks at what was just read, if anything, and tells whether it is time to stop.

        A step at which none of the probes that the condition names was read is no observation.
        """
        if self.condition is None:
            return False
        if not recorder.read_now & {name.partition(".")[0] for name in self.condition.names}:
            return self.length >= self.needed
        self.values |= recorder.latest()
        known = self.condition.names <= set(self.values)
        self.length = self.length + 1 if known and self.condition.evaluate(self.values) else 0
        return self.length >= self.needed
