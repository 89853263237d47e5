"""The user's own code: the modules that a scenario names, and what they import from beside them."""

import re
import sys
from collections.abc import Iterator, Mapping
from modulefinder import ModuleFinder
from pathlib import Path
from site import getsitepackages, getusersitepackages
from sysconfig import get_path
from typing import Any

from netware.errors import StoreError
from netware.record.hashes import hashes_of
from netware.record.run_folder import RunFolder


Code = Mapping[str, Mapping[str, str]]

DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
OURS = "netware"
INSTALLED = tuple(
    Path(folder).resolve()
    for folder in {get_path("stdlib"), getusersitepackages(), *getsitepackages()}
)
MOST_NAMED = 5


def code_of(data: Any) -> dict[str, dict[str, str]]:
    """Returns path and sha256 of every module of one's own that a checked scenario runs, by name.

    Those that dotted names of the scenario lead to, and what they import, wherever it stands in
    their text, from the folder that they are found in. Of a package that is installed all modules
    count. What is imported under a name that is made while it runs is not seen.
    """
    files: dict[str, Path] = {}
    for module in sorted(set(modules_named(data))):
        files |= with_imports(module)
    hashes = hashes_of(files.values())
    return {
        name: {"path": str(path), "sha256": hashes[str(path)]}
        for name, path in sorted(files.items())
        if str(path) in hashes
    }


def modules_named(data: Any) -> Iterator[str]:
    """Yields the modules of dotted names that stand anywhere in a scenario, once imported."""
    if isinstance(data, Mapping):
        for value in data.values():
            yield from modules_named(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from modules_named(value)
    elif isinstance(data, str) and DOTTED.fullmatch(data):
        top, last = data.partition(".")[0], data.rpartition(".")[2]
        module = data.removesuffix(f".{last}") if last[0].isupper() else data
        if top != OURS and top not in sys.stdlib_module_names and module in sys.modules:
            yield module


def with_imports(module: str) -> dict[str, Path]:
    """Returns the file of a module, and of each that it imports from the same folder, by name."""
    given = getattr(sys.modules[module], "__file__", None)
    if given is None:
        return {}
    file = Path(given).resolve()
    parts = module.split(".")
    root = file.parents[len(parts) - (file.stem != "__init__")]
    if any(root == folder or folder in root.parents for folder in INSTALLED):
        return installed(root, parts[0], file)
    finder = ModuleFinder([str(root)], excludes=[OURS])
    try:
        finder.import_hook(module)
    except (ImportError, SyntaxError, ValueError):
        return {module: file}
    found = {name: getattr(one, "__file__", None) for name, one in finder.modules.items()}
    return {module: file} | {name: Path(one) for name, one in found.items() if one}


def installed(root: Path, top: str, file: Path) -> dict[str, Path]:
    """Returns all modules of an installed package by their names."""
    if not (root / top).is_dir():
        return {top: file}
    found = {}
    for one in sorted((root / top).rglob("*.py")):
        parts = one.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = one
    return found


def accepted_changes(folder: RunFolder, data: Any, accept: bool) -> list[str]:
    """Refuses own code that is not as it was, or says in the manifest what is accepted of it.

    Returns what was accepted, in words; nothing where nothing has changed.
    """
    before, now = folder.manifest.get("code"), code_of(data)
    changes = [] if before is None else changed_code(before, now)
    if not changes:
        return []
    if not accept:
        named = ", ".join(changes[:MOST_NAMED]) + (", ..." if changes[MOST_NAMED:] else "")
        raise StoreError(
            str(folder.path),
            found=f"own code that is not as it was: {named}",
            expected="the code that the run began with; manifest.json has the sha256 of each file",
            fix="put it back, or go on with 'netware resume --accept-changed-code'",
            code="F-CODE",
        )
    checkpoint = folder.latest()
    entry = {"from step": checkpoint.step if checkpoint else 0, "changes": changes, "was": before}
    earlier = folder.manifest.get("accepted code", [])
    folder.amend({"code": now, "accepted code": [*earlier, entry]})
    return [f"{change}; accepted" for change in changes]


def changed_code(before: Code, now: Code) -> list[str]:
    """Says of each module whether it was changed, is gone or is new; wherever the folder is now."""
    changes = []
    for name in sorted({*before, *now}):
        if name not in now:
            changes.append(f"{name} is no longer imported")
        elif name not in before:
            changes.append(f"{name} was not imported then")
        elif before[name]["sha256"] != now[name]["sha256"]:
            changes.append(f"{name} was changed")
    return changes


def code_rows(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns what a manifest tells of code, for people: commits, own modules, what changed."""
    code, accepted = manifest.get("code") or {}, manifest.get("accepted code") or ()
    modules = (f"{name} {one['sha256'][:12]}" for name, one in code.items())
    changes = (f"from step {one['from step']}: {', '.join(one['changes'])}" for one in accepted)
    return [
        ("git", manifest.get("git") or ""),
        ("git of the scenario's folder", (manifest.get("folder") or {}).get("git") or ""),
        ("own code, by sha256", ", ".join(modules)),
        ("own code that changed on the way", "; ".join(changes)),
    ]
