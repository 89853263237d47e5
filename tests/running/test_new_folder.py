import json

import pytest

import netware
from netware.errors import ScenarioError
from netware.running.new_folder import plan_folder


TEXT = """netware: 1
name: folder
seed: 3
steps: 1
replicas: 2
populations:
  p: {agents: 2, state: {x: [0, 1]}}
relations:
  r: {type: association, between: [p, p], topology: {type: file, path: r.csv}}
"""


def test_the_folder_says_what_the_run_is_made_with_and_who_is_who(tmp_path):
    (tmp_path / "s.yaml").write_text(TEXT)
    (tmp_path / "r.csv").write_text("ann,bob\n")
    plan_folder(netware.load(tmp_path / "s.yaml"), tmp_path / "run").close()
    manifest = json.loads((tmp_path / "run/manifest.json").read_text())
    assert len(manifest["seeds"]) == 2 and list(manifest["files"]) == [str(tmp_path / "r.csv")]
    assert (tmp_path / "run/names.csv").read_text() == "population,id,name\np,0,ann\np,1,bob\n"


def test_a_file_that_cannot_be_read_leaves_no_folder(tmp_path):
    (tmp_path / "s.yaml").write_text(TEXT)
    with pytest.raises(ScenarioError, match=r"s\.yaml:9:\d+: relations\.r\.topology\.path: P-FILE"):
        plan_folder(netware.load(tmp_path / "s.yaml"), tmp_path / "run")
    assert not (tmp_path / "run").exists()
