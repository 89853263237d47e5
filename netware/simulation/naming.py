"""Naming: who is who in each population, settled once for all files of a scenario."""

from collections.abc import Iterator, Mapping

from netware.graphs.names import Mention, Names, settled
from netware.graphs.topology import AbstractTopology
from netware.relations.base import AbstractGraphRelation
from netware.scenario.members.members import Members
from netware.scenario.schema import Scenario


def names_of(scenario: Scenario, members: Members) -> dict[str, Names]:
    """Returns who is who in each population whose agents a file names."""
    mentions: dict[str, list[Mention]] = {}
    for name, (source, target), topology in topologies(members):
        found = topology.mentions(name, source == target)
        if found is not None:
            mentions.setdefault(source, []).append(found[0])
            if source != target:
                mentions.setdefault(target, []).append(found[1])
    names: dict[str, Names] = {}
    for name, given in scenario.populations.items():
        if name in mentions:
            names[name] = settled(name, given.agents, mentions[name])
    return names


def topologies(members: Members) -> Iterator[tuple[str, tuple[str, str], AbstractTopology]]:
    """Yields the relations that have a topology: name, the two populations, and the topology."""
    for name, timed in members.relations.items():
        relation = timed.member
        if isinstance(relation, AbstractGraphRelation) and relation.topology is not None:
            yield name, relation.between, relation.topology


def readings(members: Members) -> Mapping[str, tuple[str, ...]]:
    """Returns how the file of each relation that has one was read, in words."""
    said = {
        name: topology.notes(name, source == target)
        for name, (source, target), topology in topologies(members)
    }
    return {name: notes for name, notes in said.items() if notes}
