"""The page on adding members: its files run as they stand there, against plain loops."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from netware.errors import ScenarioError
from netware.simulation.model import NetwareModel


PAGE = Path(__file__).parents[1] / "docs" / "contributing"


@pytest.fixture
def model(monkeypatch) -> NetwareModel:
    monkeypatch.syspath_prepend(str(PAGE))
    return NetwareModel(PAGE / "lab.yaml", ("rules.drift.noise=0", "replicas=2"))


def columns(model: NetwareModel, population: str, name: str) -> np.ndarray:
    them = model.world[population]
    return them.per_replica(them[name]).double().numpy()


def test_the_rule_moves_everyone_towards_the_neighbours_by_a_bounded_step(model):
    before = columns(model, "pupils", "x")
    model.step()
    for x, found in zip(before, columns(model, "pupils", "x"), strict=True):
        for i, own in enumerate(x):
            mean = (x[(i - 1) % 12] + x[(i + 1) % 12]) / 2
            assert found[i] == pytest.approx(own + np.clip(mean - own, -0.05, 0.05), abs=1e-6)


def test_the_relation_brings_the_signed_root_of_what_mentors_said(model):
    said = columns(model, "mentors", "x")
    model.step()
    expected = (np.sign(said) * np.sqrt(np.abs(said))).mean(1)
    for replica, found in enumerate(columns(model, "pupils", "advice")):
        assert found == pytest.approx(np.full(12, expected[replica]), abs=1e-6)


def test_the_model_answers_a_sum_of_bumps(model):
    model.step()
    them = model.world["pupils"]
    for agent in (0, 5, 20):
        x, y = them["input"][agent], them["output"][agent]
        centre, w = (them.weights[name][agent] for name in ("centre", "w"))
        bumps = torch.stack([torch.exp(-((x - c) ** 2).sum()) for c in centre])
        torch.testing.assert_close(y, bumps @ w)


def test_the_probe_reads_the_distance_from_the_median(model):
    read = model.plan.probe("spread").read(model.world)
    for replica, x in enumerate(columns(model, "pupils", "x")):
        own = np.abs(x - np.median(x))
        assert read["own"][replica].numpy() == pytest.approx(own, abs=1e-6)
        assert read["gap"][replica].item() == pytest.approx(np.median(own), abs=1e-6)


def test_what_the_members_need_is_refused_at_its_line(monkeypatch):
    monkeypatch.syspath_prepend(str(PAGE))
    with pytest.raises(ScenarioError) as refused:
        NetwareModel(PAGE / "lab.yaml", ("rules.drift.state=y", "probes.spread.state=z"))
    found = str(refused.value)
    assert "no column 'y' in 'pupils'" in found and "no column 'z' in 'pupils'" in found


def test_what_the_page_quotes_and_names_stands_there():
    page = (PAGE / "README.md").read_text()
    sources = "\n".join(path.read_text() for path in sorted((PAGE / "my_lab").glob("*.py")))
    quoted = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(quoted) == 2
    for line in "".join(quoted).splitlines():
        assert line in sources
    for path in re.findall(r"`(netware/[\w/.]+)`", page):
        assert (PAGE.parents[1] / path).exists() or "drift" in path
    for path in re.findall(r"\]\(([\w/.]+)\)", page):
        assert (PAGE / path).exists()
