"""What a rule promises that acts for some agents alone, tried on every such rule there is."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from netware.edges import Edges
from netware.rules.base import (
    ALL_AT_ONCE,
    ANY_ORDER,
    IN_PAIRS,
    ONE_BY_ONE,
    AbstractRule,
    Acting,
    Activation,
)
from netware.scenario.members import catalog
from netware.simulation.order.independent_sets import in_turn, one_by_one, order_of
from netware.simulation.order.pairs import in_pairs, partners
from netware.simulation.snapshot import state_out
from netware.world import World
from tests.contracts.testbeds import AGENTS, bed_of, model


RULES = {name: catalog.find("rules", name) for name in catalog.names("rules")}
ACTING = Acting("it")
ANY = [name for name, cls in RULES.items() if cls.orders is ANY_ORDER]
ALONE = [name for name, cls in RULES.items() if cls.orders >= ONE_BY_ONE and name not in ANY]
PAIRED = [name for name in ALONE if RULES[name].orders >= IN_PAIRS]
OWN = [
    *((name, {}) for name in (*ANY, "noise") if name != "death"),
    ("death", {"rate": 0.2, "of": "x", "below": 0.5}),
]
AVERAGING = ["average_consensus", "weight_consensus"]
ORDERS: tuple[Activation, ...] = ("sequential", "shuffled")


@cache
def tried(name: str, precision: str = "float32") -> tuple[World, AbstractRule]:
    """Returns the world of the bed that takes a rule, a step on, and the rule along `talks`.

    Agents who store the same patterns get weights that differ, so that averages of them tell.
    """
    made = model(bed_of("rules", name), precision=precision)
    made.step()
    rule = made.blueprint.members.rules["it"].member
    if any(field.name == "over" for field in fields(rule)):
        rule = replace(rule, over="talks")
    weights = made.world[rule.on].weights
    if name == "weight_consensus":
        chance = np.random.default_rng(7)
        noise = {key: torch.from_numpy(chance.normal(size=x.shape)) for key, x in weights.items()}
        weights = {key: x + noise[key].to(x.dtype) for key, x in weights.items()}
    return made.world.with_weights(rule.on, weights), rule


def on_graph(world: World, seed: int, links: int, weighted: bool = True) -> World:
    """Returns the world whose relation joins other agents, some both ways, some one way."""
    chance = np.random.default_rng(seed)
    one, other = chance.integers(0, AGENTS, (2, links))
    pairs = np.unique(np.stack([one, other], 1)[one != other], axis=0)
    both = np.concatenate([pairs, pairs + AGENTS])
    source, target = torch.from_numpy(both).T
    weight = torch.from_numpy(chance.uniform(0.1, 1, len(both))) if weighted else None
    return world.with_edges("talks", Edges.from_pairs(source, target, 12, 12, weight))


def differing(one: World, other: World) -> list[str]:
    """Names the columns and weights that are not the same bit by bit."""
    first, second = state_out(one, one), state_out(other, other)
    assert first.keys() == second.keys()
    return [name for name in first if not torch.equal(first[name], second[name])]


def test_activations_are_sets_that_the_schedule_knows():
    known = (ALL_AT_ONCE, ONE_BY_ONE, IN_PAIRS, ANY_ORDER)
    assert all(any(cls.orders is one for one in known) for cls in RULES.values())
    assert len(ALONE) > len(PAIRED) >= 6 and {*AVERAGING} <= {*PAIRED}


@pytest.mark.parametrize(("name", "changes"), OWN)
@given(st.integers(0, 11))
def test_who_reads_its_own_alone_becomes_the_same_whatever_others_are(
    name: str, changes: dict, other: int
):
    world, rule = tried(name)
    assert is_dataclass(rule)
    rule = replace(rule, **changes)
    assert rule.read_along() == () and rule.honours(world, ACTING) >= IN_PAIRS
    one = rule.apply(world, ACTING)
    two = rule.apply(otherwise(world, rule, other), ACTING)
    assert differing(world, one), "it does something"
    after, rest = state_out(two, two), torch.arange(12) != other
    for key, values in state_out(one, one).items():
        assert torch.equal(values[rest], after[key][rest]), key


def otherwise(world: World, rule: AbstractRule, other: int) -> World:
    """Returns the world in which one agent has other numbers; learners count updates together."""
    name, chosen = rule.on, torch.arange(12) == other
    them = world[name]

    def changed(columns: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {
            key: x + 0.25 * chosen.view(-1, *[1] * (x.dim() - 1))
            for key, x in columns.items()
            if x.is_floating_point() and key != "it.updates"
        }

    return world.with_population(
        them.with_state(changed(them.state)).with_weights(changed(them.weights))
    )


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", ALONE)
@given(st.integers(0, 2**31), st.integers(0, 15))
def test_rounds_equal_one_after_another(name: str, order: Activation, seed: int, links: int):
    world, rule = tried(name)
    world = on_graph(world, seed, links)
    together, alone = (do(world, ACTING, rule, order) for do in (in_turn, one_by_one))
    assert differing(together, alone) == []


@pytest.mark.parametrize("order", [*ORDERS, "pairs"])
@pytest.mark.parametrize("name", AVERAGING)
@given(st.integers(0, 2**31), st.integers(0, 15))
def test_averages_of_states_and_weights_equal_a_plain_loop(
    name: str, order: Activation, seed: int, links: int
):
    world, rule = tried(name, "float64")
    world = on_graph(world, seed, links)
    edges, them = world.edges["talks"], world[rule.on]
    a = np.zeros((12, 12))
    a[edges.target, edges.source] = edges.weights(torch.float64)
    if order == "pairs":
        partner = partners(world, "talks", them).numpy()
        a *= partner[:, None] == np.arange(12)
        found, turns = in_pairs(world, ACTING, rule), []
    else:
        found, turns = in_turn(world, ACTING, rule, order), order_of(world, ACTING, them, order)
        turns = turns.flatten().tolist()
    column = "weights" if name == "weight_consensus" else rule.state
    for key, values in them.held(column).items():
        x = values.numpy().reshape(12, -1).copy()
        if order == "pairs":
            x += rule.gain * (a @ x - a.sum(1)[:, None] * x)
        for i in turns:
            x[i] += rule.gain * sum(a[i, j] * (x[j] - x[i]) for j in range(12))
        after = found[rule.on].held(column)[key].numpy().reshape(12, -1)
        assert np.abs(after - x).max() < 1e-12


@pytest.mark.parametrize("name", ALONE)
def test_an_order_matters_to_who_hears_others_and_to_nobody_else(name: str):
    world, rule = tried(name)
    if rule.read_along() is None:
        pytest.skip("acts one by one: anybody may be heard")
    worlds = [on_graph(world, seed, 12) for seed in range(20)]
    changed = [
        bool(differing(one_by_one(w, ACTING, rule, "shuffled"), rule.apply(w, everybody(w, rule))))
        for w in worlds
    ]
    assert any(changed) == bool(rule.read_along())


def everybody(world: World, rule: AbstractRule) -> Acting:
    return replace(ACTING, agents=torch.arange(world[rule.on].total))


@pytest.mark.parametrize("name", ALONE)
@given(st.integers(0, 2**31), st.integers(0, 15))
def test_only_the_rows_of_those_who_act_change(name: str, seed: int, links: int):
    world, rule = tried(name)
    world = on_graph(world, seed, links)
    acting = np.random.default_rng(seed).permutation(12)[: 1 + seed % 11]
    after = rule.apply(world, replace(ACTING, agents=torch.from_numpy(acting)))
    assert after.edges == world.edges
    rest = torch.ones(12, dtype=torch.bool)
    rest[acting] = False
    before = state_out(world, world)
    for key, values in state_out(after, after).items():
        if key.startswith(f"populations/{rule.on}/"):
            assert torch.equal(values[rest], before[key][rest]), key
        else:
            assert torch.equal(values, before[key]), key


@pytest.mark.parametrize("name", PAIRED)
@given(st.integers(0, 2**31), st.integers(0, 15))
def test_in_pairs_whoever_has_no_partner_stays_and_the_others_hear_nobody_else(
    name: str, seed: int, links: int
):
    world, rule = tried(name)
    heard = rule.read_along()
    world = on_graph(world, seed, links)
    found = in_pairs(world, ACTING, rule)
    if not heard:
        assert differing(found, rule.apply(world, ACTING)) == []
        return
    assert found.edges["talks"] is world.edges["talks"]
    them = world[rule.on]
    partner = partners(world, "talks", them)
    expected = world
    for one, other in enumerate(partner.tolist()):
        if one < other:
            expected = met(world, expected, rule, one, other)
    assert differing(found, expected) == []


def met(world: World, after: World, rule: AbstractRule, one: int, other: int) -> World:
    """Returns `after` with what two agents become who are joined with each other alone."""
    edges = world.edges["talks"]
    ends = {one, other}
    own = [
        k
        for k, pair in enumerate(zip(edges.source.tolist(), edges.target.tolist(), strict=True))
        if set(pair) == ends
    ]
    weight = edges.weights(torch.float64)[own]
    joined = Edges.from_pairs(edges.source[own], edges.target[own], 12, 12, weight)
    acting = torch.tensor([one, other])
    name = rule.on
    changed = rule.apply(world.with_edges("talks", joined), replace(ACTING, agents=acting))[name]

    def of_two(before: Mapping[str, Tensor], now: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {key: x.index_copy(0, acting, now[key][acting]) for key, x in before.items()}

    them = after[name]
    them = them.with_state(of_two(them.state, changed.state))
    return after.with_population(them.with_weights(of_two(them.weights, changed.weights)))
