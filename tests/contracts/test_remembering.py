"""What every probe that remembers promises, tried on every one that there is."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from torch import Tensor

from netware.draws import replica_seeds
from netware.edges import Edges
from netware.population import ALIVE
from netware.probes.base import AbstractRememberingProbe
from netware.running.run import resume, start
from netware.scenario.members import catalog
from netware.simulation.model import NetwareModel
from tests.contracts.testbeds import AGENTS, bed_of, model


NAMES = [
    name
    for name in catalog.names("probes")
    if issubclass(catalog.find("probes", name), AbstractRememberingProbe)
]
STEPS = 8


@pytest.fixture(params=NAMES)
def plain(request) -> dict[str, Any]:
    """A bed in which what the probe looks at changes at every step."""
    plain = bed_of("probes", request.param)
    probe = model(plain).plan.probe("it")
    state = getattr(probe, "state", "output")
    stir = {"type": "noise", "on": "them", "sd": 0.3, "state": state}
    return {**plain, "rules": plain.get("rules") or {"stir": stir}, "steps": STEPS}


def after(made: NetwareModel, steps: int) -> NetwareModel:
    for _ in range(steps):
        made.step()
    return made


def readings(made: NetwareModel) -> dict[str, Tensor]:
    return made.sight.read("it", made.plan.probe("it"))


def memory(made: NetwareModel) -> dict[str, Tensor]:
    return dict(made.sight.memories["it"])


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(
        one[name].dtype == other[name].dtype
        and torch.equal(one[name].isnan(), other[name].isnan())
        and torch.equal(one[name].nan_to_num(), other[name].nan_to_num())
        for name in one
    )


def test_there_are_some() -> None:
    assert {"time_to_consensus", "susceptibility", "magnetisation"} <= set(NAMES)


def test_its_memory_is_what_it_declares_and_nothing_is_written_into_what_it_was_given(plain):
    made = after(model(plain), 2)
    probe, world = made.plan.probe("it"), made.world
    given = memory(made)
    assert given.keys() == probe.memory.keys() and given
    copies = {name: values.clone() for name, values in given.items()}
    for _ in range(2):
        assert same(probe.remember(world, given), probe.remember(world, given))
        assert same(probe.recall(world, given), probe.recall(world, given))
    assert same(given, copies)


def test_a_run_that_is_resumed_remembers_the_same_bits(plain) -> None:
    through = model(plain)
    checkpoints = {}
    for step in range(STEPS):
        checkpoints[step] = {name: v.clone() for name, v in through.saved().items()}
        through.step()
    assert not same(memory(through), memory(model(plain))) or plain["probes"]["it"]["type"] == (
        "time_to_consensus"
    )
    for step in (0, 1, STEPS // 2, STEPS - 1):
        again = model(plain)
        again.restore(step, checkpoints[step])
        after(again, STEPS - step)
        assert same(memory(again), memory(through)) and same(readings(again), readings(through))


def test_replica_r_remembers_what_the_single_run_with_its_seed_does(plain) -> None:
    together = readings(after(model(plain, replicas=3), STEPS))
    for replica, seed in enumerate(replica_seeds(5, 3)):
        alone = readings(after(model(plain, replicas=1, seed=seed), STEPS))
        for name, values in together.items():
            torch.testing.assert_close(
                values[replica], alone[name][0], rtol=1e-4, atol=1e-5, equal_nan=True, msg=name
            )


def metrics(run: Path) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(part) for part in sorted((run / "metrics").iterdir())])


def test_a_run_reads_what_mesa_collects_and_a_resumed_one_writes_the_same_bytes(
    plain, tmp_path
) -> None:
    plain = {**plain, "replicas": 1, "record": {"checkpoint": 3}}
    path = tmp_path / "bed.yaml"
    path.write_text(yaml.safe_dump(plain, sort_keys=False))
    mesa = after(NetwareModel(path), STEPS).datacollector.get_model_vars_dataframe()
    found = start(path, [], tmp_path / "runs", quiet=True).path
    table = metrics(found)
    for quantity, rows in table.groupby("quantity"):
        written = rows.sort_values("step")["value"].to_numpy()
        np.testing.assert_array_equal(written, mesa[f"it.{quantity}"].to_numpy())
    whole = {part.name: part.read_bytes() for part in (found / "metrics").iterdir()}
    late = sorted((found / "checkpoints").glob("step-*"))[-1]
    for file in sorted(late.iterdir(), reverse=True):
        file.unlink()
    late.rmdir()
    resume(found, quiet=True)
    assert {part.name: part.read_bytes() for part in (found / "metrics").iterdir()} == whole


def test_when_it_is_read_does_not_change_what_it_remembers(plain) -> None:
    seldom = {**plain, "probes": {"it": {**plain["probes"]["it"], "every": 3, "from": 2}}}
    one, other = after(model(plain), STEPS), after(model(seldom), STEPS)
    assert same(memory(one), memory(other))
    read = readings(one)
    for _ in range(3):
        assert same(readings(one), read)


def test_relabelled_agents_are_remembered_alike(plain) -> None:
    made = model(plain)
    probe, worlds = made.plan.probe("it"), [made.world]
    for _ in range(4):
        worlds.append(after(made, 1).world)
    places = torch.cat([torch.randperm(AGENTS), AGENTS + torch.randperm(AGENTS)])

    def turned(world):
        them, whose = world["them"], places.argsort()
        them = them.with_state({name: values[whose] for name, values in them.state.items()})
        world = world.with_population(them)
        for name, edges in world.edges.items():
            ends = places[edges.source.long()], places[edges.target.long()]
            again = Edges.from_pairs(*ends, edges.sources, edges.targets, edges.weight)
            world = world.with_edges(name, again)
        return world

    found = []
    for several in (worlds, [turned(world) for world in worlds]):
        kept = probe.begin(several[0])
        for world in several[1:]:
            kept = probe.remember(world, kept)
        found.append(probe.recall(several[-1], kept))
    for name in probe.quantities:
        torch.testing.assert_close(found[1][name], found[0][name], equal_nan=True, msg=name)


def test_the_dead_are_not_remembered_and_no_one_is_no_number(plain) -> None:
    made = after(model(plain), 2)
    them = made.world["them"].mortal()
    alive = them.ids % 3 != 1
    alive[AGENTS:] = False  # the second replica has died out

    def read(garbage: float) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        there = {
            name: torch.where(alive.view(-1, *[1] * (v.dim() - 1)), v, torch.full_like(v, garbage))
            for name, v in them.state.items()
            if v.is_floating_point()
        }
        world = made.world.with_population(them.with_state({**there, ALIVE: alive}))
        made.world = replace(world, step=world.step + 100)
        kept = memory(made)
        return kept, readings(made)

    (first, one), (second, other) = read(0.25), read(0.75)
    assert same(one, other) and same(first, second)
    assert all(values[1].isnan().all() for values in one.values())


def test_an_event_that_changes_it_lets_it_begin_again(plain) -> None:
    part = plain["probes"]["it"]
    field, value = ("tolerance", 9e9) if part["type"] == "time_to_consensus" else ("warmup", 1)
    events = [{"at": 4, "set": {f"probes.it.{field}": value}}]
    made = after(model({**plain, "events": events}), 4)
    begun = made.plan.probe("it").begin(made.world)
    assert same(memory(made), begun)
    expected = begun
    for _ in range(2):
        made.step()
        expected = made.plan.probe("it").remember(made.world, expected)
    assert same(memory(made), expected)
