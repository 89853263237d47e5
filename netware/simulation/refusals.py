"""Refusals: what a scenario asks for that could not be, found before the first step."""

from collections.abc import Iterable
from dataclasses import replace

from netware.errors import ScenarioError
from netware.rules.base import AbstractRule
from netware.simulation.arrivals import edges_of, written_columns
from netware.simulation.order.pairs import refuse_no_pairs
from netware.simulation.order.waves import waves
from netware.simulation.schedule import Schedule
from netware.world import World


def refuse_input(schedule: Schedule, world: World) -> None:
    """Refuses relations that would overwrite the samples that agents are shown."""
    shown = {timed.name for timed in schedule.showing if world[timed.name].wrapped().responds}
    for timed in schedule.relations:
        source, target = (world[end] for end in timed.part.ends())
        if target.name not in shown or timed.part.flows() not in ("transmit", "think"):
            continue
        after = timed.part.flow(edges_of(world, timed.name, timed.part), source, target)
        if "input" in written_columns(target, after) and timed.part.offset is None:
            raise ScenarioError(
                f"relations.{timed.name}",
                found=f"{target.name}.input, where these agents are shown samples",
                expected="another column, or some numbers of 'input' alone",
                fix=f"write 'offset', another 'into', or no 'inputs' under "
                f"populations.{target.name}",
                code="S-OVERWRITE",
            )


def refuse_unmet(schedules: Iterable[Schedule], world: World) -> None:
    """Refuses probes that ask for what is not there, all of them at once."""
    problems = [
        problem
        for schedule in schedules
        for timed in schedule.probes
        for problem in timed.part.unmet(
            replace(world, relations=schedule.definitions), f"probes.{timed.name}"
        )
    ]
    if problems:
        raise ScenarioError.together(list(dict.fromkeys(problems)))


def refuse_cycles(schedule: Schedule, world: World) -> None:
    """Refuses agents of one population that would wait for each other for ever."""
    for name in world.populations:
        inner = [
            (timed.name, edges_of(world, timed.name, timed.part))
            for timed in schedule.relations
            if timed.part.flows() == "think" and timed.part.ends() == (name, name)
        ]
        if inner:
            waves(inner)


def refuse_activation(schedule: Schedule, world: World) -> None:
    """Refuses rules that cannot act in the order that the scenario asks for."""
    for timed in schedule.rules:
        honoured = timed.part.honours(world)
        if schedule.activation not in honoured:
            raise ScenarioError(
                f"rules.{timed.name}",
                found=f"'activation: {schedule.activation}', which this rule cannot honour",
                expected=f"activation: {', '.join(sorted(honoured))}",
                fix=f"write 'activation: {sorted(honoured)[-1]}'",
            )
        if schedule.activation == "pairs":
            refuse_no_pairs(timed.name, timed.part)


def reads_anyone(rule: AbstractRule) -> bool:
    """Tells whether an acting agent may read others that no edge joins it with."""
    if rule.reads == "edges":
        return AbstractRule.read_along(rule) is None
    return rule.reads == "anyone"


def refuse_death(schedule: Schedule, world: World) -> None:
    """Refuses rules that would heed the dead, and relations that cannot do without them."""
    mortal = {name for name, one in world.populations.items() if one.alive is not None}
    for timed in schedule.rules:
        if reads_anyone(timed.part) and timed.part.on in mortal:
            raise ScenarioError(
                f"rules.{timed.name}",
                found=f"agents of '{timed.part.on}' that may die, which this rule would read",
                expected="rules by which agents meet along relations only, or act by themselves",
                fix="take out what lets them die: 'room', births, deaths or a composition",
            )
    for timed in schedule.relations:
        lost = [name for name in timed.part.ends() if name in mortal]
        if lost and not timed.part.tolerates_deaths():
            raise ScenarioError(
                f"relations.{timed.name}",
                found=f"agents of '{lost[0]}' that may die, whose edges this relation needs",
                expected="agents that live for ever",
                fix="take out what lets them die: 'room', births, deaths or a composition",
            )
