"""The folder of a new run: the scenario, what it is made with, and who is who."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from netware.draws import replica_seeds
from netware.errors import NetwareError
from netware.record import manifest
from netware.record.hashes import hashes_of
from netware.record.names import keep_names
from netware.record.own_code import code_of
from netware.record.run_folder import RunFolder
from netware.scenario.members import catalog
from netware.scenario.written.resolved import origins, render
from netware.simulation.build import Blueprint


SOURCES = Path(__file__).parents[2]


def create(plan: Blueprint, root: Path) -> RunFolder:
    """Makes a new run folder for a blueprint, `root/<name>/<date>-<short hash>`."""
    name, text, resolved = plan.scenario.name, plan.document.source.text, resolved_text(plan)
    names = names_in(plan)
    folder = RunFolder.create(root, name, text, resolved, made_with(plan))
    keep_names(folder.path, names)
    return folder


def plan_folder(plan: Blueprint, path: Path) -> RunFolder:
    """Makes the run folder of a blueprint at a given place, to be run later."""
    name, text, resolved = plan.scenario.name, plan.document.source.text, resolved_text(plan)
    names = names_in(plan)
    folder = RunFolder.plan(path, name, text, resolved, made_with(plan))
    keep_names(folder.path, names)
    return folder


def names_in(plan: Blueprint) -> dict[str, Sequence[str | None] | None]:
    """Returns the names of agents by population, or says at which line a file cannot be read."""
    try:
        return {name: one.shown for name, one in plan.names.items()}
    except NetwareError as error:
        raise plan.anchored(error) from error


def made_with(plan: Blueprint) -> dict[str, Any]:
    """Returns what the manifest says of a blueprint."""
    return manifest.describe(
        sys.argv,
        replica_seeds(plan.seed, plan.scenario.replicas),
        plan.device,
        plan.dtype,
        SOURCES if (SOURCES / ".git").exists() else None,
    ) | {
        "files": hashes_of(plan.files),
        "code": code_of(plan.document.data),
        "folder": manifest.folder_of(plan.document.source.name),
    }


def resolved_text(plan: Blueprint) -> str:
    """Returns `resolved.yaml`: every value with its origin, and the seed that was drawn."""
    values = catalog.resolved(plan.scenario) | {"seed": plan.seed}
    found = origins(values, plan.document)
    if plan.scenario.seed is None:
        found[("seed",)] = "drawn"
    return render(values, found)
