"""The animation: agents where they are, colours of their headings, and one frame a snapshot."""

import numpy as np
import pytest
from PIL import Image

from netware.analysis.figures import animation
from netware.analysis.figures.animation import (
    GREYS,
    HEADER,
    MARGIN,
    SHADES,
    TURNS,
    Animation,
    encoded,
    inked,
    palette,
    panels_of,
    write,
)
from netware.analysis.style import headings
from netware.errors import ScenarioError, StoreError
from netware.record.sweep_reader import open_sweep
from tests.analysis.conftest import columns, measured


SPACE = {"space": {"dimensions": 2, "box": 10.0, "periodic": True}}


def flying(make_run, position, heading, space=SPACE, **named):
    """A run with snapshots of `[times, agents, 2]` and headings, all in one replica."""
    given = {"birds.position": position[:, None], "birds.heading": heading[:, None]}
    agents = {"populations": {"birds": {"agents": position.shape[1]}}, "replicas": 1}
    series = {"snapshots": columns(given, every=5)}
    order = measured("order", "order_parameter", [[0.5]])
    return make_run((order,), series=series, scenario={**space, **agents}, **named)


def hues(frame: np.ndarray) -> np.ndarray:
    """Which heading each pixel shows, -1 where nobody is."""
    return np.where(frame >= GREYS, (frame.astype(int) - GREYS) // SHADES, -1)


def test_an_agent_is_drawn_where_it_is_in_the_colour_of_its_heading(make_run) -> None:
    position = np.array([[[2.5, 7.5], [7.5, 2.5]]])
    run = flying(make_run, position, np.array([[0.0, np.pi / 2]]))
    (panel,) = panels_of(run, Animation(size=100))
    frame, order = panel.image(0)
    found = hues(frame)
    assert found[25, 25] == 0 and found[75, 75] == round(TURNS / 4), "row 25 is up at y = 7.5"
    assert set(np.unique(found)) == {-1, 0, round(TURNS / 4)}
    assert order == pytest.approx(np.sqrt(0.5), abs=1e-6)
    behind = np.argwhere(found == 0)[:, 1]
    assert behind.min() < 25 - 5 and behind.max() < 25 + 5, "its tail lies behind it"


def test_agents_go_round_the_box_but_leave_an_open_space_at_its_edge(make_run, tmp_path) -> None:
    at, heading = np.array([[[9.99, 5.0]]]), np.zeros((1, 1))
    (panel,) = panels_of(flying(make_run, at, heading), Animation(size=64))
    found = hues(panel.image(0)[0])
    assert (found[:, :4] >= 0).any() and (found[:, -4:] >= 0).any()
    space = {"space": {"dimensions": 2, "box": 1.0, "periodic": False}}
    far = np.array([[[-30.0, 5.0], [10.0, 5.0]], [[-30.0, 5.0], [20.0, 15.0]]])
    run = flying(make_run, far, np.zeros((2, 2)), space, at=tmp_path / "open")
    (panel,) = panels_of(run, Animation(size=64))
    corner, side = panel.limits
    assert np.all(corner < [-30, 5]) and np.all(corner + side > [20, 15])


def test_every_agent_leaves_ink_however_many_there_are(make_run) -> None:
    rng = np.random.default_rng(3)
    position, heading = rng.uniform(0, 10, (1, 50_000, 2)), rng.uniform(-3, 3, (1, 50_000))
    (panel,) = panels_of(flying(make_run, position, heading), Animation(size=128))
    frame, order = panel.image(0)
    pixel = np.floor(position[0].astype(np.float32) / 10 * 128).astype(int)
    there = np.zeros((128, 128), bool)
    there[127 - pixel[:, 1], pixel[:, 0]] = True
    assert ((frame > 0) == there).mean() > 0.999, "nothing but where somebody is"
    assert order == pytest.approx(np.abs(np.exp(1j * heading).mean()), abs=1e-4)


def test_fuller_pixels_are_darker_and_opposite_headings_differ() -> None:
    count = np.array([0.0, 1.0, 4.0, 100.0, 4.0])
    flow = np.array([[0.0, 1.0, 4.0, 100.0, -4.0], np.zeros(5)])
    place = inked(count, flow, 4.0)
    assert place[0] == 0 and place[1] < place[2] == place[3] != place[4]
    colors = palette().astype(int)
    assert colors[place[1]].sum() > colors[place[2]].sum()
    wanted = headings()(0.0)[:3]
    assert np.allclose(colors[place[3]] / 255, wanted, atol=0.01), "the colour of the flock figure"
    assert len(colors) <= 256 and np.all(colors[0] == 255)


def test_vectors_and_angles_of_headings_look_alike_and_who_is_nowhere_is_left_out(
    make_run, tmp_path
) -> None:
    rng = np.random.default_rng(4)
    position, angle = rng.uniform(0, 10, (1, 30, 2)), rng.uniform(-3, 3, (1, 30))
    vector = 2.5 * np.stack([np.cos(angle), np.sin(angle)], -1)
    one = panels_of(flying(make_run, position, angle), Animation(size=80))[0]
    other = panels_of(flying(make_run, position, vector, at=tmp_path / "a"), Animation(size=80))[0]
    assert np.array_equal(one.image(0)[0], other.image(0)[0])
    position[0, 3] = np.nan
    less = panels_of(flying(make_run, position, angle, at=tmp_path / "b"), Animation(size=80))[0]
    assert len(less.read(0)[0]) == 29


def test_the_dead_are_not_shown(make_run) -> None:
    given = {
        "birds.position": np.array([2.5, 7.5]).reshape(1, 1, 2, 1).repeat(2, 3),
        "birds.heading": np.zeros((1, 1, 2)),
        "birds.alive": np.array([[[1, 0]]]),
    }
    run = make_run(series={"snapshots": columns(given)}, scenario=SPACE)
    (panel,) = panels_of(run, Animation(size=64))
    frame, _ = panel.image(0)
    assert frame[48, 16] > 0 and frame[16, 48] == 0 and panel.living(0) == 1


def test_a_frame_for_each_snapshot_at_the_rate_asked_for(make_run) -> None:
    rng = np.random.default_rng(5)
    position, heading = rng.uniform(0, 10, (7, 20, 2)), rng.uniform(-3, 3, (7, 20))
    run = flying(make_run, position, heading)
    place = write(run.path, Animation(size=90, rate=10))
    assert place == run.path / "figures" / "animation.gif"
    with Image.open(place) as image:
        assert image.n_frames == 7 and image.info["duration"] == 100 and image.info["loop"] == 0
        assert image.size == (90 + 2 * MARGIN, 90 + HEADER + MARGIN)
        assert run.name.encode() in image.info["comment"]
        (panel,) = panels_of(run, Animation(size=90))
        for entry in (0, 3, 6):
            image.seek(entry)
            seen = np.asarray(image.convert("RGB"))[HEADER : HEADER + 90, MARGIN : MARGIN + 90]
            assert np.array_equal(seen, palette()[panel.image(entry)[0]]), "no colour is changed"
    assert place.read_bytes() == encoded(run, Animation(size=90, rate=10))


def test_of_many_snapshots_some_are_left_out_evenly(make_run) -> None:
    position = np.stack([np.full((11, 1), 5.0), np.linspace(0.5, 9.5, 11)[:, None]], -1)
    run = flying(make_run, position, np.zeros((11, 1)))
    place = write(run.path, Animation(size=64, frames=6))
    with Image.open(place) as image:
        assert image.n_frames == 6


def test_populations_stand_side_by_side_and_name_the_file(make_run) -> None:
    rng = np.random.default_rng(6)
    given = {}
    for name in ("boids", "birds"):
        given[f"{name}.position"] = rng.uniform(0, 10, (2, 1, 4, 2))
        given[f"{name}.heading"] = rng.uniform(-3, 3, (2, 1, 4))
    populations = {"populations": {name: {"agents": 4} for name in ("boids", "birds")}}
    run = make_run(series={"snapshots": columns(given)}, scenario={**SPACE, **populations})
    with Image.open(write(run.path, Animation(size=64))) as image:
        assert image.size[0] == 2 * (64 + MARGIN) + MARGIN
    assert write(run.path, Animation(("birds",), size=64)).name == "animation-birds.gif"


def test_mistakes_say_what_can_be_shown(make_run, tmp_path) -> None:
    with pytest.raises(ScenarioError, match="no population whose positions and headings") as error:
        write(make_run().path)
    assert "record: {snapshots: 5}" in str(error.value)
    run = flying(make_run, np.ones((1, 2, 2)), np.ones((1, 2)), at=tmp_path / "sweep" / "a")
    with pytest.raises(ScenarioError, match="no positions and headings of 'brids'") as error:
        write(run.path, Animation(("brids",)))
    assert "birds" in str(error.value)
    with pytest.raises(StoreError, match="no replica 3"):
        write(run.path, Animation(replica=3))
    with pytest.raises(ScenarioError, match="the folder of a sweep"):
        write(open_sweep(tmp_path / "sweep").path)
    assert animation.write(run.path, Animation(size=64)).exists()
