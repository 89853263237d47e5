"""Refusals: what a scenario asks for that could not be, found before the first step."""

from netware.errors import Problem, ScenarioError
from netware.relations.base import AbstractRelation
from netware.rules.base import AbstractRule
from netware.simulation.arrivals import written_columns
from netware.simulation.order.pairs import refuse_no_pairs
from netware.simulation.order.waves import waves
from netware.simulation.plan import Plan, Timed
from netware.world import World


def refuse_input(plan: Plan, world: World) -> None:
    """Refuses relations that would overwrite the samples that agents are shown."""
    shown = {timed.name for timed in plan.showing if world[timed.name].wrapped().responds}
    for timed in plan.relations:
        source, target = (world[end] for end in timed.part.between)
        if target.name not in shown or timed.part.flow_phase not in ("transmit", "think"):
            continue
        after = timed.part.flow(world.edges[timed.name], source, target)
        if "input" in written_columns(target, after) and timed.part.offset is None:
            raise ScenarioError(
                f"relations.{timed.name}",
                found=f"{target.name}.input, where these agents are shown samples",
                expected="another column, or some numbers of 'input' alone",
                fix=f"write 'offset', another 'into', or no 'inputs' under "
                f"populations.{target.name}",
                code="S-OVERWRITE",
            )


def unmet(plan: Plan, world: World) -> list[Problem]:
    """Returns what rules and probes ask for that is not there."""
    parts = [("rules", timed) for timed in plan.rules]
    parts += [("probes", timed) for timed in plan.probes]
    return [
        problem
        for section, timed in parts
        for problem in timed.part.unmet(world, f"{section}.{timed.name}")
    ]


def refuse_cycles(plan: Plan, world: World) -> None:
    """Refuses agents of one population that would wait for each other for ever."""
    for name in world.populations:
        inner = [
            (timed.name, world.edges[timed.name])
            for timed in plan.relations
            if timed.part.flow_phase == "think" and timed.part.between == (name, name)
        ]
        if inner:
            waves(inner)


def refuse_activation(timed: Timed[AbstractRule], plan: Plan, world: World) -> None:
    """Refuses a rule that cannot act in the order that the scenario asks for."""
    honoured = timed.part.honours(world, plan.acting(timed.name))
    if plan.activation not in honoured:
        raise ScenarioError(
            f"rules.{timed.name}",
            found=f"'activation: {plan.activation}', which this rule cannot honour",
            expected=f"activation: {', '.join(sorted(honoured))}",
            fix=f"write 'activation: {sorted(honoured)[-1]}'",
        )
    if plan.activation == "pairs":
        refuse_no_pairs(timed.name, timed.part)


def reads_anyone(rule: AbstractRule) -> bool:
    """Tells whether an acting agent may read others that no edge joins it with."""
    if rule.reads == "edges":
        return AbstractRule.read_along(rule) is None
    return rule.reads == "anyone"


def refuse_death(timed: Timed[AbstractRule], plan: Plan, world: World) -> None:
    """Refuses a rule that would read the dead."""
    rule = timed.part
    if reads_anyone(rule) and world[rule.on].alive is not None:
        raise ScenarioError(
            f"rules.{timed.name}",
            found=f"agents of '{rule.on}' that may die, which this rule would read",
            expected="rules by which agents meet along relations only, or act by themselves",
            fix="take out what lets them die: 'capacity', births, deaths or a composition",
        )


def refuse_loss(timed: Timed[AbstractRelation], plan: Plan, world: World) -> None:
    """Refuses a relation that cannot do without agents that may die."""
    lost = [name for name in timed.part.between if world[name].alive is not None]
    if lost and not timed.part.tolerates_deaths():
        raise ScenarioError(
            f"relations.{timed.name}",
            found=f"agents of '{lost[0]}' that may die, whose edges this relation needs",
            expected="agents that live for ever",
            fix="take out what lets them die: 'capacity', births, deaths or a composition",
        )
