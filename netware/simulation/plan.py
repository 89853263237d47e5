"""The plan: the parts of a scenario arranged into what happens in a step."""

from netware.scenario.members.members import Members
from netware.scenario.schema import Scenario
from netware.simulation.inputs import Showing
from netware.simulation.order.dependency_order import flow_order
from netware.simulation.schedule import Schedule, Timed


def scheduled(scenario: Scenario, members: Members) -> Schedule:
    """Arranges the parts of a scenario into phases, and refuses an order that cannot be kept."""
    relations = {name: timed.member for name, timed in members.relations.items()}
    rules = [Timed(name, timed.member, timed.cadence) for name, timed in members.rules.items()]
    for index, name in event_names(members).items():
        event = members.events[index]
        rules.append(Timed(name, event.rule, event.cadence))
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
        source, target = timed.member.between
        flow = timed.member.flow_phase
        reached |= name == target and flow in ("transmit", "think")
        reached |= name == source and flow == "think"
    return reached


def event_names(members: Members) -> dict[int, str]:
    """Names the rule of each event, by the event's place, such as `event.noise.birds.100`.

    The name tells the rule, whose agents, and when: its random numbers and columns carry it, and
    another event before it in the list moves none of them. The second of a kind has a 2 behind it.
    """
    found: dict[int, str] = {}
    for index, event in enumerate(members.events):
        if event.rule is not None:
            words = (
                type(event.rule).__name__.lower(),
                event.rule.on,
                event.cadence.at[0],
            )
            name = ".".join(map(str, ("event", *words)))
            alike = sum(one == name or one.startswith(f"{name}.") for one in found.values())
            found[index] = f"{name}.{alike + 1}" if alike else name
    return found
