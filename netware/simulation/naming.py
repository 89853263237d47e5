"""Naming: who is who in each population, settled once for all files of a scenario."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from netware.errors import NetwareError
from netware.files.origin import Origin
from netware.graphs.names import Mention, Names, settled
from netware.graphs.people import People, people_of
from netware.graphs.topology import AbstractTopology
from netware.relations.base import AbstractGraphRelation, AbstractRelation
from netware.scenario.schema import FromFile, Population, Scenario


UNUSED = "not used"
BY = "numbers in files are ids of agents"


def names_of(
    scenario: Scenario, definitions: Sequence[Mapping[str, AbstractRelation]]
) -> dict[str, Names]:
    """Returns who is who in each population whose agents a file names.

    Args:
        scenario: Its populations, and the files that these name.
        definitions: Relations by name, as the run begins and after each event that changes some.
    """
    mentions: dict[str, list[Mention]] = {}
    refused: list[NetwareError] = []

    def mention(population: str, found: Mention | None) -> None:
        mentions.setdefault(population, []).extend([found] if found else [])

    for name, (source, target), topology in chain.from_iterable(map(topologies, definitions)):
        with gathered(refused):
            one, other = topology.mentions(name, source == target) or (None, None)
            mention(source, one)
            if source != target:
                mention(target, other)
    for name, given in scenario.populations.items():
        for column, spec in given.state.items():
            if isinstance(spec, FromFile):
                with gathered(refused):
                    people = opened(spec.file, f"populations.{name}.state.{column}.file")
                    mention(name, people.mention)
    names: dict[str, Names] = {}
    for name, given in scenario.populations.items():
        with gathered(refused):
            if given.names is not None:
                names[name] = listed_names(name, given)
            elif mentions.get(name) and not refused:
                names[name] = settled(name, given.agents, mentions[name])
    if refused:
        problems = [problem for error in refused for problem in error.problems]
        raise type(refused[0]).together(list(dict.fromkeys(problems)))
    return names


@contextmanager
def gathered(errors: list[NetwareError]) -> Iterator[None]:
    """Notes what is refused inside."""
    try:
        yield
    except NetwareError as error:
        errors.append(error)


def listed_names(name: str, given: Population) -> Names:
    """Returns who is who in a population whose agents a file lists."""
    people = opened(given.names or "", f"populations.{name}.names")
    found, ids = people.names()
    if len(found) != given.agents:
        raise people.origin.refused(
            f"{len(found)} names", f"{given.agents}, one for each agent", "write as many as agents"
        )
    return Names(given.agents, tuple(found), ids=None if ids is None else tuple(ids))


def opened(path: str, where: str) -> People:
    """Reads a file about the agents of a population."""
    origin = Origin(Path(path), where)
    return people_of(origin, origin.version())


def topologies(
    relations: Mapping[str, AbstractRelation],
) -> Iterator[tuple[str, tuple[str, str], AbstractTopology]]:
    """Yields the relations that have a topology: name, the two populations, and the topology."""
    for name, relation in relations.items():
        if isinstance(relation, AbstractGraphRelation) and relation.topology is not None:
            yield name, relation.between, relation.topology


def reading_lines(
    relations: Mapping[str, AbstractRelation], names: Mapping[str, Names]
) -> list[str]:
    """Says how each file was read, and who is who in each population that a file names."""
    lines = []
    for name, (source, target), topology in topologies(relations):
        if notes := topology.notes(name, source == target):
            lines.append(f"relations.{name}: {'; '.join(notes)}")
    for name, who in names.items():
        shown = who.shown
        called = ", ".join(f"'{one}' is {agent}" for agent, one in enumerate((shown or ())[:3]))
        more = ", ..." if shown is not None and len(shown) > 3 else ""
        lines.append(
            f"populations.{name}: {called}{more}" if shown else f"populations.{name}: {BY}"
        )
    return lines
