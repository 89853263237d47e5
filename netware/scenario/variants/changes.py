"""The scenario after an event has changed some of its parameters."""

from collections.abc import Mapping
from typing import Any

from netware.scenario.document import placed
from netware.scenario.schema import Scenario
from netware.scenario.variants.overrides import path_of


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Returns a scenario with the values of an event's `set` in their places."""
    data: Any = scenario.model_dump(by_alias=True, exclude_unset=True)
    for key, value in changes.items():
        data = placed(data, path_of(key), value)
    return Scenario.model_validate(data)
