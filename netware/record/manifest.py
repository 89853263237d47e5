"""The manifest: what a run was made with, and what is promised to come out the same."""

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from netware.errors import StoreError
from netware.record.hashes import edited, unsealed


FORMAT = 1
MANIFEST = "manifest.json"
PACKAGES = ("netware", "torch", "numpy", "mesa", "scipy", "networkx", "scikit-learn")
SETTINGS = ("MKL_CBWR", "ATEN_CPU_CAPABILITY", "CUBLAS_WORKSPACE_CONFIG", "OMP_NUM_THREADS")
PROMISE = {
    "same bytes": "same scenario, seed, versions, device and settings: run twice, resumed after "
    "any kill, in a sweep with any number of workers, observed or not",
    "to rounding": "other sizes of chunks, or another number of threads",
    "in distribution": "another device, or another kind of processor",
}
CHANGE_BITS = ("versions", "device", "processor", "precision", "threads", "settings")


def describe(
    command: Sequence[str],
    seeds: Sequence[int],
    device: torch.device,
    dtype: torch.dtype,
    sources: Path | None = None,
) -> dict[str, Any]:
    """Returns what a run is made with.

    Args:
        command: The command line.
        seeds: Seed of each replica.
        device: Where it computes.
        dtype: Its floating point numbers.
        sources: A folder under git whose commit is to be named, if any.
    """
    return {
        "command": list(command),
        "seeds": list(seeds),
        "versions": versions(),
        "git": commit_of(sources) if sources else None,
        "device": device_name(device),
        "processor": {
            "machine": platform.machine(),
            "capability": torch.backends.cpu.get_cpu_capability(),
            "system": platform.platform(),
        },
        "precision": str(dtype).removeprefix("torch."),
        "threads": torch.get_num_threads(),
        "settings": {name: os.environ.get(name) for name in SETTINGS}
        | {"float32 products": torch.get_float32_matmul_precision()},
        "promise": PROMISE,
    }


def versions() -> dict[str, str]:
    """Returns the version of Python and of each package that numbers come from."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def device_name(device: torch.device) -> str:
    """Names a device, with its model if it has one."""
    if device.type != "cuda":
        return device.type
    return f"cuda: {torch.cuda.get_device_name(device)}"


def commit_of(folder: Path) -> str | None:
    """Returns the commit that a folder is at, with `+` if files were changed since."""
    git = ["git", "-C", str(folder)]
    try:
        commit = subprocess.run(
            [*git, "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
        changed = subprocess.run(
            [*git, "status", "--porcelain", "--untracked-files=no"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{commit}+" if changed else commit


def folder_of(scenario: str) -> dict[str, str | None] | None:
    """Returns the folder of a scenario's file and the commit that it is at, if it has a file."""
    if not Path(scenario).is_file():
        return None
    folder = Path(scenario).resolve().parent
    return {"path": str(folder), "git": commit_of(folder)}


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Says in words what is not as it was and may change the last bits of a resumed run."""
    return [
        f"{key}: {before.get(key)} when the run began, {now.get(key)} now"
        for key in CHANGE_BITS
        if before.get(key) != now.get(key)
    ]


def manifest_of(path: Path) -> dict[str, Any]:
    """Reads what `create` wrote, or says why this is no run that can go on."""
    try:
        raw = (path / MANIFEST).read_bytes()
    except OSError:
        raise StoreError(
            str(path),
            found=f"no {MANIFEST} in it",
            expected="the folder of a run, runs/<name>/<date>-<hash>",
            fix="'netware ls' lists the runs that exist",
            code="F-RUN",
        ) from None
    manifest = unsealed(raw)
    if manifest is None:
        raise edited(path / MANIFEST, "the one inside it")
    if manifest.get("format") != FORMAT:
        raise StoreError(
            str(path),
            found=f"a run folder of format {manifest.get('format')}",
            expected=f"format {FORMAT}, the one that this netware reads",
            fix="use the version of netware that manifest.json names",
            code="F-FORMAT",
        )
    return manifest
