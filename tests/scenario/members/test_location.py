"""A path in a scenario begins at the folder that the scenario is in, wherever one runs."""

import json

import pytest

import netware
from netware.errors import NetwareError, ScenarioError
from netware.running.run import resume


TEXT = """netware: 1
name: paths
seed: 1
steps: 2
tasks:
  t: {type: table, path: data/t.csv, targets: [y]}
populations:
  p: {agents: 3, names: data/people.csv, state: {x: {file: data/people.csv, column: age}}}
relations:
  r: {type: association, between: [p, p], topology: {type: file, path: ties.csv}}
rules:
  c: {type: average_consensus, on: p, over: r, state: x}
"""


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    (folder / "s.yaml").write_text(TEXT)
    (folder / "ties.csv").write_text("ann,bob\nbob,cid\n")
    (folder / "data/people.csv").write_text("name,age\nann,1\nbob,2\ncid,3\n")
    (folder / "data/t.csv").write_text("x,y\n1,2\n3,4\n")
    monkeypatch.chdir(tmp_path)
    return folder / "s.yaml"


def test_files_are_found_from_anywhere_and_their_hashes_are_kept(scenario, tmp_path, monkeypatch):
    run = netware.run("project/s.yaml", out=tmp_path / "runs")
    files = json.loads((run.path / "manifest.json").read_text())["files"]
    names = ["data/t.csv", "ties.csv", "data/people.csv"]
    assert set(files) == {str(scenario.parent / name) for name in names}
    assert all(len(one) == 64 for one in files.values())
    monkeypatch.chdir(scenario.parent)
    assert netware.load("s.yaml").files == tuple(scenario.parent / name for name in names)


def test_overrides_begin_at_the_same_folder(scenario):
    (scenario.parent / "other.csv").write_text("ann,cid\nbob,cid\n")
    model = netware.NetwareModel(scenario, ["relations.r.topology.path=other.csv"])
    assert model.world.edges["r"].source.tolist() == [2, 2, 0, 1]


def test_a_path_that_leaves_the_folder_is_refused_at_its_place(scenario):
    with pytest.raises(ScenarioError) as caught:
        netware.load(scenario, ["relations.r.topology.path=../ties.csv"])
    assert "command line:1:27: relations.r.topology.path: P-OUTSIDE" in str(caught.value)


def test_a_file_that_is_not_there_is_said_at_its_line(scenario):
    (scenario.parent / "ties.csv").unlink()
    with pytest.raises(ScenarioError, match=r"s\.yaml:10:\d+: relations\.r\.topology"):
        netware.NetwareModel(scenario)


def test_a_run_does_not_go_on_with_another_file(scenario, tmp_path):
    run = netware.run(scenario, out=tmp_path / "runs")
    assert resume(run.path, quiet=True).state == "done"
    (scenario.parent / "ties.csv").write_text("ann,cid\nbob,cid\n")
    with pytest.raises(NetwareError, match=r"ties\.csv"):
        resume(run.path, quiet=True)


def test_an_event_may_take_another_file_whose_names_count_from_the_beginning(scenario, tmp_path):
    (scenario.parent / "data/other.csv").write_text("cid,ann\nbob,ann\n")
    for change in (
        "events=[{at: 1, set: {relations.r.topology.path: data/other.csv}}]",
        "events=[{at: 1, set: {relations.r.topology: {type: file, path: data/other.csv}}}]",
    ):
        model = netware.NetwareModel(scenario, [change])
        assert scenario.parent / "data/other.csv" in model.blueprint.files
        model.step()
        model.step()
        assert model.world.edges["r"].source.tolist() == [1, 2, 0, 0]
