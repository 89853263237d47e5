"""The order in which populations think: each after those it depends on."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from netware.errors import ScenarioError
from netware.relations.base import AbstractRelation


def thinking_order(
    relations: Mapping[str, AbstractRelation], populations: Iterable[str]
) -> tuple[str, ...]:
    """Returns the populations, each after all it takes this step's output from.

    Where nothing decides, the order is that of `populations`.
    """
    before: dict[str, set[str]] = {name: set() for name in populations}
    for relation in relations.values():
        if relation.flows() == "think":
            source, target = relation.ends()
            before[target].add(source)
    rank = {name: place for place, name in enumerate(before)}
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError as error:
        raise cycle(tuple(error.args[1]), relations) from None
    order: list[str] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=rank.__getitem__)
        order.append(ready.pop(0))
        sorter.done(order[-1])
    return tuple(order)


def cycle(populations: tuple[str, ...], relations: Mapping[str, AbstractRelation]) -> ScenarioError:
    """Returns the error that names the cycle and the relation to delay."""
    last = (populations[-2], populations[-1])
    closing = next(
        name
        for name, relation in relations.items()
        if relation.flows() == "think" and relation.ends() == last
    )
    return ScenarioError(
        f"relations.{closing}",
        found=f"a cycle of dependencies: {' -> '.join(populations)}",
        expected="no population that waits for its own output of the same step",
        fix=f"write 'delay: 1' under relations.{closing}, to carry last step's output",
        code="S-CYCLE",
    )
