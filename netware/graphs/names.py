"""Who is who: which agent of a population each name stands for, in all files of a scenario."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from netware.errors import ScenarioError
from netware.files.origin import Origin


@dataclass(frozen=True)
class Mention:
    """The nodes of one file that are agents of one population.

    Args:
        origin: The file.
        ids: What the file calls each node.
        labels: What people call each node, where the file says it of all.
        first: Number that the format begins to count nodes with, if it does.
        whole: Whether these are all agents, those without edges as well.
    """

    origin: Origin
    ids: Sequence[str]
    labels: Sequence[str] | None = None
    first: int | None = None
    whole: bool = False

    @cached_property
    def numbers(self) -> list[int] | None:
        """Returns the number of each node by its id, if all ids are numbers."""
        return whole_numbers(self.ids)

    @cached_property
    def label_numbers(self) -> list[int] | None:
        """Returns the number of each node by its label, if all have one of theirs; or by its id."""
        own = self.labels if self.names is self.labels else None
        return whole_numbers(own or ()) or self.numbers

    def numbered(self, by_label: bool) -> list[int] | None:
        """Returns the number of each node by its label, or by its id."""
        return self.label_numbers if by_label else self.numbers

    @property
    def names(self) -> Sequence[str]:
        """Returns the name of each node: its label if no two have the same, or its id."""
        labels = self.labels
        return self.ids if labels is None or len(set(labels)) < len(labels) else labels


@dataclass(frozen=True)
class Names:
    """Which agent a name stands for.

    Args:
        agents: Agents of a replica. [1]
        names: Name of each agent, or None where numbers say who is meant.
        first: Number of the first agent. [1]
        labels: What people call each agent, where numbers say who is meant; None for none.
        ids: What each agent with a name is called beside, such as its number in a table of people.
        by_label: Whether numbers are those of labels, where nodes have some, or those of ids.
    """

    agents: int
    names: tuple[str, ...] | None = None
    first: int = 0
    labels: tuple[str | None, ...] | None = None
    ids: tuple[str, ...] | None = None
    by_label: bool = True

    @cached_property
    def shown(self) -> tuple[str | None, ...] | None:
        """Returns what people call each agent, or None where nobody has a name."""
        if self.names is None and self.labels is None and self.first:
            return tuple(str(agent + self.first) for agent in range(self.agents))
        return self.names or self.labels

    @cached_property
    def places(self) -> tuple[dict[str, int], ...]:
        """Returns the agent of each name, and of each other name."""
        return tuple(
            {name: agent for agent, name in enumerate(some)}
            for some in (self.names or (), self.ids or ())
        )

    def of(self, mention: Mention) -> np.ndarray:
        """Returns the agent of each node, or refuses a node that is no agent."""
        keys, places = self.keys(mention)
        if places is not None:
            found = np.array([places.get(key, -1) for key in keys], dtype=np.int64)
        else:
            found = np.array(mention.numbered(self.by_label), dtype=np.int64) - self.first
        bad = (found < 0) | (found >= self.agents)
        if bad.any():
            raise self.refused(keys[int(np.flatnonzero(bad)[0])], mention)
        if len(np.unique(found)) < len(found):
            raise mention.origin.refused(
                "two nodes that are one agent", "a node for each agent", "mend the names"
            )
        return found

    def keys(self, mention: Mention) -> tuple[Sequence[str], dict[str, int] | None]:
        """Returns what to look nodes up by and where: by names, or, with None, by numbers.

        Names are what a file calls all of its nodes, if all of these are names of agents.
        """
        if self.names is None:
            if mention.numbered(self.by_label) is None:
                raise self.refused(mention.ids[0], mention)
            return mention.ids, None
        for places in self.places:
            for keys in (mention.names, mention.labels or (), mention.ids):
                if keys and all(key in places for key in keys):
                    return keys, places
        numbers = mention.numbered(self.by_label)
        if numbers and self.first <= min(numbers) and max(numbers) < self.agents + self.first:
            return mention.ids, None
        return mention.names, self.places[0]

    def refused(self, name: str, mention: Mention) -> Exception:
        """Returns the refusal of a node that is no agent."""
        known = ", ".join((self.names or ())[:5])
        last = self.first + self.agents - 1
        return mention.origin.refused(
            f"'{name}', which is no agent",
            f"one of {self.agents} names: {known}, ..." if known else f"{self.first} to {last}",
            "mend the name, or add it to the agents",
        )


def settled(population: str, agents: int, mentions: Sequence[Mention]) -> Names:
    """Settles who is who in one population, for all files that name its agents.

    A number is the agent of this number if all names are
    such numbers, counted from 0, or from 1 where a format says so or the last agent is named. Other
    names are agents in the order in which the files first have them, in the order of the scenario.
    """
    for by_label in (True, False):
        numbered = by_number(agents, mentions, by_label)
        if numbered is not None:
            return numbered
    order: dict[str, None] = {}
    for mention in mentions:
        order.update(dict.fromkeys(mention.names))
    if len(order) != agents:
        files = " and ".join(dict.fromkeys(f"'{one.origin.path.name}'" for one in mentions))
        raise ScenarioError(
            mentions[0].origin.where,
            found=f"{len(order)} nodes in {files}: {', '.join(list(order)[:4])}, ...",
            expected=f"{agents} nodes, one for each agent of '{population}'",
            fix="change the number of agents, or write 'names: people.csv' under the population",
            code="S-GRAPH",
        )
    return Names(agents, tuple(order))


def by_number(agents: int, mentions: Sequence[Mention], by_label: bool) -> Names | None:
    """Returns who is who if all files number the agents, and none contradicts another."""
    numbers: list[int] = []
    for mention in mentions:
        own = mention.numbered(by_label)
        if not own or (mention.whole and len(mention.ids) != agents):
            return None
        numbers += own
    low, high = min(numbers), max(numbers)
    counted = any(mention.first == 1 for mention in mentions) or high == agents
    first = 1 if low >= 1 and counted else 0
    if high >= agents + first:
        return None
    labels: dict[int, str] = {}
    for mention in mentions:
        if mention.labels is None or whole_numbers(mention.labels):
            continue
        for number, label in zip(mention.numbered(by_label) or (), mention.labels, strict=True):
            if labels.setdefault(number - first, label) != label:
                return None
    shown = tuple(labels.get(agent) for agent in range(agents)) if labels else None
    return Names(agents, None, first, shown, by_label=by_label)


def whole_numbers(texts: Sequence[str]) -> list[int] | None:
    """Returns texts as whole numbers from 0 on, without leading zeros, if all are such."""
    whole = [text[:-2] if text.endswith(".0") else text for text in texts]
    if not all(text.isdecimal() and text.isascii() and len(text) < 16 for text in whole):
        return None
    if any(text[0] == "0" and len(text) > 1 for text in whole):
        return None
    return [int(text) for text in whole] or None
