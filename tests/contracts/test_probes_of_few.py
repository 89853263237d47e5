"""What every probe promises of few agents, of one, of none, without edges, in both precisions."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from netware.axes import AGENT, SIZE
from netware.edges import Edges
from netware.probes.base import AbstractProbe
from netware.scenario.members import catalog
from netware.tasks.base import Examples, TaskData
from netware.world import World
from tests.contracts.testbeds import bed_of, model


@pytest.fixture(params=catalog.names("probes"))
def plain(request) -> dict[str, Any]:
    return bed_of("probes", request.param)


@pytest.fixture(params=["float32", "float64"])
def measured(plain, request) -> tuple[AbstractProbe, World]:
    made = model(plain, precision=request.param)
    return made.blueprint.members.probes["it"].member, made.world


def first(world: World, many: int) -> World:
    """Returns the world of the first agents of the first replica."""
    kept = torch.arange(many)
    them = world["them"]
    alone = replace(
        them,
        agents=many,
        replicas=1,
        state={name: values[kept] for name, values in them.state.items()},
        weights={name: values[kept] for name, values in them.weights.items()},
    )
    source, target = world.edges["talks"].edge_index
    inside = (source < many) & (target < many)
    edges = Edges.from_pairs(source[inside], target[inside], many, many)

    def own(examples: Examples) -> Examples:
        return replace(examples, inputs=examples.inputs[:1], targets=examples.targets[:1])

    examples = {
        name: TaskData(own(data.train), own(data.test)) for name, data in world.examples.items()
    }
    draws = replace(world.draws, keys=world.draws.keys[:1])
    world = replace(world, draws=draws, examples=examples)
    return world.with_population(alone).with_edges("talks", edges)


def without_edges(world: World) -> World:
    none = torch.zeros(0, dtype=torch.int64)
    total = world["them"].total
    return world.with_edges("talks", Edges.from_pairs(none, none, total, total))


def check_shapes(probe: AbstractProbe, read: dict[str, Tensor], whole: dict[str, Tensor]) -> None:
    agents = next((read[name].shape[1] for name in read if AGENT in probe.quantities[name]), 0)
    assert set(read) == set(probe.quantities)
    for name, axes in probe.quantities.items():
        assert not read[name].double().isinf().any(), name
        expected = [1, *whole[name].shape[1:]]
        for place, axis in enumerate(axes, start=1):
            if axis == AGENT:
                expected[place] = agents
            elif axis == SIZE:
                expected[place] = read[name].shape[place]
        assert list(read[name].shape) == expected, name


@pytest.mark.parametrize("many", [0, 1, 2, 4])
def test_few_agents_are_measured_as_such(measured, many: int) -> None:
    probe, world = measured
    if probe.counts_the_dead:
        pytest.skip("it is shown all places")
    whole = probe.read(world)
    read = probe.read(first(world, many))
    check_shapes(probe, read, whole)
    for name, axes in probe.quantities.items():
        if AGENT in axes:
            assert read[name].shape[1 + axes.index(AGENT)] == many
        if many == 0:
            assert read[name].isnan().all(), name
        else:
            assert read[name].numel() > 0, name


def test_no_edges_are_no_reason_to_fail(measured) -> None:
    probe, world = measured
    read = probe.read(without_edges(world))
    assert not any(values.double().isinf().any() for values in read.values())


def test_in_float64_nothing_is_measured_in_less(plain) -> None:
    made = model(plain, precision="float64")
    for name, values in made.blueprint.members.probes["it"].member.read(made.world).items():
        assert values.dtype != torch.float32, name


def doubled(world: World) -> World:
    """Returns the same world with every real number in float64."""

    def wide(values: Tensor) -> Tensor:
        return values.double() if values.is_floating_point() else values

    def examples(one: Examples) -> Examples:
        return replace(one, inputs=wide(one.inputs), targets=wide(one.targets))

    populations = {
        name: replace(
            one,
            dtype=torch.float64,
            state={column: wide(values) for column, values in one.state.items()},
            weights={weight: wide(values) for weight, values in one.weights.items()},
        )
        for name, one in world.populations.items()
    }
    tasks = {
        name: TaskData(examples(data.train), examples(data.test))
        for name, data in world.examples.items()
    }
    return replace(world, populations=populations, examples=tasks)


def test_float32_loses_no_more_than_its_rounding(plain) -> None:
    made = model(plain)
    probe = made.blueprint.members.probes["it"].member
    single, double = probe.read(made.world), probe.read(doubled(made.world))
    for name, values in single.items():
        torch.testing.assert_close(
            values.double(), double[name].double(), rtol=1e-4, atol=1e-5, equal_nan=True, msg=name
        )
