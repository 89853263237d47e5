"""A scenario in the making: populations, relations, rules and probes, added one by one."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.laws import worlds
from tests.laws.suits import COMPANIONS, OWN_DRAWS, TASTE
from tests.laws.themes import FILES, THEMES, Kind
from tests.laws.values import drawn_value


Plain = dict[str, Any]
ACROSS = ("complete", "one_to_one", "erdos_renyi")
OPTIONAL = 0.35
CADENCE = ("every", "from", "until", "at")
KEPT = ("into", "state", "firings")
"""Columns that a probe and the rule beside it must agree on: those of their defaults."""


@dataclass
class Draft:
    """A scenario in the making."""

    seed: int
    chance: Random
    data: Plain
    kinds: dict[str, Kind] = field(default_factory=dict)
    prefix: str = ""

    def population(self, name: str, theme: str, lead: str | None = None) -> str:
        """Adds a population of a theme, with its task; it may have room for births."""
        return self.join(name, THEMES[theme](self.chance, lead), lead)

    def join(self, name: str, kind: Kind, lead: str | None = None) -> str:
        """Adds a population."""
        chance, entry = self.chance, {**kind.entry}
        agents = chance.choice((2, 3, 4, 5, 6, 9))
        if lead in ("birth", "death") or chance.random() < 0.15:
            entry = {"capacity": agents + chance.choice((0, 1, 3)), **entry}
        if kind.task is not None:
            self.data["tasks"][f"task_{name}"] = kind.task
            if "inputs" in entry:
                entry["inputs"] = {**entry["inputs"], "task": f"task_{name}"}
        self.kinds[name] = kind
        self.data["populations"][name] = {"agents": agents, **entry}
        if kind.theme == "moving":
            box = chance.choice((1.0, 3.0))
            self.data["space"] = {"dimensions": 2, "box": box, "periodic": chance.random() < 0.7}
        return name

    def names(self, on: str) -> Plain:
        """Returns what parameters of a member about one population may refer to."""
        columns = [*self.data["populations"][on].get("state", {})] or ["output"]
        task = f"task_{on}"
        return {
            "columns": columns,
            "populations": [on],
            "relations": self.relations_of(on),
            "tasks": [task] if task in self.data["tasks"] else ["task"],
            "topologies": lambda: self.topology(True),
            "optimisers": self.optimiser,
            "coalition_games": self.game,
        }

    def relations_of(self, on: str) -> list[str]:
        """Names the relations of a population with itself; makes one if there is none."""
        joining = [
            name
            for name, part in self.data["relations"].items()
            if part.get("between") == [on, on] or part.get("of") == on
        ]
        return joining or [self.relation("association", on, on)]

    def part(self, family: str, name: str, on: str) -> Plain:
        """Returns a member with the parameters that it needs, and some of the others."""
        found: Plain = {"type": name}
        for key, (hint, required) in worlds.parameters(family, name).items():
            if not required and self.chance.random() > OPTIONAL:
                continue
            own = TASTE.get((name, key)) or OWN_DRAWS.get(key)
            words = (
                own(self.chance)
                if own
                else drawn_value(hint, self.chance, self.names(on) if on else {})
            )
            if words is not None:
                found[key.removesuffix("_")] = words
        return found

    def cadence(self) -> Plain:
        """Returns when something is due; mostly at every step."""
        chance = self.chance
        ways: list[Plain] = [
            {"every": chance.choice((1, 2, 3))},
            {"from": chance.choice((0, 1, 2)), "every": chance.choice((1, 2))},
            {"until": chance.choice((0, 1, 3))},
            {"from": 1, "until": chance.choice((1, 2, 4))},
            {"at": chance.choice((0, 1, 2, [0, 2], [1, 3]))},
        ]
        return chance.choice(ways) if chance.random() < 0.4 else {}

    def optimiser(self) -> Plain:
        """Returns an optimiser, some of its parameters written."""
        return self.part("optimisers", self.chance.choice(worlds.members("optimisers")), "")

    def game(self) -> Plain:
        """Returns a game of coalitions, some of its parameters written."""
        name = self.chance.choice(worlds.members("coalition_games"))
        return self.part("coalition_games", name, "")

    def topology(self, same: bool, lead: str | None = None) -> Plain:
        """Returns a graph, of a population with itself or of two."""
        name = lead or self.chance.choice(worlds.members("topologies") if same else ACROSS)
        if name == "file":
            return {"type": "file", "path": str(FILES / "ties.csv")}
        if name == "erdos_renyi":
            return {"type": name, "p": self.chance.choice((0.0, 0.3, 0.6, 1.0))}
        if name == "watts_strogatz":
            return {"type": name, "k": 2, "p": self.chance.choice((0.0, 0.3, 1.0))}
        if name == "random_geometric":
            return {"type": name, "radius": self.chance.choice((0.4, 1.5))}
        if name in ("barabasi_albert", "ring"):
            return {"type": name, "m" if name[0] == "b" else "k": self.chance.choice((1, 2))}
        keys = {"grid": ("neighbors", "boundary")}.get(name, ())
        found = {key: worlds.parameters("topologies", name)[key][0] for key in keys}
        return {"type": name} | {k: drawn_value(h, self.chance, {}) for k, h in found.items()}

    def relation(self, kind: str, source: str, target: str, lead: str | None = None) -> str:
        """Adds a relation between two populations and returns its name."""
        name = f"{self.prefix}{kind[:4]}{len(self.data['relations'])}"
        keys = worlds.parameters("relations", kind)
        part: Plain = {"type": kind}
        for key, (hint, required) in keys.items():
            if key == "between":
                part[key] = [source, target]
            elif key == "of":
                part[key] = source
            elif key == "topology":
                if required or lead or self.chance.random() < 0.5:
                    part[key] = self.topology(source == target, lead)
            elif kind == "realization" and key in ("inputs", "outputs"):
                part[key] = self.kinds[source].sizes[key == "outputs"] or 1
            elif required or self.chance.random() < OPTIONAL:
                end = target if key == "into" else source
                own = TASTE.get((kind, key)) or OWN_DRAWS.get(key)
                value = own(self.chance) if own else None
                value = value or drawn_value(hint, self.chance, {"columns": self.columns(end)})
                if value is not None:
                    part[key] = value
        self.data["relations"][name] = {**part, **self.cadence()}
        return name

    def columns(self, on: str) -> list[str]:
        """Names the columns that a relation may carry."""
        own = [*self.data["populations"][on].get("state", {})]
        return own or (["output"] if self.kinds[on].sizes[0] else ["x"])

    def rule(self, name: str, on: str) -> None:
        """Adds a rule."""
        part = self.part("rules", name, on)
        self.data["rules"][f"{self.prefix}r{len(self.data['rules'])}"] = {**part, **self.cadence()}

    def probe(self, name: str, on: str) -> None:
        """Adds a probe, and the rule that keeps what it reads."""
        if name in COMPANIONS:
            rule, given = COMPANIONS[name]
            if not any(part["type"] == rule for part in self.data["rules"].values()):
                self.data["rules"][f"{self.prefix}r{len(self.data['rules'])}"] = {
                    **{k: v for k, v in self.part("rules", rule, on).items() if k not in KEPT},
                    **given,
                }
        part = self.part("probes", name, on)
        if name in COMPANIONS:
            part = {k: v for k, v in part.items() if k not in (*KEPT, "temperature")}
        self.data["probes"][f"{self.prefix}p{len(self.data['probes'])}"] = {
            **part,
            **self.cadence(),
        }
