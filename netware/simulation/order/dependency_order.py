"""The order in which populations think, or get their weights: each after those it depends on."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from netware.errors import ScenarioError
from netware.relations.base import AbstractRelation, Flow


def flow_order(
    relations: Mapping[str, AbstractRelation], populations: Iterable[str], phase: Flow
) -> tuple[str, ...]:
    """Returns the populations, each after all others from which something flows in a phase.

    Where nothing decides, the order is that of `populations`. Agents of one population that depend
    on each other are put in order by themselves.
    """
    before: dict[str, set[str]] = {name: set() for name in populations}
    for relation in relations.values():
        if relation.flow_phase == phase:
            source, target = relation.between
            before[target] |= {source} - {target}
    rank = {name: place for place, name in enumerate(before)}
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError as error:
        raise cycle(tuple(error.args[1]), relations, phase) from None
    order: list[str] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
        order.append(ready.pop(0))
        sorter.done(order[-1])
    return tuple(order)


def cycle(
    populations: tuple[str, ...], relations: Mapping[str, AbstractRelation], phase: Flow
) -> ScenarioError:
    """Returns the error that names the cycle and the relation to delay or take out."""
    last = (populations[-2], populations[-1])
    closing = next(
        name
        for name, relation in relations.items()
        if relation.flow_phase == phase and relation.between == last
    )
    path = " -> ".join(populations)
    if phase == "think":
        found = f"a cycle of dependencies: {path}"
        expected = "no population that waits for its own output of the same step"
        fix = f"write 'delay: 1' under relations.{closing}, to carry last step's output"
    else:
        found = f"a cycle of populations that make each other's weights: {path}"
        expected = "no population whose weights make themselves"
        fix = f"take relations.{closing} out"
    return ScenarioError(
        f"relations.{closing}", found=found, expected=expected, fix=fix, code="S-CYCLE"
    )
