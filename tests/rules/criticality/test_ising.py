"""Ising: chances of both updates, sublattices in turn, temperatures, and what is refused."""

import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.criticality.ising import Ising
from netware.world import World


ACTING = Acting("flip")


def ring(agents: int = 6, replicas: int = 1, state=None, seed: int = 1) -> World:
    place = torch.arange(agents * replicas).view(replicas, agents)
    source = torch.cat([place.roll(1, 1).flatten(), place.roll(-1, 1).flatten()])
    edges = Edges.from_pairs(
        source, place.flatten().repeat(2), agents * replicas, agents * replicas
    )
    spins = Population("spins", agents, replicas, state=state or {})
    return World(Draws.of(seed, replicas), {"spins": spins}, edges={"near": edges})


def test_spins_begin_as_they_are_asked_to():
    random = Ising("spins", "near").prepare(ring(1000), ACTING)["spins"]["spin"]
    assert set(random.tolist()) == {-1.0, 1.0} and abs(float(random.mean())) < 0.1
    assert bool(
        (Ising("spins", "near", start="up").prepare(ring(), ACTING)["spins"]["spin"] == 1).all()
    )
    given = {"spin": torch.tensor([0.3, -2.0, 1.0, 0.0, -1.0, 5.0])}
    kept = Ising("spins", "near").prepare(ring(state=given), ACTING)["spins"]["spin"]
    assert kept[[0, 1, 2, 4, 5]].tolist() == [1, -1, 1, -1, 1] and abs(float(kept[3])) == 1


@pytest.mark.parametrize("update", ["heat_bath", "metropolis"])
def test_a_spin_turns_with_the_chance_of_its_field(update):
    rule = Ising("spins", "near", 1.7, 0.6, 0.2, update)
    chance = torch.arange(10_000) / 10_000
    for own in (-1.0, 1.0):
        for near in (-2.0, 0.0, 2.0):
            spins = torch.full_like(chance, own)
            up = float(
                (rule.turned(spins, torch.full_like(chance, near), chance, 1.7) > 0).float().mean()
            )
            twice = torch.tensor(2 * (0.6 * near + 0.2) / 1.7)
            flip = float((-own * twice).exp().clamp(max=1))
            metropolis = flip if own < 0 else 1 - flip
            expected = float(twice.sigmoid()) if update == "heat_bath" else metropolis
            assert up == pytest.approx(expected, abs=2e-4)


def test_black_squares_see_what_white_ones_have_become():
    """At T near 0 even spins first copy their neighbours, which are all up; then odd ones stay."""
    given = {"spin": torch.tensor([-1.0, 1.0] * 3)}
    rule = Ising("spins", "near", 1e-3)
    world = rule.apply(rule.prepare(ring(state=given), ACTING), ACTING)
    assert bool((world["spins"]["spin"] == 1).all())
    opposed = Ising("spins", "near", 1e-3, coupling=-1.0)
    world = opposed.apply(opposed.prepare(ring(state=given), ACTING), ACTING)
    assert world["spins"]["spin"].tolist() == [-1.0, 1.0] * 3


def test_one_by_one_only_who_acts_turns():
    rule = Ising("spins", "near", 1e-3)
    world = rule.prepare(ring(state={"spin": torch.tensor([-1.0, 1.0] * 3)}), ACTING)
    world = rule.apply(world, Acting("flip", torch.tensor([2])))
    assert world["spins"]["spin"].tolist() == [-1, 1, 1, 1, -1, 1]
    warm = Ising("spins", "near", 2.0).apply(world, Acting("flip", torch.tensor([3])))
    assert warm["spins"]["temperature"].tolist() == [1e-3, 1e-3, 1e-3, 2.0, 1e-3, 1e-3]


def test_what_cannot_be_is_refused():
    with pytest.raises(ShapeError, match=r"'spin' of shape \(2,\) for each agent"):
        Ising("spins", "near").prepare(ring(state={"spin": torch.ones(6, 2)}), ACTING)
    loop = Edges.from_pairs(torch.tensor([0]), torch.tensor([0]), 6, 6)
    with pytest.raises(ScenarioError, match="'near', which joins agents with themselves"):
        Ising("spins", "near").prepare(ring().with_edges("near", loop), ACTING)
