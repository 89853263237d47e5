"""Beginning: what is written is read, checks without a warning, and runs."""

import json

import pytest

from netware.commands.beginning import SCHEMA_FILE, SCHEMA_LINE, begin
from netware.commands.describe import cost_of
from netware.errors import ScenarioError
from netware.running.run import start


def test_a_scenario_from_nothing_runs_and_agrees(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = begin("town")
    assert said.splitlines()[1:] == [
        "  netware check town.yaml",
        "  netware run town.yaml steps=10",
    ]
    text = (tmp_path / "town.yaml").read_text()
    assert text.startswith(f"{SCHEMA_LINE}\n") and "name: town\n" in text
    assert max(map(len, text.splitlines())) <= 110
    assert "populations" in json.loads((tmp_path / SCHEMA_FILE).read_text())["properties"]
    assert "# warning" not in cost_of(tmp_path / "town.yaml", ())
    ended = start(tmp_path / "town.yaml", (), tmp_path / "runs", quiet=True)
    assert ended.state == "done" and ended.values["disagreement"] < 0.01


def test_one_that_is_there_is_taken_under_the_new_name(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    begin("town", "vicsek_1995")
    text = (tmp_path / "town.yaml").read_text()
    assert "name: town\n" in text and "vicsek" in text and text.count(SCHEMA_LINE) == 1


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("../town", None, r"S-NAME '\.\./town'"),
        ("a b", None, "S-NAME"),
        ("town", "vicsek_1994", "write 'vicsek_1995'"),
    ],
)
def test_what_cannot_be_begun_leaves_nothing(tmp_path, monkeypatch, name, source, message) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError, match=message):
        begin(name, source)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "town.yaml").write_text("mine")
    with pytest.raises(ScenarioError, match="P-FILE a file of that name"):
        begin("town")
    assert (tmp_path / "town.yaml").read_text() == "mine"
