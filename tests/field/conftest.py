"""Cases from the field: a scenario with the files that people have beside it."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import netware
from netware.world import World


FILES = Path(__file__).parent / "cases/files"


@pytest.fixture
def case(tmp_path: Path) -> Callable[[str, Mapping[str, bytes]], Path]:
    """Copies a case, perhaps with other files, and returns its scenario."""

    def copied(name: str, files: Mapping[str, bytes] = {}) -> Path:
        folder = tmp_path / name
        shutil.copytree(FILES / name, folder)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        return folder / "scenario.yaml"

    return copied


@pytest.fixture
def stepped(case) -> Callable[..., World]:
    """Runs one step of a case and returns the world."""

    def world(name: str, files: Mapping[str, bytes] = {}, changes: tuple[str, ...] = ()) -> World:
        model = netware.NetwareModel(case(name, files), changes)
        model.step()
        return model.world

    return world


@pytest.fixture
def opinions(stepped) -> Callable[..., list[float]]:
    """Returns what people think after one step of a case."""

    def found(*asked, **more) -> list[float]:
        return [round(x, 9) for x in stepped(*asked, **more)["people"]["opinion"].tolist()]

    return found
