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
  a: {agents: 6, room: 8, state: {x: normal}}
  b: {agents: 6, room: 8, state: {x: normal}}
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
