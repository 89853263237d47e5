"""Names are settled before agents are made, by all files that an event may bring in as well."""

import pytest

import netware
from netware.errors import ScenarioError
from tests.simulation.worlds import write


TEXT = """netware: 1
name: named
seed: 1
steps: 2
replicas: 2
populations:
  p: {agents: 3, capacity: 5, state: {x: {file: p.csv}}}
  q: {agents: 2}
relations:
  r: {type: association, between: [p, p], topology: {type: file, path: r.csv}}
  s: {type: association, between: [p, q], topology: {type: file, path: s.csv}}
"""


@pytest.fixture
def scenario(tmp_path):
    (tmp_path / "s.yaml").write_text(TEXT)
    (tmp_path / "r.csv").write_text("ann,bob\n")
    (tmp_path / "s.csv").write_text("source,target\ncid,opera\nann,picnic\n")
    (tmp_path / "p.csv").write_text("name,x\ncid,3\nbob,2\nann,1\n")
    return tmp_path / "s.yaml"


def test_relations_come_before_columns_and_populations_are_apart(scenario):
    world = netware.NetwareModel(scenario).world
    assert world["p"].who.names == ("ann", "bob", "cid") and world["q"].who.names == (
        "opera",
        "picnic",
    )
    assert world["p"]["x"].tolist() == [1, 2, 3, 0, 0] * 2
    assert world.edges["s"].source.tolist() == [2, 0, 7, 5]


def test_agents_that_are_born_have_no_name(scenario):
    model = netware.NetwareModel(scenario)
    names = [agent.name for agent in model.agents if agent.population == "p"]
    assert names == ["ann", "bob", "cid"] * 2


def test_all_files_that_cannot_be_read_are_refused(scenario):
    (scenario.parent / "s.csv").write_text("source,target\ncid,\n")
    with pytest.raises(ScenarioError, match=r"relations\.s\.topology\.path: P-FILE s\.csv:2"):
        netware.NetwareModel(scenario)


def test_all_files_that_cannot_be_read_are_said_at_once(tmp_path) -> None:
    text = """netware: 1
name: town
seed: 1
steps: 1
populations:
  people: {agents: 3, names: who.csv, state: {x: {file: ages.csv, column: x}}}
relations:
  one: {type: association, between: [people, people], topology: {type: file, path: one.csv}}
  two: {type: association, between: [people, people], topology: {type: file, path: two.csv}}
"""
    with pytest.raises(ScenarioError) as refused:
        netware.NetwareModel(write(tmp_path, text))
    found = str(refused.value)
    for name in ("who.csv", "ages.csv", "one.csv", "two.csv"):
        assert f"{name}' is not there" in found
