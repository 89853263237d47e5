"""The recorded graph, read back: agents, edges and lines, and why there may be none."""

import numpy as np
import pytest

from netware.analysis.graphs.recorded_graph import GRAPH, Relations, lines_of, relations
from netware.errors import ScenarioError, StoreError
from netware.record.reader import open_run
from netware.running.run import start
from tests.simulation.worlds import RING, model, write


def ring(tmp_path, text: str = RING, *overrides: str):
    return open_run(start(write(tmp_path, text), overrides, tmp_path / "runs", quiet=True).path)


def edges(*given: tuple[int, int, int, float]) -> Relations:
    relation, source, target, weight = zip(*given, strict=True) if given else ((), (), (), ())
    kind, one, other = (np.array(each, dtype=int) for each in (relation, source, target))
    return Relations(
        ("a",), np.zeros(6, int), tuple(f"a {i}" for i in range(6)), np.full((6, 2), np.nan),
        ("r", "s"), ("association",) * 2, kind, one, other, np.array(weight, dtype=float), 3,
    )  # fmt: skip


def test_what_was_recorded_is_read_back(tmp_path) -> None:
    found, world = relations(ring(tmp_path)), model(tmp_path).world.graph(0)
    assert found.populations == ("nodes",) and found.relations == ("talks",)
    assert found.types == ("association",) and found.step == 20
    assert found.label == tuple(f"nodes {i}" for i in range(6)) and not found.placed
    pairs = set(zip(found.source.tolist(), found.target.tolist(), strict=True))
    assert pairs == {(a[1], b[1]) for a, b in world.edges()} and np.all(found.weight == 1)


def test_some_agents_keep_the_edges_between_them(tmp_path) -> None:
    part = relations(ring(tmp_path)).among(np.array([0, 1, 3]))
    assert part.agents == 3 and part.label == ("nodes 0", "nodes 1", "nodes 3")
    assert set(zip(part.source.tolist(), part.target.tolist(), strict=True)) == {(0, 1), (1, 0)}


def test_edges_that_say_the_same_both_ways_are_one_line() -> None:
    lines = lines_of(edges((0, 0, 1, 1.0), (0, 1, 0, 1.0), (0, 1, 2, 1.0), (1, 2, 1, 1.0)))
    ends = list(zip(lines.relation, lines.source, lines.target, lines.both, strict=True))
    assert ends == [(0, 0, 1, True), (0, 1, 2, False), (1, 2, 1, False)]


def test_edges_with_two_weights_stay_two_lines_on_either_side() -> None:
    lines = lines_of(edges((0, 0, 1, 0.2), (0, 1, 0, 0.8)))
    assert not lines.both.any() and lines.weight.tolist() == [0.2, 0.8]
    assert lines.aside.tolist() == [-0.5, -0.5], "each on the same side, seen along its own way"


def test_relations_of_the_same_two_agents_lie_beside_each_other() -> None:
    lines = lines_of(edges((0, 0, 1, 1.0), (1, 0, 1, 1.0), (0, 3, 4, 1.0)))
    assert lines.aside.tolist() == [-0.5, 0.0, 0.5]
    assert lines_of(edges()).source.size == 0


@pytest.mark.parametrize(
    ("text", "overrides", "found", "fix"),
    [
        (RING + "record: {graph: never}", (), "the scenario says 'record: {graph: never}'", "alw"),
        (
            RING.replace("[1, -1, 1, -1, 2, 0.5]", "uniform"),
            ("populations.nodes.agents=40000", "steps=1"),
            "it has 40,000 agents and 80,000 edges, more than 100,000 in all",
            "write 'record: {graph: always}'",
        ),
    ],
)
def test_a_run_without_a_graph_says_why_and_what_to_write(
    tmp_path, text, overrides, found, fix
) -> None:
    with pytest.raises(ScenarioError) as error:
        relations(ring(tmp_path, text, *overrides))
    assert f"no {GRAPH} in it: {found}" in str(error.value).replace("\n", " ")
    assert fix in str(error.value)


def test_a_run_that_has_not_ended_is_to_be_resumed(make_run) -> None:
    run = make_run()
    run.status["state"] = "stopped"
    with pytest.raises(ScenarioError, match="netware resume"):
        relations(run)


@pytest.mark.parametrize("broken", ["<graphml", "<graphml/>", "half"])
def test_a_broken_file_is_an_error_that_names_it(tmp_path, broken) -> None:
    run = ring(tmp_path)
    whole = (run.path / GRAPH).read_text()
    text = whole.replace('target="nodes.1"', 'target="nobody"') if broken == "half" else broken
    (run.path / GRAPH).write_text(text)
    with pytest.raises(StoreError, match=r"relations\.graphml: cannot be read"):
        relations(run)
