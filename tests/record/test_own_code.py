"""Own code: what a scenario runs of the user's, by its files; changed code is not gone on with."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from netware.errors import StoreError
from netware.record.own_code import INSTALLED, changed_code, code_of, code_rows
from netware.running.run import resume, start
from tests.simulation.worlds import RING, write


RULE = """
from dataclasses import dataclass
from typing import ClassVar
from netware.parameters import Column, PopulationName
from netware.rules.base import AbstractRule, Acting, Reads
from netware.world import World
from {lab}.amount import BY
import {lab}.unused_here


@dataclass(frozen=True)
class Drift(AbstractRule):
    on: PopulationName
    state: Column
    reads: ClassVar[Reads] = "own"

    def apply(self, world: World, acting: Acting) -> World:
        from . import late

        moved = world[self.on][self.state] + BY + late.ZERO
        return world.with_state(self.on, **{{self.state: moved}})
"""


@pytest.fixture
def lab(tmp_path, monkeypatch, request) -> str:
    """Makes a package of one's own in the current directory, under a name that no test shares."""
    name = f"lab_{request.node.name}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "drift.py").write_text(RULE.format(lab=name))
    (folder / "amount.py").write_text("import math\n\nimport numpy\n\nBY = 0.5\n")
    (folder / "unused_here.py").write_text("import networkx\n")
    (folder / "late.py").write_text("ZERO = 0.0\n")
    (folder / "stranger.py").write_text("nobody imports this\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return name


def drifting(lab: str) -> str:
    rule = f"  drift: {{type: {lab}.drift, on: nodes, state: y}}\n"
    return RING.replace("rules:\n", f"rules:\n{rule}") + "record: {checkpoint: 5}\n"


def test_modules_are_those_named_and_those_they_import_from_the_same_folder(lab, tmp_path) -> None:
    importlib.import_module(f"{lab}.drift")
    code = code_of({"rules": [{"type": f"{lab}.drift"}], "about": "os.path", "of": "never.there"})
    parts = ("amount", "drift", "late", "unused_here")
    assert list(code) == [lab, *(f"{lab}.{part}" for part in parts)]
    assert code[f"{lab}.late"]["path"] == str(tmp_path / lab / "late.py")
    assert len(code[f"{lab}.late"]["sha256"]) == 64
    assert code_of({"type": f"{lab}.drift.Drift"}) == code


def test_netware_itself_and_the_standard_library_are_not_ones_own() -> None:
    assert code_of({"a": "netware.rules.base", "b": "json.decoder", "c": "numpy", "d": 3}) == {}


def test_an_installed_package_is_taken_whole() -> None:
    code = code_of(["yaml.loader"])
    assert {"yaml", "yaml.loader", "yaml.dumper"} <= set(code)
    assert all(Path(one["path"]).is_relative_to(INSTALLED[-1].anchor) for one in code.values())


def test_what_changed_is_said_wherever_the_folder_is_now() -> None:
    before = {name: {"path": f"/a/{name}.py", "sha256": "1"} for name in ("kept", "left", "other")}
    now = {
        "kept": {"path": "/b/kept.py", "sha256": "1"},
        "other": {"path": "/a/other.py", "sha256": "2"},
        "new": {"path": "/a/new.py", "sha256": "1"},
    }
    assert changed_code(before, before) == []
    assert changed_code(before, now) == [
        "left is no longer imported",
        "new was not imported then",
        "other was changed",
    ]


def test_a_run_does_not_go_on_with_changed_code_unless_that_is_accepted(lab, tmp_path) -> None:
    path = write(tmp_path, drifting(lab))
    ended = start(path, ["steps=5"], tmp_path / "runs", quiet=True)
    manifest = json.loads((ended.path / "manifest.json").read_text())
    assert set(manifest["code"]) >= {f"{lab}.drift", f"{lab}.amount", f"{lab}.late"}
    assert manifest["folder"]["path"] == str(tmp_path)
    assert resume(ended.path, quiet=True).notes == ()

    (tmp_path / lab / "amount.py").write_text("BY = 0.25\n")
    with pytest.raises(StoreError, match=f"F-CODE own code that is not as it was: {lab}.amount"):
        resume(ended.path, quiet=True)
    assert json.loads((ended.path / "manifest.json").read_text()) == manifest

    went_on = resume(ended.path, quiet=True, accept_changed_code=True)
    assert went_on.notes == (f"{lab}.amount was changed; accepted",)
    after = json.loads((ended.path / "manifest.json").read_text())
    (entry,) = after["accepted code"]
    assert entry["from step"] == 5 and entry["was"] == manifest["code"]
    assert after["hashes"] == manifest["hashes"] and after["code"] != manifest["code"]
    assert resume(ended.path, quiet=True).notes == (), "accepted once, it is what must stay"
    told = dict(code_rows(after))
    assert told["own code that changed on the way"] == f"from step 5: {lab}.amount was changed"
    assert (
        f"{lab}.drift {after['code'][f'{lab}.drift']['sha256'][:12]}"
        in (told["own code, by sha256"])
    )


def test_the_command_line_refuses_with_one_sentence_and_names_the_option(lab, tmp_path) -> None:
    path = write(tmp_path, drifting(lab))
    ended = start(path, ["steps=2"], tmp_path / "runs", quiet=True)
    (tmp_path / lab / "late.py").write_text("ZERO = 1.0\n")
    command = [sys.executable, "-m", "netware.cli", "resume", str(ended.path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 74 and "Traceback" not in done.stderr
    assert f"F-CODE own code that is not as it was: {lab}.late was changed" in done.stderr
    accepted = [*command, "--accept-changed-code"]
    done = subprocess.run(accepted, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"note: {lab}.late was changed; accepted" in done.stderr
