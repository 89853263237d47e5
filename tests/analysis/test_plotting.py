"""Figures by name: which fit, which options they take, and where they are written."""

import numpy as np
import pytest
from PIL import Image

from netware.analysis import plotting
from netware.analysis.figures.morphology import Morphology
from netware.errors import NetwareError, ScenarioError
from netware.models.multilayer import Multilayer
from netware.record.sweep_reader import open_sweep
from netware.running.run import start
from tests.analysis.conftest import columns, measured


def order(values=((0.1, 0.2), (0.8, 0.9))):
    return measured("order", "order_parameter", values)


def test_every_file_of_a_figure_is_a_kind_whose_class_has_its_name() -> None:
    assert {"metrics", "sweep", "morphology", "flock", "recall"} <= set(plotting.kinds())
    for name in plotting.kinds():
        assert plotting.make(name).caption is not None


def test_the_most_telling_figure_comes_first(make_run) -> None:
    moving = columns({"birds.position": np.ones((2, 2, 4, 2)), "birds.heading": np.ones((2, 2, 4))})
    run = make_run((order(),), series={"snapshots": moving})
    assert plotting.default_figures(run) == ["flock", "metrics"]
    assert plotting.default_figures(make_run((order(),), at=run.path.parent / "b")) == ["metrics"]


def test_figures_are_written_into_the_run(make_run) -> None:
    run = make_run((order(),))
    written = plotting.draw(run.path)
    assert written == [run.path / "figures" / "metrics.png"]
    with Image.open(written[0]) as image:
        assert image.info["netware.run"] == run.name


@pytest.mark.parametrize("form", ["png", "pdf", "svg"])
def test_each_format_is_what_it_says(make_run, form) -> None:
    head = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}[form]
    (written,) = plotting.draw(make_run((order(),)).path, ("metrics",), form)
    assert written.suffix == f".{form}" and written.read_bytes().startswith(head)


def test_the_name_of_a_quantity_is_a_figure_of_it(make_run) -> None:
    run = make_run((order(), measured("other", "energy", [[1.0, 1.0], [2.0, 2.0]])))
    figure = plotting.figure(run, "energy")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["energy"]


def test_options_come_as_words_and_name_the_file(make_run) -> None:
    w = np.random.default_rng(1).normal(size=(8, 3, 3)).astype(np.float32)
    run = make_run(
        scenario={"populations": {"birds": {"agents": 4}}},
        tensors={"populations/birds/weights/w1": w},
        models={"birds": Multilayer(3, 3, bias="none")},
    )
    (written,) = plotting.draw(run.path, ("morphology", "agent=2"))
    assert written.name == "morphology-agent-2.png"
    assert plotting.make("morphology", {"agent": "2"}) == Morphology(agent=2)


def test_lists_are_cut_at_commas() -> None:
    assert plotting.make("metrics", {"show": "a,b"}).show == ("a", "b")


def test_mistakes_in_names_and_options_say_what_to_write(make_run) -> None:
    run = make_run((order(),))
    for asked, told in (
        (("metrcs",), "did you mean 'metrics'?"),
        (("morphology", "agnet=1"), "did you mean 'agent'?"),
        (("morphology", "agent=-1"), "write 'agent=0'"),
        (("morphology", "agent=x"), "'x'"),
        (("sweep",), "a figure of a sweep for a run"),
        (("metrics", "flock", "times=2"), "options times for 2 figures"),
    ):
        with pytest.raises(ScenarioError) as error:
            plotting.draw(run.path, asked)
        assert told in str(error.value), asked
    with pytest.raises(ScenarioError, match="'gif'"):
        plotting.draw(run.path, ("metrics",), "gif")


def test_a_run_without_anything_to_draw_says_what_to_record(make_run) -> None:
    with pytest.raises(ScenarioError, match=r"record: \{snapshots: 10\}"):
        plotting.draw(make_run().path)


def test_a_sweep_is_drawn_as_a_sweep(make_run, tmp_path) -> None:
    for number in range(2):
        make_run(
            (order(),),
            {"rules": {"fly": {"noise": number}}},
            at=tmp_path / "s" / f"run-{number:04d}",
        )
    assert plotting.draw(tmp_path / "s") == [tmp_path / "s" / "figures" / "sweep.png"]
    sweep = open_sweep(tmp_path / "s")
    assert plotting.default_figures(sweep) == ["sweep"]
    assert sweep.figure("order_parameter").axes
    with pytest.raises(ScenarioError, match="a figure of a run for a sweep"):
        plotting.figure(sweep, "metrics")


def test_a_file_name_is_plain_whatever_the_option_holds() -> None:
    assert plotting.file_name("metrics", {"show": "../a b"}) == "metrics-show-..-a-b"


@pytest.mark.parametrize("name", plotting.kinds())
def test_each_figure_is_drawn_or_says_in_one_sentence_what_a_run_lacks(tmp_path, name) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("netware: 1\nname: one\nsteps: 2\npopulations: {nodes: {agents: 3}}\n")
    run = start(path, (), tmp_path / "runs", quiet=True).path
    with pytest.raises(NetwareError) as caught:
        plotting.draw(run, (name,))
    (problem,) = caught.value.problems
    assert problem.found and "\n" not in problem.found and problem.fix
    assert not list((run / "figures").glob("*.png")) if (run / "figures").exists() else True
