"""Every scenario loads, says what it shows, runs three steps, and is listed in the README."""

from pathlib import Path

import pytest

from netware.simulation.build import blueprint
from netware.simulation.model import NetwareModel


ROOT = Path(__file__).parents[1]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_it_runs_and_says_what_it_shows(path: Path, monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    plan = blueprint(path)
    assert plan.scenario.name == path.stem
    assert plan.scenario.about.endswith(".")
    assert plan.scenario.probes, "nothing is measured"
    header = path.read_text().splitlines()
    assert header[0] == "# yaml-language-server: $schema=../scenario.schema.json"
    assert header[1].startswith("# "), "say in a comment what the scenario shows"
    model = NetwareModel(plan, collect=0)
    for _ in range(3):
        model.step()
    for timed in plan.members.probes.values():
        timed.member.read(model.world)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_readme_lists_it(path: Path) -> None:
    assert f"`{path.stem}`" in (ROOT / "README.md").read_text()
