import json
import subprocess
import sys

import pytest
import torch

from netware.errors import StoreError
from netware.record.files import write_atomically
from netware.record.hashes import sealed
from netware.record.manifest import (
    FORMAT,
    commit_of,
    describe,
    differences,
    manifest_of,
)


def made(**changes) -> dict:
    command = ["netware", "run", "flock.yaml", "seed=3"]
    return describe(command, [3, 99], torch.device("cpu"), torch.float32) | changes


def test_says_what_the_numbers_come_from():
    manifest = made()
    assert manifest["command"] == ["netware", "run", "flock.yaml", "seed=3"]
    assert manifest["seeds"] == [3, 99]
    assert manifest["precision"] == "float32"
    assert manifest["device"] == "cpu"
    assert manifest["threads"] == torch.get_num_threads()
    assert manifest["processor"]["capability"] == torch.backends.cpu.get_cpu_capability()
    assert manifest["versions"]["torch"].split("+")[0] == torch.__version__.split("+")[0]
    assert {"netware", "python", "numpy", "mesa"} <= set(manifest["versions"])
    assert "same seed" in manifest["promise"]["same bytes"].replace("scenario, ", "same ")
    assert json.loads(json.dumps(manifest)) == manifest


def test_says_what_may_change_the_last_bits_of_a_resumed_run():
    assert differences(made(), made(command=["netware", "resume"], git="abc")) == []
    assert differences(made(threads=1), made(threads=2)) == ["threads: 1 when the run began, 2 now"]
    assert len(differences(made(), made(device="cuda: H200", precision="float64"))) == 2


def test_names_the_commit_and_marks_changed_files(tmp_path):
    assert commit_of(tmp_path / "never") is None

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", tmp_path, *who, *arguments], check=True, capture_output=True)

    git("init")
    (tmp_path / "flock.yaml").write_text("netware: 1")
    git("add", ".")
    git("commit", "-m", "first")
    commit = commit_of(tmp_path)
    assert commit is not None and len(commit) == 40
    (tmp_path / "flock.yaml").write_text("netware: 1 # changed")
    assert commit_of(tmp_path) == f"{commit}+"


def test_importing_it_does_not_import_mesa():
    code = "import netware.record.manifest, sys; assert 'mesa' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_reads_back_and_notices_changes(tmp_path):
    with pytest.raises(StoreError, match=r"F-RUN no manifest.json in it"):
        manifest_of(tmp_path)
    content = {"format": FORMAT, "run": "flock-1"}
    write_atomically(tmp_path / "manifest.json", sealed(content))
    assert manifest_of(tmp_path) == content
    (tmp_path / "manifest.json").write_text(
        (tmp_path / "manifest.json").read_text().replace("flock-1", "flock-2")
    )
    with pytest.raises(StoreError, match="F-EDITED changed since it was written"):
        manifest_of(tmp_path)
    write_atomically(tmp_path / "manifest.json", sealed({"format": FORMAT + 1}))
    with pytest.raises(StoreError, match=f"F-FORMAT a run folder of format {FORMAT + 1}"):
        manifest_of(tmp_path)
