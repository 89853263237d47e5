"""Graph: agents where they are or near whom they know, arrows, legend, and parts of large ones."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection, PolyCollection

from netware.analysis import plotting
from netware.analysis.figures.graph import Graph
from netware.analysis.graphs.recorded_graph import relations
from netware.analysis.report import page as report
from netware.errors import ScenarioError
from netware.record.reader import Run, open_run
from netware.running.run import start
from tests.simulation.worlds import RING, write


TWO = """
netware: 1
name: two
seed: 3
steps: 1
populations:
  eyes: {agents: 3, state: {x: uniform}}
  brains: {agents: 2, state: {x: uniform}}
relations:
  feeds: {type: association, between: [eyes, brains], topology: {type: complete}}
  knows: {type: association, between: [eyes, eyes], topology: {type: complete}}
"""
BIRDS = """
netware: 1
name: birds
seed: 3
steps: 2
space: {dimensions: 2, box: 4.0, periodic: true}
populations:
  birds: {agents: 30, state: {position: uniform, heading: uniform}}
relations:
  near: {type: proximity, of: birds, radius: 1.0}
rules:
  fly: {type: vicsek, on: birds, radius: 1.0, speed: 0.1, noise: 1.0}
"""


def ran(tmp_path, text: str, *overrides: str) -> Run:
    return open_run(start(write(tmp_path, text), overrides, tmp_path / "runs", quiet=True).path)


def parts(figure, kind) -> list:
    found = [each for each in figure.axes[0].collections if type(each) is kind]
    return [each for each in found if len(each.get_paths()) or kind is PathCollection]


def texts(figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def note(figure) -> str:
    return next(text.get_text() for text in figure.texts if text.get_gid() == "note")


def test_populations_and_relations_have_looks_of_their_own_and_a_legend(tmp_path) -> None:
    figure = Graph().draw(ran(tmp_path, TWO))
    assert texts(figure) == [
        "eyes: 3", "brains: 2", "feeds (association): 6", "knows (association): 6"
    ]  # fmt: skip
    dots = [each for each in parts(figure, PathCollection) if len(each.get_facecolor())]
    assert [len(np.asarray(each.get_offsets())) for each in dots] == [3, 2]
    looks = {tuple(each.get_facecolor()[0]) for each in dots}
    looks |= {tuple(np.round(each.get_color()[0], 3)) for each in parts(figure, LineCollection)}
    assert len(looks) == 4, "four colours"
    assert note(figure) == "all 5 agents and 12 edges of replica 0"
    names = [text.get_text() for text in figure.axes[0].texts]
    assert names == ["0", "1", "2", "0", "1"]


def test_arrows_point_from_source_to_target_and_only_where_a_relation_has_a_way(tmp_path) -> None:
    figure = Graph().draw(ran(tmp_path, TWO))
    dots = [each for each in parts(figure, PathCollection) if len(each.get_facecolor())]
    eyes, brains = (np.asarray(each.get_offsets()) for each in dots)
    lines = parts(figure, LineCollection)
    assert [len(each.get_segments()) for each in lines] == [6, 3], "eyes know each other both ways"
    (arrows,) = parts(figure, PolyCollection)
    tips = np.array([path.vertices[0] for path in arrows.get_paths()])
    tails = np.array([path.vertices[[1, 3]].mean(0) for path in arrows.get_paths()])
    for tip, tail in zip(tips, tails, strict=True):
        target = brains[np.linalg.norm(brains - tip, axis=1).argmin()]
        ahead, rest = tip - tail, target - tip
        cosine = ahead @ rest / np.linalg.norm(ahead) / np.linalg.norm(rest)
        assert cosine > 0.99, "the arrow looks at its target, which lies just beyond its tip"
    assert len(tips) == 6 and len(eyes) == 3


def test_agents_with_positions_stand_there_and_lines_go_the_short_way_round(tmp_path) -> None:
    run = ran(tmp_path, BIRDS)
    figure, found = Graph().draw(run), relations(run)
    assert found.placed
    dots = [each for each in parts(figure, PathCollection) if len(each.get_facecolor())]
    assert np.allclose(np.asarray(dots[0].get_offsets()), found.position)
    axes = figure.axes[0]
    assert axes.get_xlim() == (0, 4) and axes.get_ylim() == (0, 4)
    for lines in parts(figure, LineCollection):
        lengths = [np.linalg.norm(each[1] - each[0]) for each in lines.get_segments()]
        assert max(lengths) <= 1.0 + 1e-4, "never across the box"


def test_a_large_graph_is_shown_in_part_and_says_so(tmp_path) -> None:
    text = RING.replace("[1, -1, 1, -1, 2, 0.5]", "uniform")
    run = ran(tmp_path, text, "populations.nodes.agents=600", "steps=1")
    figure = Graph(most=50).draw(run)
    assert note(figure).startswith("A part: 50 of 600 agents")
    assert "98 of 1,200 edges" in note(figure) and "50 of 600" in Graph(most=50).caption(run)
    assert texts(figure) == ["nodes: 600", "talks (association): 1,200"], "the legend counts all"
    assert note(Graph(most=600).draw(run)) == "all 600 agents and 1,200 edges of replica 0"


def test_wider_lines_have_larger_weights(tmp_path) -> None:
    text = RING.replace("type: ring, k: 2", "type: file, path: weighted.csv")
    (tmp_path / "weighted.csv").write_text("0,1,1.0\n1,2,4.0\n2,3,2.0\n3,4,1.0\n4,5,1.0\n5,0,1.0\n")
    text = text.replace("weighted.csv", str(tmp_path / "weighted.csv")).replace("0.2", "0.01")
    run = ran(tmp_path, text)
    (lines,) = parts(Graph().draw(run), LineCollection)
    widths = np.sort(np.unique(np.round(lines.get_linewidths(), 6)))
    assert len(lines.get_segments()) == 6 and len(widths) == 3
    assert np.allclose(np.diff(widths), [0.25, 0.5]), "as the weights, 1, 2 and 4"


def test_it_is_among_the_figures_of_a_run_with_a_small_graph_only(tmp_path, make_run) -> None:
    run = ran(tmp_path, RING)
    assert "graph" in plotting.default_figures(run)
    assert not Graph().applies(make_run())
    with pytest.raises(ScenarioError, match=r"no relations\.graphml"):
        Graph().draw(make_run())


def test_the_same_run_is_drawn_the_same(tmp_path) -> None:
    run = ran(tmp_path, RING)
    assert Graph().draw(run).render("png") == Graph().draw(run).render("png")


def test_the_report_shows_it(tmp_path) -> None:
    html = report.page(ran(tmp_path, RING))
    assert "Agents and their typed relations at step 20" in html
