"""Cost: what a run or a sweep will take, in memory, disk and time, measured where it can be."""

from collections.abc import Sequence

from netware.errors import NetwareError
from netware.running.pace import Pace, pace_of
from netware.scenario.document import Document
from netware.scenario.variants.sweep import SweepMember, expand, member_document
from netware.simulation.build import Blueprint, planned
from netware.simulation.estimate import Cost, estimate, shown
from netware.world import World


BUILT_BYTES = 10**9
SLOWEST_STEP = 5.0
MOST_MEASURED = 4
BUDGET = 1.0


def measured(plan: Blueprint, cost: Cost, budget: float = BUDGET) -> tuple[Pace, World] | None:
    """Returns the pace of a scenario and its world, or None for what is too large to be tried."""
    if cost.memory >= BUILT_BYTES or cost.seconds / plan.scenario.steps > SLOWEST_STEP:
        return None
    return pace_of(plan, budget)


def time_of(plan: Blueprint, cost: Cost, pace: Pace | None) -> str:
    """Returns the time of a run in words, and how it is known."""
    if pace is None:
        return f"{duration(cost.seconds)} or more, on {plan.device}; not measured"
    early = ", unless it stops before" if plan.scenario.stop else ""
    return (
        f"about {duration(pace.seconds)} for all {pace.steps:,} steps{early}, on {plan.device}; "
        f"measured on {pace.timed + 1:,} of them"
    )


def sweep_lines(document: Document) -> list[str]:
    """Returns what the sweep of a scenario will take; nothing where it has none.

    Time is measured on some of the runs, spread evenly, and taken as that of all.
    """
    if not document.data.get("sweep"):
        return []
    runs = [(member, planned(member_document(document, member))) for member in expand(document)]
    costs = [estimate(plan.scenario, plan.members) for _, plan in runs]
    tried = [runs[len(runs) * n // MOST_MEASURED] for n in range(MOST_MEASURED)]
    paces = paces_of(tried if len(runs) > MOST_MEASURED else runs)
    lines = [
        f"sweep    {len(runs):,} runs, over {', '.join(runs[0][0].values)}",
        f"         memory at most {shown(max(one.memory for one in costs))} each, "
        f"disk {shown(sum(one.disk for one in costs))} in all",
    ]
    if paces:
        seconds = sum(one.seconds for one in paces) / len(paces) * len(runs)
        lines.append(
            f"         time about {duration(seconds)} in all, in one process; measured on "
            f"{len(paces)} of the runs"
        )
    else:
        lines.append(f"         time {duration(sum(one.seconds for one in costs))} or more in all")
    return lines


def paces_of(runs: Sequence[tuple[SweepMember, Blueprint]]) -> list[Pace]:
    """Returns the paces of those runs of a sweep that can be tried, within one budget."""
    found = []
    for member, plan in runs:
        try:
            tried = measured(plan, estimate(plan.scenario, plan.members), BUDGET / len(runs))
        except NetwareError as error:
            where = ", ".join(member.arguments)
            first = error.problems[0]
            raise type(error)(
                f"{first.where} (sweep: {where})",
                found=first.found,
                expected=first.expected,
                fix=first.fix,
                code=first.code,
                excerpt=first.excerpt,
            ) from None
        found += [] if tried is None else [tried[0]]
    return found


def duration(seconds: float) -> str:
    """Writes a time as one reads it."""
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.2g} s"
