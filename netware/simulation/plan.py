"""The plan: the parts of a scenario arranged into what happens in a step."""

from netware.errors import ScenarioError
from netware.relations.order import flow_order
from netware.scenario.members import Members
from netware.scenario.schema import Scenario
from netware.simulation.schedule import Schedule, Timed
from netware.simulation.showing import Showing


def scheduled(scenario: Scenario, members: Members) -> Schedule:
    """Arranges the parts of a scenario into phases, and refuses an order that cannot be kept."""
    relations = {name: timed.member for name, timed in members.relations.items()}
    rules = [Timed(name, timed.member, timed.cadence) for name, timed in members.rules.items()]
    for index, event in enumerate(members.events):
        if event.rule is not None:
            refuse_same_name(index, members)
            rules.append(Timed(f"event{index}", event.rule, event.cadence))
    showing = tuple(
        Timed(
            name,
            Showing(
                name,
                given.inputs.task,
                given.inputs.corruption,
                given.inputs.sample,
            ),
            given.inputs.cadence,
        )
        for name, given in scenario.populations.items()
        if given.inputs is not None
    )
    populations = tuple(scenario.populations)
    return Schedule(
        relations=tuple(
            Timed(name, relations[name], timed.cadence) for name, timed in members.relations.items()
        ),
        rules=tuple(rules),
        probes=tuple(
            Timed(name, timed.member, timed.cadence) for name, timed in members.probes.items()
        ),
        showing=showing,
        order=flow_order(relations, populations, "think"),
        making=flow_order(relations, populations, "generate"),
        thinking=frozenset(
            name for name in scenario.populations if thinks(name, scenario, members)
        ),
        activation=scenario.activation,
    )


def thinks(name: str, scenario: Scenario, members: Members) -> bool:
    """Tells whether a population computes an output at every step.

    It does if its model answers inputs, and inputs reach it: from a task, as a column `input`, or
    along a relation; or if another population depends on its output.
    """
    model, given = members.models.get(name), scenario.populations[name]
    if model is None or not model.responds:
        return False
    reached = given.inputs is not None or "input" in given.state
    for timed in members.relations.values():
        source, target = timed.member.ends()
        flow = timed.member.flows()
        reached |= name == target and flow in ("transmit", "think")
        reached |= name == source and flow == "think"
    return reached


def refuse_same_name(index: int, members: Members) -> None:
    """Refuses a rule with the name by which the rule of an event draws its numbers."""
    if (name := f"event{index}") in members.rules:
        raise ScenarioError(
            f"rules.{name}",
            found=f"a rule with the name of events[{index}]",
            expected="another name: this one is the event's",
            fix=f"write another name than '{name}'",
        )
