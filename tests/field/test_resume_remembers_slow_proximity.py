"""A run that is resumed has the edges that relations with a cadence found before."""

from pathlib import Path

import pytest
import torch

import netware
from netware import NetwareModel


CASE = Path(__file__).parent / "cases/21-resume-forgets-slow-proximity/scenario.yaml"
CADENCES = [
    "every: 4",
    "from: 3",
    "until: 2",
    "at: [1, 5]",
    "every: 1",
    "every: 3, from: 2",
]


@pytest.mark.parametrize("cadence", CADENCES)
def test_resumed_at_any_step_all_is_the_same(cadence) -> None:
    near = f"relations.near={{type: proximity, of: p, radius: 0.8, {cadence}}}"
    straight = NetwareModel(CASE, [near])
    worlds = []
    for _ in range(9):
        worlds.append(straight.world)
        straight.step()
    for split in range(8):
        first, again = NetwareModel(CASE, [near]), NetwareModel(CASE, [near])
        for _ in range(split):
            first.step()
        again.restore(split, first.saved())
        for step in range(split, 8):
            assert torch.equal(again.world["p"]["x"], worlds[step]["p"]["x"])
            again.step()
            assert torch.equal(
                again.world.edges["near"].source, worlds[step + 1].edges["near"].source
            )


def test_the_graph_that_a_run_leaves_has_the_edges_of_its_last_step(tmp_path) -> None:
    run = netware.run(CASE, ["steps=7", "record.graph=always"], out=tmp_path)
    model = NetwareModel(CASE, ["steps=7"])
    for _ in range(7):
        model.step()
    graph = (run.path / "relations.graphml").read_text()
    assert graph.count("<edge ") == model.world.edges["near"].count
