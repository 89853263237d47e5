"""Costs are known before anything is allocated."""

import time
from pathlib import Path

import pytest

from netware.errors import ScenarioError
from netware.simulation.build import blueprint
from netware.simulation.estimate import estimate, memory_available, refuse, shown
from tests.simulation.test_agents import NETS
from tests.simulation.worlds import RING, write


MINE = '''
"""A ring of one's own."""

from dataclasses import dataclass

import torch

from netware.graphs.topology import AbstractTopology, Ends, Links


@dataclass(frozen=True)
class Mine(AbstractTopology):
    """Joins each agent to the next."""

    def links(self, ends: Ends) -> Links:
        """Makes the links."""
        each = torch.arange(ends.sources)
        return Links(each, (each + 1) % ends.targets)
'''


def cost(folder: Path, *overrides: str, text: str = RING):
    plan = blueprint(write(folder, text), overrides)
    return plan.scenario, estimate(plan.scenario, plan.members)


def test_agents_weights_and_memory_are_counted(tmp_path) -> None:
    _, one = cost(tmp_path, text=NETS)
    assert one.agents == 12
    assert one.weights == 12 * (2 * 3 + 3 + 3 * 1 + 1)
    _, double = cost(tmp_path, "precision=float64", text=NETS)
    assert double.parts["populations.nodes"] == 2 * one.parts["populations.nodes"]


def test_places_count_as_agents_where_agents_may_be_born(tmp_path) -> None:
    _, few = cost(tmp_path)
    _, many = cost(tmp_path, "populations.nodes.capacity=60")
    assert (few.agents, many.agents) == (12, 120)
    assert many.parts["populations.nodes"] == 10 * few.parts["populations.nodes"]


def test_edges_that_nobody_can_count_before_are_unknown_and_not_none(tmp_path, monkeypatch) -> None:
    _, known = cost(tmp_path)
    assert (known.edges, known.uncounted) == (2 * 6 * 2, ())
    (tmp_path / "uncounted_lab").mkdir()
    (tmp_path / "uncounted_lab" / "mine.py").write_text(MINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    _, unknown = cost(tmp_path, "relations.talks.topology={type: uncounted_lab.mine}")
    assert (unknown.edges, unknown.uncounted) == (0, ("talks",))
    assert "relations.talks" not in unknown.parts


def test_input_31_a_million_million_agents_are_refused_at_once(tmp_path) -> None:
    text = RING.replace("[1, -1, 1, -1, 2, 0.5]", "uniform")
    scenario, much = cost(tmp_path, "populations.nodes.agents=1000000000000", text=text)
    before = time.perf_counter()
    with pytest.raises(ScenarioError) as caught:
        refuse(scenario, much, tmp_path)
    assert time.perf_counter() - before < 0.2
    assert "R-MEM" in str(caught.value) and "2,000,000,000,000 agents" in str(caught.value)


def test_input_32_a_run_of_years_is_refused(tmp_path) -> None:
    scenario, long = cost(tmp_path, "steps=1000000000000000")
    with pytest.raises(ScenarioError, match="R-TIME"):
        refuse(scenario, long, tmp_path)


def test_input_33_a_recording_that_fills_the_disk_is_refused(tmp_path) -> None:
    text = RING.replace("[1, -1, 1, -1, 2, 0.5]", "uniform")
    scenario, large = cost(
        tmp_path,
        "populations.nodes.agents=1000000",
        "record.panel=1000000",
        "steps=10000000",
        text=text,
    )
    with pytest.raises(ScenarioError, match="R-DISK"):
        refuse(scenario, large, tmp_path)


def test_what_fits_is_not_refused(tmp_path) -> None:
    refuse(*cost(tmp_path), tmp_path)
    assert memory_available() > 10**8


def test_bytes_are_written_as_one_reads_them() -> None:
    assert [shown(n) for n in (0, 999, 1000, 4_100_000_000_000)] == [
        "0 B",
        "999 B",
        "1 kB",
        "4.1 TB",
    ]
