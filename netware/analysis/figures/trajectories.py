"""The state of single agents over time."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from matplotlib.collections import LineCollection
from pydantic import Field

from netware.analysis.figures.base import AbstractFigure, begin, label_end, settle
from netware.analysis.style import INK, SINGLE, Plate, plain, shades, styled, words
from netware.record.reader import Run


MOST_AGENTS = 200
SHOWN = ("output", "opinion", "state", "value")
Group = Literal["panel", "snapshots"]


@dataclass(frozen=True)
class Trajectories(AbstractFigure[Run]):
    """Draws one component of each agent's state over time, one line an agent.

    Lines are coloured by where they begin, dark low to light high, and break off where an agent
    dies; the dashed line is the mean of the agents drawn.

    Args:
        population: Population to draw; the first with a single number of state if none is given.
        column: Column of state; found by itself if none is given.
        component: Component of the column. [1]
        replica: Replica. [1]

    Source: Olfati-Saber, Fax and Murray (2007), Proc. IEEE 95, 215, figure 6.
    Departs from it: lines are coloured by where they begin.
    """

    population: str = ""
    column: str = ""
    component: Annotated[int, Field(ge=0)] = 0
    replica: Annotated[int, Field(ge=0)] = 0

    rank: ClassVar[int] = 12

    def applies(self, source: Run) -> bool:
        """Tells whether one number of state an agent was recorded over time."""
        return bool(scalars(source))

    def chosen(self, source: Run) -> tuple[Group, str, str]:
        """Returns the group, population and column to draw."""
        known = scalars(source)
        for group, name, column in known:
            if self.population in ("", name) and self.column in ("", column):
                return group, name, column
        name = self.population or (known[0][1] if known else next(iter(source.populations)))
        column = self.column or SHOWN[0]
        return ("panel" if source.has_column(name, column, "panel") else "snapshots"), name, column

    def caption(self, source: Run) -> str:
        """Says what the lines are."""
        _, name, column = self.chosen(source)
        return (
            f"State '{column}' of single agents of '{name}' over time, coloured by where they "
            f"begin; dashed: mean of those drawn. Replica {self.replica}."
        )

    def draw(self, source: Run) -> Plate:
        """Draws one line an agent."""
        group, name, column = self.chosen(source)
        found = source.state(name, column, self.replica, group)
        values = found.values.reshape(*found.shape[:2], -1)
        if self.component >= values.shape[2]:
            raise source.out_of_range(name, "component", self.component, values.shape[2])
        values = values[..., self.component]
        if source.has_column(name, "alive", group):
            alive = source.state(name, "alive", self.replica, group).values
            values = np.where(alive, values, np.nan)
        agents = values.shape[1]
        kept = np.linspace(0, agents - 1, min(agents, MOST_AGENTS)).astype(int)
        values, time = values[:, kept], found["time"].values
        order = np.argsort(values[0], kind="stable")
        with styled():
            note = f"{len(kept)} of {source.population(name).get('agents', agents)} agents"
            figure = begin(source, (SINGLE, 2.2), "Trajectories", self.caption(source), note)
            axes = figure.subplots()
            lines = [np.stack([time, values[:, agent]], -1) for agent in order]
            axes.add_collection(
                LineCollection(
                    lines,
                    colors=shades(len(kept)),
                    linewidths=float(np.clip(5 / len(kept) ** 0.5, 0.35, 1.1)),
                    alpha=0.8,
                )
            )
            mean = mean_of_living(values)
            axes.plot(time, mean, color=INK, ls=(0, (3, 2)), lw=1.0, label="mean")
            label_end(axes, float(mean[np.isfinite(mean)][-1]), "mean", INK)
            axes.autoscale_view()
            axes.margins(x=0.02)
            axes.set_title(plain(f"{words(name)}: {words(column)}"))
            settle(figure)
            axes.set_xlabel("step" if np.array_equal(time, found["step"].values) else "time")
        return figure


def mean_of_living(values: np.ndarray) -> np.ndarray:
    """Returns the mean over those who have a number at each time; none where none has."""
    there = np.isfinite(values)
    total = np.where(there, values, 0.0).sum(1)
    return np.divide(total, there.sum(1), out=np.full(len(values), np.nan), where=there.any(1))


def scalars(run: Run) -> list[tuple[Group, str, str]]:
    """Lists (group, population, column) with one number an agent at two times or more."""
    found: list[tuple[Group, str, str]] = []
    for group in ("panel", "snapshots"):
        for key, values in run.agents.get(group, {}).items():
            name, _, column = str(key).partition(".")
            single = int(np.prod(values.shape[3:])) == 1 and values.shape[0] > 1
            if single and column in SHOWN:
                found.append((group, name, column))
    return sorted(found, key=lambda one: (list(run.populations).index(one[1]), SHOWN.index(one[2])))
