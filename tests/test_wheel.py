"""The wheel: what a build makes is all that is needed, in a folder with nothing else in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[1]
SOURCES = ("netware", "scenarios", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md")
BESIDE = ("LICENSE", "constraints.txt", "CITATION.cff", "CHANGELOG.md")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.egg-info")

pytestmark = pytest.mark.slow


def python(*arguments: str | Path, cwd: Path, path: Path | None = None) -> str:
    """Runs this Python, without the network; returns what it printed."""
    environment = dict(os.environ, PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    environment.pop("PYTHONPATH", None)
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Returns the folder with the sdist, and with the wheel that was built from it."""
    sources = tmp_path_factory.mktemp("sources")
    for name in (*SOURCES, *BESIDE):
        given = ROOT / name
        if given.is_dir():
            shutil.copytree(given, sources / name, ignore=LEFT_OUT)
        else:
            shutil.copy(given, sources / name)
    python("-m", "build", "--no-isolation", cwd=sources)
    return sources / "dist"


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory) -> Path:
    """Returns a folder that the wheel alone is installed in."""
    target = tmp_path_factory.mktemp("installed")
    wheel = next(built.glob("*.whl"))
    python("-m", "pip", "install", "-q", "--no-deps", "--target", target, wheel, cwd=target)
    return target


def test_both_are_what_an_index_takes(built) -> None:
    assert len(list(built.iterdir())) == 2
    python("-m", "twine", "check", "--strict", *built.iterdir(), cwd=built)


def test_every_scenario_travels_and_can_be_begun_with(installed, tmp_path) -> None:
    where = "import netware; print(netware.__file__)"
    assert Path(python("-c", where, cwd=tmp_path, path=installed).strip()).is_relative_to(installed)
    listed = python("-m", "netware.cli", "list", "scenarios", cwd=tmp_path, path=installed)
    assert [line.split()[0] for line in listed.splitlines()] == sorted(
        file.stem for file in (ROOT / "scenarios").glob("*.yaml")
    )
    begin = ("new", "town", "--from", "vicsek_1995")
    python("-m", "netware.cli", *begin, cwd=tmp_path, path=installed)
    small = ("populations.birds.agents=20", "replicas=1", "steps=3")
    ran = python("-m", "netware.cli", "run", "town.yaml", *small, cwd=tmp_path, path=installed)
    assert "done at step 3 of 3" in ran
    assert {one.name for one in tmp_path.iterdir()} == {"runs", "scenario.schema.json", "town.yaml"}


def test_the_demonstration_runs_in_an_empty_folder(installed, tmp_path) -> None:
    said = python("-m", "netware.cli", "demo", cwd=tmp_path, path=installed)
    assert "Three things to try" in said
    assert list((tmp_path / "runs").glob("memory_consensus/*/report.html"))
