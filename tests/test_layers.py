"""The levels of the design: who may import whom, and which door each library comes in by."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import networkx
import pytest


ROOT = Path(__file__).parents[1] / "netware"

ROOMS = (
    ("errors", "draws", "axes", "parameters", "process"),
    ("files",),
    ("varying",),
    ("scenario",),
    ("edges",),
    ("space",),
    ("graphs",),
    ("tasks",),
    ("models",),
    ("population",),
    ("needs",),
    ("relations",),
    ("world",),
    ("learning",),
    ("measures",),
    ("rules", "probes"),
    ("simulation",),
    ("record",),
    ("running",),
    ("analysis",),
    ("api",),
    ("commands",),
    ("cli",),
    ("__init__",),
)
FAMILIES = ("models", "tasks", "relations", "rules", "probes")
DOORS = {
    "mesa": {"simulation"},
    "yaml": {"scenario/yaml"},
    "networkx": {"graphs/networkx.py"},
    "matplotlib": {"analysis"},
    "jinja2": {"analysis/report"},
    "zarr": {"record", "analysis"},
    "pyarrow": {"files", "record", "analysis"},
}
# An agent steps through its model, which makes its agents: neither stands without the other yet.
CYCLES = ({"simulation/agents.py", "simulation/model.py"},)
# Short words that three or more rooms use, each for its own; they go as the rooms get their names.
OFTEN = set(
    """
    begin begun changed check counted draw_panel drawn encoded grown inked joined key listed
    listing measured missing moved number own pairs placed places plain read refused
    resolved resume schema share shown slope table within write written
    """.split()
)
FILES = sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def level(part: str) -> int:
    return next(number for number, parts in enumerate(ROOMS) if part in parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_come_from_levels_above(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "netware" and len(parts) > 1 and parts[1] != own:
            assert level(parts[1]) < level(own), f"{path} imports {name} from below"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_members_of_a_family_do_not_import_each_other(path: Path) -> None:
    relative = path.relative_to(ROOT)
    if relative.parts[0] not in FAMILIES or not is_member(path):
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[:2] == ["netware", relative.parts[0]]:
            other = ROOT.joinpath(*parts[1:-1]).with_suffix(".py")
            assert other == path or not is_member(other), f"{path} imports its sibling {name}"


def is_member(path: Path) -> bool:
    """A member is a file that defines the class of its own name, derived from a contract."""
    if not path.exists():
        return False
    own = "".join(word.capitalize() for word in path.stem.split("_"))
    return any(
        isinstance(node, ast.ClassDef) and node.name == own and bool(node.bases)
        for node in ast.parse(path.read_text()).body
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_library_has_one_door(path: Path) -> None:
    relative = str(path.relative_to(ROOT))
    for name in imports(path):
        library = name.split(".")[0]
        if library in DOORS:
            allowed = any(relative.startswith(door) for door in DOORS[library])
            assert allowed, f"{relative} imports {library}; its door is {DOORS[library]}"


def test_rules_and_probes_do_not_know_each_other() -> None:
    for path in FILES:
        own = path.relative_to(ROOT).parts[0]
        if own in ("rules", "probes"):
            other = "probes" if own == "rules" else "rules"
            assert not any(name.startswith(f"netware.{other}") for name in imports(path)), path


def file_of(name: str) -> Path | None:
    """Returns the file that an imported name stands in, itself a module or something in one."""
    for parts in (name.split("."), name.split(".")[:-1]):
        place = ROOT.parent.joinpath(*parts)
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if parts and path.exists():
                return path
    return None


def test_no_files_import_each_other_in_a_cycle() -> None:
    graph = networkx.DiGraph()
    for path in FILES:
        found = (file_of(name) for name in imports(path) if name.startswith("netware"))
        graph.add_edges_from((path, one) for one in found if one not in (None, path))
    together = [one for one in networkx.strongly_connected_components(graph) if len(one) > 1]
    cycles = [{str(path.relative_to(ROOT)) for path in one} for one in together]
    assert [cycle for cycle in cycles if cycle not in CYCLES] == []


def test_no_function_name_stands_in_more_than_two_files() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        body = ast.parse(path.read_text()).body
        for name in {node.name for node in body if isinstance(node, ast.FunctionDef)}:
            places[name].append(str(path.relative_to(ROOT)))
    often = {name: paths for name, paths in places.items() if len(paths) > 2}
    assert {name: paths for name, paths in often.items() if name not in OFTEN} == {}


def kinds_asked_for(path: Path) -> set[str]:
    models = {name.split(".")[-1] for name in imports(path) if name.startswith("netware.models.")}
    asked = {
        name.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("isinstance", "ModelIs")
        for name in ast.walk(node.args[node.func.id == "isinstance"])
        if isinstance(name, ast.Name)
    }
    return {name for name in asked & models if not name.startswith("Abstract")}


def test_no_one_else_asks_which_model_agents_have() -> None:
    outside = [path for path in FILES if path.relative_to(ROOT).parts[0] != "models"]
    found = {str(path.relative_to(ROOT)): kinds_asked_for(path) for path in outside}
    assert {path: kinds for path, kinds in found.items() if kinds} == {}
