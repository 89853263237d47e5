"""Iterations of mesa.batch_run, and seeds in Mesa's words."""

from inspect import signature

import mesa
import numpy as np
import pytest

from netware.draws import replica_seeds, seed_of
from netware.simulation.iterations import iteration
from netware.simulation.model import NetwareModel
from tests.simulation.worlds import write


CHANCE = """
netware: 1
name: chance
seed: 3
steps: 3
populations: {people: {agents: 20, state: {x: uniform}}}
probes: {gap: {type: disagreement, on: people, state: x}}
"""


@pytest.mark.parametrize("given", [7, np.int64(7)])
def test_a_whole_number_is_itself(given):
    assert seed_of(given) == 7 and seed_of(None) is None


def test_whatever_numpy_makes_a_generator_of_is_a_seed():
    expected = int(np.random.default_rng(5).integers(2**63 - 1))
    assert seed_of(np.random.default_rng(5)) == expected == seed_of(np.random.SeedSequence(5))
    assert seed_of([1, 2]) != seed_of([1, 3])


def test_a_model_made_by_hand_is_no_iteration(tmp_path):
    path = write(tmp_path, CHANCE)
    assert iteration() == 0
    assert NetwareModel(path).blueprint.seed == NetwareModel(path).blueprint.seed == 3


def gaps(path, **parameters) -> list[float]:
    rows = mesa.batch_run(
        NetwareModel,
        {"scenario": str(path), **parameters},
        iterations=3,
        max_steps=2,
        number_processes=1,
        display_progress=False,
    )
    return [row["gap.disagreement"] for row in rows]


@pytest.mark.filterwarnings("ignore:The `iterations` keyword")
def test_iterations_have_chance_of_their_own_the_same_every_time(tmp_path):
    path = write(tmp_path, CHANCE)
    found = gaps(path)
    assert len(set(found)) == 3 and found == gaps(path)
    alone = [NetwareModel(path, seed=seed) for seed in replica_seeds(3, 3)]
    expected = [float(model.plan.probe("gap").read(model.world)["disagreement"]) for model in alone]
    assert found == pytest.approx(expected)


@pytest.mark.filterwarnings("ignore:The `iterations` keyword")
def test_iterations_of_a_seed_that_is_given_have_it(tmp_path):
    if "rng" in signature(mesa.batch_run).parameters:
        pytest.skip("Mesa 3.5 puts a seed of its own in place of a parameter of that name")
    assert len(set(gaps(write(tmp_path, CHANCE), seed=[5]))) == 1


def test_no_replica_of_one_iteration_is_one_of_another(tmp_path):
    plan = NetwareModel(write(tmp_path, CHANCE), ("replicas=4",)).blueprint
    roots = [plan.iteration(number).seed for number in range(5)]
    seeds = [seed for root in roots for seed in replica_seeds(root, 4)]
    assert len(set(seeds)) == 20 and roots[0] == 3
