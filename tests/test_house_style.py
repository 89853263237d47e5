"""The house style, as far as a machine can hold it."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from netware.scenario.members import catalog


ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "netware"
FILES = sorted(PACKAGE.rglob("*.py"))
FAMILIES = ("models", "tasks", "relations", "topologies", "optimisers", "rules", "probes")
FORBIDDEN_NAMES = {"utils", "helpers", "misc", "common", "core", "manager"}
CHANCE = re.compile(
    r"torch\.(rand|randn|randint|randperm|multinomial|bernoulli)\b|np\.random\.(?!SeedSequence)"
    r"|numpy\.random|\brandom\.(random|choice|shuffle|uniform)\b"
)
MEMBERS = [(family, name) for family in FAMILIES for name in catalog.names(family)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_is_short_named_by_its_matter_and_says_what_it_is(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 300, f"{path} holds more than one thing"
    assert path.stem not in FORBIDDEN_NAMES
    assert ast.get_docstring(ast.parse(text)), f"{path} has no docstring"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_chance_comes_from_draws_alone(path: Path) -> None:
    # The one seeds what the user's code draws from, and puts it back.
    if str(path.relative_to(PACKAGE)) not in ("draws.py", "process/chance.py"):
        found = CHANCE.search(path.read_text())
        assert found is None, f"{path}: {found.group() if found else ''}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_is_unfinished_and_nothing_is_pickled(path: Path) -> None:
    text = path.read_text()
    for word in (
        "NotImplementedError",
        "TODO",
        "FIXME",
        "torch.save",
        "torch.load",
        "import pickle",
    ):
        assert word not in text, f"{path}: {word}"


@pytest.mark.parametrize(("family", "name"), MEMBERS)
def test_a_member_has_its_test_its_source_and_its_parameters_explained(
    family: str, name: str
) -> None:
    cls = catalog.find(family, name)
    module = Path(*cls.__module__.split(".")[1:])
    test = ROOT / "tests" / module.parent / f"test_{module.name}.py"
    assert test.exists(), f"{module}.py wants {test.relative_to(ROOT)}"
    text = cls.__doc__ or ""
    assert "Source:" in text, f"{cls.__name__} names no source"
    for field in fields(cls):
        assert re.search(rf"^ +{field.name}: ", text, re.MULTILINE), f"{cls.__name__}.{field.name}"
