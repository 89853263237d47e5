"""What members need of the world: each need, met and not, and where its problem is found."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from torch import Tensor

from netware.axes import AGENT
from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.needs.base import AbstractNeed, refuse_unmet
from netware.needs.edges import Joins, SomeRelation
from netware.needs.models import HasLayers, HasModel, ModelIs, ReadsTask
from netware.needs.state import ONE, SPACE, VECTOR, HasColumn, InSpace, SameShape
from netware.needs.synapses import HasRecursion, HasSynapses, ShowsUnits
from netware.parameters import Column, PopulationName, RelationName, TaskName
from netware.probes.base import AbstractProbe
from netware.world import World
from tests.contracts.testbeds import model


def ring(*between: str, topology: str = "ring") -> dict[str, Any]:
    return {"type": "association", "between": [*between], "topology": {"type": topology}}


PLAIN: dict[str, Any] = {
    "netware": 1,
    "name": "needs",
    "seed": 1,
    "steps": 1,
    "tasks": {"t": {"type": "shells", "dimensions": 2, "train": 8, "test": 8}},
    "populations": {
        "a": {
            "agents": 6,
            "state": {"x": "uniform", "two": {"uniform": [0, 1], "size": 2}},
            "model": {"type": "multilayer", "inputs": 2, "widths": [3, 4], "outputs": 2},
        },
        "b": {
            "agents": 6,
            "state": {"x": "uniform"},
            "model": {"type": "multilayer", "inputs": 3, "widths": [], "outputs": 2},
        },
        "c": {"agents": 6, "state": {"x": "uniform"}},
    },
    "relations": {
        "own": ring("a", "a"),
        "others": ring("b", "b"),
    },
    "rules": {"m": {"type": "minority_game", "on": "c"}},
}


@pytest.fixture(scope="module")
def world() -> World:
    return model(PLAIN).world


@pytest.fixture(scope="module")
def moving() -> World:
    bees = {"bees": {"agents": 4, "state": {"position": "uniform"}}}
    space = {"dimensions": 3, "box": 2.0, "periodic": False}
    rest = {key: PLAIN[key] for key in ("netware", "name", "seed", "steps")}
    return model({**rest, "populations": bees, "space": space}).world


@dataclass(frozen=True)
class Asker:
    """A member that names things: its population is in no field called `on`."""

    group: PopulationName = "a"
    layers: tuple[int, ...] = ()
    state: Column = "x"
    signal: Column = "two"
    over: RelationName = "own"
    task: TaskName = "t"
    several: tuple[Column, ...] = ()
    none: tuple[RelationName, ...] = ()


STATE = "probes.it.state"
UNMET = [
    (HasColumn("state"), {"state": "y"}, STATE, "no column 'y' in 'a'"),
    (HasColumn("several"), {"several": ("x", "z")}, "probes.it.several", "no column 'z'"),
    (HasColumn("state", ONE), {"state": "two"}, STATE, "shape (2,)"),
    (HasColumn("state", ()), {"state": "two"}, STATE, "shape (2,)"),
    (HasColumn("state", (3,)), {"state": "two"}, STATE, "shape (2,)"),
    (HasColumn("state", VECTOR), {}, STATE, "shape ()"),
    (HasColumn("state"), {"state": "weights"}, STATE, "no column 'weights'"),
    (
        HasColumn("state", weights=True),
        {"group": "c", "state": "weights"},
        STATE,
        "no column 'weights'",
    ),
    (HasColumn("state", floating=True), {"group": "c", "state": "history"}, STATE, "int64"),
    (HasColumn(column="position"), {}, "probes.it", "no column 'position'"),
    (SameShape("state", "signal"), {}, "probes.it.signal", "(2,) against () of 'x'"),
    (Joins("over"), {"over": "others"}, "probes.it.over", "from 'b' to 'b'"),
    (HasModel(), {"group": "c"}, "probes.it.group", "no model"),
    (ModelIs(Urn, "urn"), {}, "probes.it.group", "with a Multilayer"),
    (ModelIs(Urn, "urn"), {"group": "c"}, "probes.it.group", "no model"),
    (HasLayers(), {"group": "c"}, "probes.it.group", "no model"),
    (HasSynapses(), {"group": "b"}, "probes.it.group", "a Multilayer with 0 hidden layers"),
    (HasSynapses(), {"group": "c"}, "probes.it.group", "no model"),
    (HasSynapses(layers="layers"), {"layers": (0, 2)}, "probes.it.layers", "layer 2 of 2"),
    (HasRecursion(), {}, "probes.it.group", "with a Multilayer"),
    (HasRecursion(), {"group": "c"}, "probes.it.group", "no model"),
    (ReadsTask(), {"group": "b"}, "probes.it.task", "that read 3 and answer 2"),
    (ReadsTask(answers=False), {"group": "b"}, "probes.it.task", "that read 3"),
    (InSpace(), {}, "probes.it", "no 'space'"),
]
MET = [
    (HasColumn("state", ONE, floating=True), {}),
    (HasColumn("state", VECTOR), {"state": "two"}),
    (HasColumn("state", (2,)), {"state": "two"}),
    (HasColumn("several"), {"several": ("x", "two")}),
    (HasColumn("state", weights=True), {"state": "weights"}),
    (HasColumn("state"), {"group": "c", "state": "history"}),
    (SameShape("state", "signal"), {"state": "two"}),
    (Joins("over"), {}),
    (SomeRelation("none"), {}),
    (HasModel(), {}),
    (ModelIs(Multilayer, "multilayer"), {}),
    (HasLayers(), {}),
    (HasSynapses(hidden=2), {}),
    (HasSynapses(layers="layers"), {"layers": (1,)}),
    (ShowsUnits(), {}),
    (ReadsTask(classes=True), {}),
]


@pytest.mark.parametrize(("need", "fields", "where", "found"), UNMET)
def test_an_unmet_need_is_one_problem_at_its_key(
    world: World, need: AbstractNeed, fields: dict[str, Any], where: str, found: str
) -> None:
    (problem,) = need.unmet(Asker(**fields), world, "probes.it")
    assert problem.where == where and found in problem.found, problem
    assert problem.expected and problem.fix and need.sentence()


@pytest.mark.parametrize(("need", "fields"), MET)
def test_a_met_need_is_no_problem(world: World, need: AbstractNeed, fields: dict[str, Any]) -> None:
    assert need.unmet(Asker(**fields), world, "probes.it") == []


def test_a_space_may_have_to_be_periodic_and_a_column_as_wide_as_it(moving: World) -> None:
    asker = Asker(group="bees", state="position")
    assert InSpace().unmet(asker, moving, "probes.it") == []
    assert HasColumn("state", SPACE).unmet(asker, moving, "probes.it") == []
    assert "an open space" in InSpace(periodic=True).unmet(asker, moving, "probes.it")[0].found
    assert "no relations" in SomeRelation("none").unmet(asker, moving, "probes.it")[0].found


def test_a_relation_without_a_population_of_the_members_joins_one_with_itself() -> None:
    crossed = ring("a", "b", topology="one_to_one")
    crossing = model({**PLAIN, "relations": {"cross": crossed}}).world

    @dataclass(frozen=True)
    class Whole:
        over: RelationName = "cross"

    assert "from 'a' to 'b'" in Joins("over").unmet(Whole(), crossing, "probes.it")[0].found


@dataclass(frozen=True)
class OfGroup(AbstractProbe):
    """Reads a column of the population that a field called `group` names.

    Source: none.
    """

    group: PopulationName
    state: Column = "x"

    quantities: ClassVar = {"each": (AGENT,)}
    needs: ClassVar = (HasColumn("state", ONE), HasModel())

    def read(self, world: World) -> dict[str, Tensor]:
        return {"each": world[self.group].per_replica(world[self.group][self.state])}


@dataclass(frozen=True)
class OfTwo(AbstractProbe):
    """Compares two populations.

    Source: none.
    """

    first: PopulationName
    second: PopulationName

    quantities: ClassVar = {"each": (AGENT,)}

    def read(self, world: World) -> dict[str, Tensor]:
        return {"each": world.per_replica(world[self.first]["x"] - world[self.second]["x"])}


@dataclass(frozen=True)
class OfSecond(AbstractProbe):
    """Measures the second of two populations.

    Source: none.
    """

    first: PopulationName | None
    second: PopulationName

    quantities: ClassVar = {"each": (AGENT,)}

    def read(self, world: World) -> dict[str, Tensor]:
        return {"each": world.per_replica(world[self.second]["x"])}

    def about(self) -> str | None:
        return self.second


def test_a_probe_is_about_the_population_that_its_one_field_names() -> None:
    assert OfGroup("a").about() == "a"
    assert OfTwo("a", "b").about() is None
    assert OfSecond("a", "b").about() == "b"


def test_agents_of_no_population_are_refused_and_named_ones_are_not(world: World) -> None:
    refuse_unmet("probes", "it", OfSecond("a", "b"), world)
    with pytest.raises(ScenarioError, match=r"probes\.it: quantities of each agent, of no"):
        refuse_unmet("probes", "it", OfTwo("a", "b"), world)
    with pytest.raises(ScenarioError, match="no population 'd'"):
        refuse_unmet("probes", "it", OfGroup("d"), world)


def test_all_that_is_unmet_is_one_error(world: World) -> None:
    with pytest.raises(ScenarioError) as raised:
        refuse_unmet("probes", "it", OfGroup("c", "y"), world)
    where = [problem.where for problem in raised.value.problems]
    assert where == ["probes.it.state", "probes.it.group"]
