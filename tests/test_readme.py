"""The README is true: its tables are what the files say, its commands and its rule work.

After adding a member or a scenario: `python -m tests.test_readme` writes the tables anew.
"""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from netware import cli
from netware.commands import describe
from netware.simulation.model import NetwareModel


README = Path(__file__).parents[1] / "README.md"
TABLES = {"scenarios": describe.scenario_table, "members": describe.table}


def with_tables(text: str) -> str:
    for name, table in TABLES.items():
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        _, _, after = rest.partition(f"<!-- end of {name} -->")
        text = f"{before}<!-- {name} -->\n{table()}\n<!-- end of {name} -->{after}"
    return text


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)


def test_its_tables_are_what_the_files_say() -> None:
    text = README.read_text()
    assert text == with_tables(text), "write them anew with: python -m tests.test_readme"


def test_its_scenario_runs(tmp_path) -> None:
    path = tmp_path / "neighbours.yaml"
    path.write_text(blocks("yaml")[0])
    model = NetwareModel(path, ["populations.nodes.agents=50", "replicas=2"])
    before = model.reading("disagreement", "disagreement")
    for _ in range(5):
        model.step()
    assert model.reading("disagreement", "disagreement") < before


def test_its_rule_of_15_lines_works_as_a_module_of_ones_own(tmp_path, monkeypatch) -> None:
    source = next(block for block in blocks("python") if "class Drift" in block)
    (tmp_path / "my_lab_readme.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / "drift.yaml"
    path.write_text(
        "netware: 1\nname: drift\nseed: 1\nsteps: 3\npopulations:\n"
        "  nodes: {agents: 3, state: {x: zeros}}\n"
        "rules:\n  move: {type: my_lab_readme.Drift, on: nodes, state: x, by: 2.0}\n"
    )
    model = NetwareModel(path)
    model.step()
    assert model.world["nodes"]["x"].tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("command", re.findall(r"`netware (\w+)", README.read_text()))
def test_its_commands_exist(command) -> None:
    assert CliRunner().invoke(cli.app, [command, "--help"]).exit_code == 0


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text()))
