"""The command line: mistakes without a traceback, exit codes, help that is quick."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from netware import cli
from netware.commands.describe import scenario_files
from tests.simulation.worlds import RING, write


def netware(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "netware.cli", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from netware.cli import app; "
        "from typer.testing import CliRunner; r = CliRunner().invoke(app, ['--help']); "
        "assert r.exit_code == 0 and 'sweep' in r.output; "
        "heavy = {'torch', 'mesa', 'zarr', 'matplotlib', 'pandas'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "netware.cli", "--help"], check=True, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < 2.0, "a guard against gross slips only; the target of 0.25 s is measured apart"


def test_mistakes_go_to_stderr_with_exit_code_2_and_leave_nothing(tmp_path) -> None:
    write(tmp_path, RING.replace("gain: 0.2", "gian: 0.2").replace("steps: 20", "steps: -1"))
    done = netware("run", "scenario.yaml", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "scenario.yaml:5:8: steps: S-RANGE" in done.stderr
    assert "did you mean 'gain'" in done.stderr or "write 'gain'" in done.stderr
    assert len(done.stderr.splitlines()) <= 20
    assert os.listdir(tmp_path) == ["scenario.yaml"]


def test_a_mistake_in_an_override_points_into_the_argument(tmp_path) -> None:
    write(tmp_path)
    done = netware("run", "scenario.yaml", "rules.agree.gain=-1", cwd=tmp_path)
    assert done.returncode == 2
    assert "command line:1:18" in done.stderr and "rules.agree.gain=-1" in done.stderr


def test_input_26_a_scenario_that_is_no_file(tmp_path) -> None:
    for path in ("nowhere.yaml", ".", "/dev/zero"):
        done = netware("check", path, cwd=tmp_path)
        assert done.returncode == 2 and "P-FILE" in done.stderr, path


def test_input_46_a_device_that_is_not_there(tmp_path) -> None:
    write(tmp_path)
    done = netware("run", "scenario.yaml", "device=cuda:99", cwd=tmp_path)
    assert done.returncode == 2 and "R-DEVICE" in done.stderr
    assert os.listdir(tmp_path) == ["scenario.yaml"]


def test_check_shows_defaults_and_costs(tmp_path) -> None:
    write(tmp_path)
    done = netware("check", "scenario.yaml", cwd=tmp_path)
    assert done.returncode == 0
    for shown in ("checkpoint: 100  # default", "# agents   12 in 2 replicas", "# memory"):
        assert shown in done.stdout


@pytest.mark.parametrize(
    "what", ["models", "relations", "topologies", "rules", "probes", "tasks", "figures"]
)
def test_list_names_every_member_with_its_source(what) -> None:
    from netware.scenario.members import catalog

    done = CliRunner().invoke(cli.app, ["list", what])
    assert done.exit_code == 0
    for name in catalog.names(what):
        assert name in done.output


def test_list_of_something_else_says_what_there_is(tmp_path) -> None:
    done = netware("list", "modles", cwd=tmp_path)
    assert done.returncode == 2 and "write 'models'" in done.stderr


def test_new_begins_a_scenario_that_checks(tmp_path) -> None:
    source = scenario_files()[0].stem
    done = netware("new", "town", "--from", source, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "town.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=scenario.schema.json")
    assert "name: town" in text and (tmp_path / "scenario.schema.json").exists()
    assert netware("check", "town.yaml", cwd=tmp_path).returncode == 0
    again = netware("new", "town", "--from", source, cwd=tmp_path)
    assert again.returncode == 2 and "P-FILE" in again.stderr


def test_run_then_ls_plot_and_report(tmp_path) -> None:
    write(tmp_path)
    done = netware("run", "scenario.yaml", "steps=5", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    run = str(next((tmp_path / "runs").glob("*/*")).relative_to(tmp_path))
    assert "done" in netware("ls", cwd=tmp_path).stdout
    drawn = netware("plot", run, cwd=tmp_path)
    assert drawn.returncode == 0, drawn.stderr
    assert list((tmp_path / run / "figures").glob("*.png"))
    assert netware("report", run, cwd=tmp_path).returncode == 0
    assert "<html" in (tmp_path / run / "report.html").read_text()[:300]


def test_plot_graph_draws_the_typed_graph_and_says_why_there_is_none(tmp_path) -> None:
    write(tmp_path)
    for said in ("auto", "never"):
        done = netware("run", "scenario.yaml", "steps=2", f"record.graph={said}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        run = done.stdout.split(": ")[1].splitlines()[0]
        drawn = netware("plot", run, "--graph", cwd=tmp_path)
        if said == "auto":
            assert drawn.returncode == 0, drawn.stderr
            assert [file.name for file in (tmp_path / run / "figures").iterdir()] == ["graph.png"]
        else:
            assert drawn.returncode == 2 and "Traceback" not in drawn.stderr
            assert "no relations.graphml in it: the scenario says" in drawn.stderr
            assert "record: {graph: always}" in drawn.stderr


def test_animate_writes_a_gif_or_says_what_to_record(tmp_path) -> None:
    flock = scenario_files()[0].with_name("vicsek_1995.yaml")
    small = ("populations.birds.agents=30", "replicas=2", "steps=6")
    for snapshots in (2, 0):
        done = netware("run", str(flock), *small, f"record.snapshots={snapshots}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        run = done.stdout.split(": ")[1].splitlines()[0]
        shown = netware("animate", run, "--replica", "1", "--size", "64", cwd=tmp_path)
        if snapshots:
            assert shown.returncode == 0, shown.stderr
            place = tmp_path / shown.stdout.strip()
            assert place.name == "animation-replica-1.gif"
            assert place.read_bytes().startswith(b"GIF89a")
        else:
            assert shown.returncode == 2 and "Traceback" not in shown.stderr
            assert "record: {snapshots: 5}" in shown.stderr


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    done = CliRunner().invoke(cli.app, ["--version"])
    assert done.exit_code == 0 and done.output == f"netware {version('netware')}\n"


def test_completion_can_be_installed() -> None:
    assert "--install-completion" in CliRunner().invoke(cli.app, ["--help"]).output


def test_verbose_says_what_runs_and_where_the_time_went(tmp_path) -> None:
    write(tmp_path)
    done = netware("run", "scenario.yaml", "steps=3", "--verbose", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for said in ("on cpu, ", "rules: agree (average_consensus)", "where the time went"):
        assert said in done.stderr
    assert netware("run", "scenario.yaml", "steps=3", cwd=tmp_path).stderr == ""
