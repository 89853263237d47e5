from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.draws import Draws
from netware.errors import ShapeError
from netware.population import Population
from netware.probes.base import AbstractProbe
from netware.probes.consensus.disagreement import Disagreement
from netware.record import recorder as module
from netware.record.recorder import Recorder
from netware.scenario.parts import Cadence
from netware.simulation.sight import Sight
from netware.world import World


REPLICAS, AGENTS = 3, 4


def world(step: int, device: str = "cpu", **others: int) -> World:
    """Returns a world of birds in the plane, and of other populations of these sizes."""

    def population(name: str, agents: int) -> Population:
        rows = torch.arange(REPLICAS * agents * 2.0, device=device).view(-1, 2)
        state = {
            "output": torch.sin(rows + step),
            "count": rows[:, 0].long() + step,
            "train.momentum": rows,
        }
        return Population(name, agents, REPLICAS, state=state, device=torch.device(device))

    populations = {
        name: population(name, size) for name, size in {"birds": AGENTS, **others}.items()
    }
    draws = Draws.of(1, REPLICAS, torch.device(device))
    return World(draws, populations, step=step, dt=0.25)


@dataclass(frozen=True)
class Layers(AbstractProbe):
    """A probe with one number for each layer, and one for all."""

    depth: int = 2

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"each": ("layer",), "all": ()}

    def read(self, world: World) -> dict[str, Tensor]:
        x = world["birds"]["output"].view(REPLICAS, -1)[:, : self.depth]
        return {"each": x, "all": x.sum(1)}


@dataclass(frozen=True)
class Wrong(AbstractProbe):
    """A probe that does not keep its word."""

    shape: tuple[int, ...]
    name: str = "mean"

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"mean": ("layer",)}

    def read(self, world: World) -> dict[str, Tensor]:
        return {self.name: torch.zeros(self.shape)}


@dataclass(frozen=True)
class Odd(AbstractProbe):
    """A probe with axes that nobody knows."""

    quantities: ClassVar[Mapping[str, tuple[str, ...]]] = {"mean": ("layer", "flavour")}

    def read(self, world: World) -> dict[str, Tensor]:
        return {}


def test_keeps_what_the_probes_said_at_the_steps_they_were_due():
    probes = {"spread": Disagreement("birds"), "layers": Layers()}
    recorder = Recorder(probes, {"layers": Cadence(every=3, start=2)})
    for step in range(7):
        recorder.observe(Sight(world(step)))
    rows = recorder.flush()
    assert rows.index == ("layer",)
    assert [(one.probe, one.quantity) for one in rows.measured] == [
        *(("spread", name) for name in ("disagreement", "spread", "mean")),
        *(("layers", name) for name in ("each", "all")),
    ]
    mean, each = rows.measured[2], rows.measured[3]
    assert mean.steps.tolist() == list(range(7))
    assert each.steps.tolist() == [2, 5]
    assert each.times.tolist() == [0.5, 1.25]
    assert each.axes == ("layer",)
    for number, step in enumerate(range(7)):
        expected = Disagreement("birds").read(world(step))["mean"].double().numpy()
        assert np.array_equal(mean.values[number], expected)
    assert recorder.flush().measured == ()
    assert recorder.flush().series == {}


def test_the_panel_is_the_first_agents_of_every_replica_at_every_step():
    recorder = Recorder({}, panel=2, snapshots=4)
    for step in range(6):
        recorder.observe(Sight(world(step)))
    series = recorder.flush().series
    assert series is not None
    panel, snapshots = series["panel"], series["snapshots"]
    assert set(panel.columns) == {"birds.output", "birds.count"}
    assert panel.steps.tolist() == list(range(6))
    assert snapshots.steps.tolist() == [0, 4]
    assert snapshots.times.tolist() == [0, 1]
    output = panel.columns["birds.output"]
    assert output.dimensions == ("time", "replica", "agent", "birds.output.0")
    assert output.values.shape == (6, REPLICAS, 2, 2)
    for step in range(6):
        whole = world(step)["birds"]["output"].view(REPLICAS, AGENTS, 2)
        assert np.array_equal(output.values[step], whole[:, :2])
        if step % 4 == 0:
            values = snapshots.columns["birds.output"].values[step // 4]
            assert np.array_equal(values, whole)
    assert panel.columns["birds.count"].values.dtype == np.int64


@pytest.mark.parametrize(
    ("panel", "others", "names"),
    [
        (2, {"fish": 3}, ("agent", "agent")),
        (100, {"fish": AGENTS}, ("agent", "agent")),
        (100, {"fish": 3}, ("birds.agent", "fish.agent")),
    ],
)
def test_agents_share_an_axis_only_if_they_are_as_many(panel, others, names):
    recorder = Recorder({}, panel=panel)
    recorder.observe(Sight(world(0, **others)))
    columns = (recorder.flush().series or {})["panel"].columns
    found = (columns["birds.count"].dimensions[2], columns["fish.count"].dimensions[2])
    assert found == names


def test_nothing_is_copied_to_the_host_while_observing():
    probes = {"spread": Disagreement("birds"), "layers": Layers()}
    recorder = Recorder(probes, panel=2, snapshots=2)
    for step in range(5):
        recorder.observe(Sight(meta(world(step))))  # tensors without numbers: any copy is an error
    with pytest.raises(NotImplementedError, match="meta"):
        recorder.flush()
    with pytest.raises((NotImplementedError, RuntimeError), match="meta"):
        recorder.latest()


def meta(one: World) -> World:
    birds = one["birds"]
    return one.with_state("birds", **{name: x.to("meta") for name, x in birds.state.items()})


def test_later_writes_do_not_change_what_was_observed():
    recorder = Recorder({}, panel=AGENTS, snapshots=1)
    now = world(3)
    recorder.observe(Sight(now))
    now["birds"]["output"].zero_()
    series = recorder.flush().series or {}
    for group in ("panel", "snapshots"):
        expected = world(3)["birds"]["output"].view(REPLICAS, AGENTS, 2)
        assert np.array_equal(series[group].columns["birds.output"].values[0], expected)


def test_much_that_gathers_is_moved_to_the_host_without_a_trace(monkeypatch):
    def rows(most_readings: int, most_bytes: int):
        monkeypatch.setattr(module, "MOST_READINGS", most_readings)
        monkeypatch.setattr(module, "MOST_BYTES", most_bytes)
        recorder = Recorder({"layers": Layers(), "s": Disagreement("birds")}, panel=2, snapshots=3)
        for step in range(10):
            recorder.observe(Sight(world(step)))
        return recorder.flush()

    whole = rows(1 << 16, 1 << 28)
    for limits in ((7, 1 << 28), (1 << 16, 600), (0, 0)):
        parts = rows(*limits)
        for name in ("each", "all", "disagreement"):
            split = [one for one in parts.measured if one.quantity == name]
            (one,) = (one for one in whole.measured if one.quantity == name)
            assert len(split) > 1
            assert np.array_equal(np.concatenate([part.values for part in split]), one.values)
            assert np.array_equal(np.concatenate([part.steps for part in split]), one.steps)
        for group, series in (whole.series or {}).items():
            own = (parts.series or {})[group]
            assert np.array_equal(own.steps, series.steps)
            for name, column in series.columns.items():
                assert np.array_equal(own.columns[name].values, column.values)


def test_latest_is_the_mean_over_replicas():
    recorder = Recorder({"spread": Disagreement("birds"), "layers": Layers()})
    assert recorder.latest() == {}
    for step in range(3):
        recorder.observe(Sight(world(step)))
        found = recorder.latest()
        readings = Disagreement("birds").read(world(step))
        for quantity in ("disagreement", "spread", "mean"):
            expected = readings[quantity].double().mean().item()
            assert found[f"spread.{quantity}"] == expected
        assert found["spread"] == found["spread.disagreement"]
        assert found["layers"] == found["layers.all"]
        assert "layers.each" not in found
    recorder.flush()
    assert recorder.latest() == found


def test_probes_that_are_not_written_down_are_still_read():
    probes = {"spread": Disagreement("birds"), "layers": Layers()}
    recorder = Recorder(probes, metrics=["spread"])
    recorder.observe(Sight(world(0)))
    rows = recorder.flush()
    assert {one.probe for one in rows.measured} == {"spread"}
    assert rows.index == ()
    assert "layers.all" in recorder.latest()


def test_columns_without_numbers_are_left_out():
    recorder = Recorder({}, panel=2)
    recorder.observe(Sight(world(0).with_state("birds", nothing=torch.empty(REPLICAS * AGENTS, 0))))
    assert "birds.nothing" not in (recorder.flush().series or {})["panel"].columns


@pytest.mark.parametrize(
    ("probe", "quantity", "found", "expected"),
    [
        (Wrong((REPLICAS,)), "mean", "shape (3,)", "(replicas, layer), with 3 replicas"),
        (Wrong((2, 5)), "mean", "shape (2, 5)", "(replicas, layer), with 3 replicas"),
        (Wrong((REPLICAS, 5), "mode"), "mean", "nothing", "(replicas, layer), with 3 replicas"),
    ],
)
def test_readings_that_are_not_as_declared_are_refused(probe, quantity, found, expected):
    with pytest.raises(ShapeError) as caught:
        Recorder({"w": probe}).observe(Sight(world(0)))
    (problem,) = caught.value.problems
    assert problem.where == f"probes.w.{quantity}"
    assert (problem.found, problem.expected) == (found, expected)
    assert problem.fix == "let 'read' and 'quantities' of Wrong agree"


def test_axes_that_have_no_column_are_refused_at_once():
    with pytest.raises(ShapeError, match=r"probes.odd.mean: axes layer, flavour"):
        Recorder({"odd": Odd()})


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_observing_never_waits_for_the_device():
    recorder = Recorder({"s": Disagreement("birds"), "layers": Layers()}, panel=2, snapshots=2)
    worlds = [world(step, "cuda") for step in range(20)]
    torch.cuda.set_sync_debug_mode("error")
    try:
        for one in worlds:
            recorder.observe(Sight(one))
    finally:
        torch.cuda.set_sync_debug_mode("default")
    rows = recorder.flush()
    host = Recorder({"s": Disagreement("birds"), "layers": Layers()}, panel=2, snapshots=2)
    for one in range(20):
        host.observe(Sight(world(one)))
    for ours, theirs in zip(rows.measured, host.flush().measured, strict=True):
        assert np.allclose(ours.values, theirs.values, rtol=1e-5, atol=1e-6)
