"""What a rule promises that acts for some agents alone, tried on every such rule there is."""

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware import catalog
from netware.relations.edges import Edges
from netware.rules.base import ALL_AT_ONCE, IN_PAIRS, ONE_BY_ONE, AbstractRule, Activation, Turn
from netware.simulation.pairs import in_pairs, partners
from netware.simulation.rounds import in_turn, one_by_one
from netware.simulation.state import state_out
from netware.world import World
from tests.contracts.beds import AGENTS, bed_of, model


RULES = {name: catalog.find("rules", name) for name in catalog.names("rules")}
TURN = Turn("it")
ALONE = [name for name, cls in RULES.items() if cls.activations >= ONE_BY_ONE]
PAIRED = [name for name, cls in RULES.items() if cls.activations >= IN_PAIRS]
ORDERS: tuple[Activation, ...] = ("sequential", "shuffled")


@cache
def tried(name: str) -> tuple[World, AbstractRule]:
    """Returns the world of the bed that takes a rule, a step on, and the rule along `talks`."""
    made = model(bed_of("rules", name))
    made.step()
    rule = made.blueprint.members.rules["it"].member
    if any(field.name == "over" for field in fields(rule)):
        rule = replace(rule, over="talks")
    return made.world, rule


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
    known = (ALL_AT_ONCE, ONE_BY_ONE, IN_PAIRS)
    assert all(cls.activations in known for cls in RULES.values())
    assert len(ALONE) > len(PAIRED) >= 5 and "average_consensus" in PAIRED


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", ALONE)
@given(st.integers(0, 2**31), st.integers(0, 15))
def test_rounds_equal_one_after_another(name: str, order: Activation, seed: int, links: int):
    world, rule = tried(name)
    world = on_graph(world, seed, links)
    together, alone = (do(world, TURN, rule, order) for do in (in_turn, one_by_one))
    assert differing(together, alone) == []


@pytest.mark.parametrize("name", ALONE)
def test_an_order_matters_to_who_hears_others_and_to_nobody_else(name: str):
    world, rule = tried(name)
    if rule.heard() is None:
        pytest.skip("acts one by one: anybody may be heard")
    worlds = [on_graph(world, seed, 12) for seed in range(20)]
    changed = [
        bool(differing(one_by_one(w, TURN, rule, "shuffled"), rule.apply(w, everybody(w, rule))))
        for w in worlds
    ]
    assert any(changed) == bool(rule.heard())


def everybody(world: World, rule: AbstractRule) -> Turn:
    return replace(TURN, active=torch.arange(world[rule.population()].total))


@pytest.mark.parametrize("name", ALONE)
@given(st.integers(0, 2**31), st.integers(0, 15))
def test_only_the_rows_of_those_who_act_change(name: str, seed: int, links: int):
    world, rule = tried(name)
    world = on_graph(world, seed, links)
    acting = np.random.default_rng(seed).permutation(12)[: 1 + seed % 11]
    after = rule.apply(world, replace(TURN, active=torch.from_numpy(acting)))
    assert after.edges == world.edges
    rest = torch.ones(12, dtype=torch.bool)
    rest[acting] = False
    before = state_out(world, world)
    for key, values in state_out(after, after).items():
        if key.startswith(f"populations/{rule.population()}/"):
            assert torch.equal(values[rest], before[key][rest]), key
        else:
            assert torch.equal(values, before[key]), key


@pytest.mark.parametrize("name", PAIRED)
@given(st.integers(0, 2**31), st.integers(0, 15))
def test_in_pairs_whoever_has_no_partner_stays_and_the_others_hear_nobody_else(
    name: str, seed: int, links: int
):
    world, rule = tried(name)
    heard = rule.heard()
    world = on_graph(world, seed, links)
    found = in_pairs(world, TURN, rule)
    if not heard:
        assert differing(found, rule.apply(world, TURN)) == []
        return
    assert found.edges["talks"] is world.edges["talks"]
    them = world[rule.population()]
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
    name = rule.population()
    changed = rule.apply(world.with_edges("talks", joined), replace(TURN, active=acting))[name]
    columns = {
        column: after[name][column].index_copy(0, acting, values[acting])
        for column, values in changed.state.items()
    }
    return after.with_state(name, **columns)
