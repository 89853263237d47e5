"""From Python with Mesa a run ends where `netware run` ends it: at `stop`, or after its steps."""

import mesa
import pytest

from netware.simulation.model import NetwareModel
from tests.simulation.worlds import write


TALK = """
netware: 1
name: mesa
seed: 3
steps: 5
populations:
  people: {agents: 20, state: {opinion: uniform}}
relations:
  ties: {type: association, between: [people, people], topology: {type: complete}}
rules:
  agree: {type: average_consensus, on: people, over: ties, state: opinion, gain: 0.01}
probes:
  gap: {type: disagreement, on: people, state: opinion}
"""
STOP = "stop: {when: gap < 0.2}\n"


@pytest.mark.parametrize(("stop", "steps"), [(STOP, 2), ("", 5)])
def test_run_model_ends(tmp_path, stop: str, steps: int) -> None:
    model = NetwareModel(write(tmp_path, TALK + stop))
    assert model.running
    model.run_model()
    assert (model.steps, model.running) == (steps, False)


@pytest.mark.parametrize("collect", [0, 1, 3])
def test_the_end_does_not_depend_on_what_is_collected(tmp_path, collect: int) -> None:
    model = NetwareModel(write(tmp_path, TALK + STOP), collect=collect)
    model.run_model()
    assert model.steps == 2


def test_batch_run_ends_each_run_there(tmp_path) -> None:
    rows = mesa.batch_run(
        NetwareModel,
        {"scenario": str(write(tmp_path, TALK + STOP)), "overrides": [(), ("stop=null",)]},
        number_processes=1,
        display_progress=False,
    )
    last = {row["overrides"]: row["Step"] for row in rows}
    # Mesa 3.3 counts its rows from 0, Mesa 3.5 the steps that were collected.
    assert last in ({(): 1, ("stop=null",): 4}, {(): 2, ("stop=null",): 5})


def test_a_condition_that_holds_at_the_start_ends_it_there(tmp_path) -> None:
    model = NetwareModel(write(tmp_path, TALK + "stop: {when: gap < 100}\n"))
    assert not model.running and model.steps == 0


def test_one_may_go_on_by_hand(tmp_path) -> None:
    model = NetwareModel(write(tmp_path, TALK), ("steps=1",))
    model.step()
    assert not model.running
    model.step()
    assert model.steps == 2 and not model.running


def test_a_run_that_is_restored_goes_on(tmp_path) -> None:
    model = NetwareModel(write(tmp_path, TALK + "stop: {when: gap < 0.25, for: 2}\n"))
    other = NetwareModel(model.blueprint)
    model.step()
    model.step()
    other.restore(2, model.saved(), model.stopping.length, model.stopping.values)
    model.run_model()
    other.run_model()
    assert model.steps == other.steps and model.stopping == other.stopping


def test_batch_run_collects_where_no_probe_reads_a_number(tmp_path) -> None:
    text = TALK.split("probes:")[0]
    rows = mesa.batch_run(
        NetwareModel,
        {"scenario": str(write(tmp_path, text))},
        number_processes=1,
        display_progress=False,
    )
    assert (
        all(row["iteration"] == 0 for row in rows)
        and NetwareModel(write(tmp_path, text)).datacollector.model_vars == {}
    )
