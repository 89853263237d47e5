from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch

from netware.axes import AGENT
from netware.errors import ScenarioError
from netware.parameters import PopulationName, RelationName
from netware.population import ALIVE
from netware.probes.base import AbstractProbe
from netware.simulation.sight import seen
from tests.simulation.worlds import model


TWO = """
netware: 1
name: two
seed: 2
steps: 3
populations:
  a: {agents: 6, capacity: 8, state: {x: normal}}
  b: {agents: 6, capacity: 8, state: {x: normal}}
relations:
  r: {type: association, between: [b, a], topology: {type: one_to_one}}
rules:
  da: {type: death, on: a, rate: 0.3}
  db: {type: death, on: b, rate: 0.3}
"""


@dataclass(frozen=True)
class Group(AbstractProbe):
    group: PopulationName
    quantities: ClassVar = {"x": (AGENT,)}

    def read(self, world):
        return {"x": world[self.group].per_replica(world[self.group]["x"])}


@dataclass(frozen=True)
class Unnamed(Group):
    group: str  # type: ignore[assignment]


@dataclass(frozen=True)
class Sources(AbstractProbe):
    on: PopulationName
    over: RelationName
    quantities: ClassVar = {"x": (AGENT,)}

    def read(self, world):
        first, _ = world.edges[self.over].ends
        return {"x": world[first].per_replica(world[first]["x"])}


@dataclass(frozen=True)
class NamedSources(Sources):
    def about(self):
        return "b"


def where_alive(world, name: str) -> list[int]:
    return world[name][ALIVE].nonzero()[:, 0].tolist()


@pytest.mark.parametrize("name", ["a", "b"])
def test_numbers_of_agents_stand_where_those_agents_are_whatever_the_field_is_called(
    tmp_path, name
) -> None:
    two = model(tmp_path, text=TWO)
    for _ in range(2):
        two.step()
    found = seen(Group(name), two.world)["x"][0]
    there = where_alive(two.world, name)
    assert (~found.isnan()).nonzero()[:, 0].tolist() == there
    assert torch.equal(found[there], two.world[name]["x"][there].double())


def test_whose_numbers_they_are_is_never_guessed(tmp_path) -> None:
    two = model(tmp_path, text=TWO)
    for _ in range(2):
        two.step()
    with pytest.raises(ScenarioError, match="of no population that the probe names"):
        seen(Unnamed("a"), two.world)
    with pytest.raises(ScenarioError, match="edges lead from 'b' to 'a'"):
        seen(Sources("a", "r"), two.world)
    there = where_alive(two.world, "b")
    found = seen(NamedSources("a", "r"), two.world)["x"][0]
    assert (~found.isnan()).nonzero()[:, 0].tolist() == there


@dataclass(frozen=True)
class Whole(AbstractProbe):
    on: PopulationName
    quantities: ClassVar = {"x": (AGENT,), "all": ()}

    def about(self):
        return self.on

    def read(self, world):
        x = world[self.on].per_replica(world[self.on]["x"])
        return {"x": x.ceil().long(), "all": x.sum(1)}


def test_whole_numbers_of_agents_are_numbers_beside_empty_places(tmp_path) -> None:
    two = model(tmp_path, text=TWO)
    for _ in range(2):
        two.step()
    found = seen(Whole("a"), two.world)["x"][0]
    there = where_alive(two.world, "a")
    assert found.dtype == torch.float64
    assert (~found.isnan()).nonzero()[:, 0].tolist() == there


def test_what_is_read_where_all_have_died_keeps_its_type(tmp_path) -> None:
    two = model(tmp_path, text=TWO)
    two.step()
    before = seen(Whole("a"), two.world)
    gone = torch.zeros_like(two.world["a"][ALIVE])
    after = seen(Whole("a"), two.world.with_state("a", **{ALIVE: gone}))
    assert all(after[name].dtype == before[name].dtype for name in before)
    assert after["all"].isnan().all()


APART = """
netware: 1
name: apart
seed: 4
steps: 3
replicas: 3
precision: float64
populations:
  a: {agents: 7, state: {x: normal}}
  b: {agents: 5, capacity: 8, state: {x: normal}}
relations:
  r: {type: association, between: [a, a], topology: {type: ring, k: 2}}
  s: {type: association, between: [b, a], topology: {type: complete}}
"""


def shown_together(world) -> torch.Tensor:
    """Returns how many replicas are shown at once, for each of them."""
    return torch.full((world.replicas,), float(world.replicas), dtype=torch.float64)


@dataclass(frozen=True)
class OfOne(AbstractProbe):
    on: PopulationName
    quantities: ClassVar = {"together": ()}

    def read(self, world):
        assert world[self.on].total
        return {"together": shown_together(world)}


@dataclass(frozen=True)
class OfLinks(AbstractProbe):
    over: RelationName
    quantities: ClassVar = {"together": ()}

    def read(self, world):
        assert world.edges[self.over].count
        return {"together": shown_together(world)}


@dataclass(frozen=True)
class OfAll(AbstractProbe):
    on: PopulationName
    quantities: ClassVar = {"together": ()}

    def read(self, world):
        assert all(population.total for population in world.populations.values())
        return {"together": shown_together(world)}


@pytest.mark.parametrize(
    ("probe", "together"),
    [(OfOne("a"), 3), (OfOne("b"), 1), (OfLinks("r"), 3), (OfLinks("s"), 1), (OfAll("a"), 1)],
)
def test_an_empty_place_elsewhere_changes_nothing_that_is_read(tmp_path, probe, together) -> None:
    world = model(tmp_path, text=APART).world
    assert seen(probe, world)["together"].tolist() == [together] * 3
