import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.probes.consensus.disagreement import Disagreement
from netware.rules.base import Activation
from netware.rules.consensus.weight_consensus import WeightConsensus
from netware.scenario.yaml.load import parse
from netware.simulation.build import planned
from netware.simulation.model import NetwareModel
from netware.simulation.order.independent_sets import in_turn, order_of
from netware.simulation.order.pairs import in_pairs, partners
from netware.world import World
from tests.rules.agreeing import ACTING, after, edges_of, laplacian, numbers, ring, world_of


MODEL = Multilayer(3, 2, (4,))


def nets(agents: int = 6, replicas: int = 1, matrix: np.ndarray | None = None) -> World:
    stream = Draws.of(1, replicas).stream(Purpose.WEIGHTS, "people", agents)
    weights = MODEL.init(stream, torch.float64)
    people = Population("people", agents, replicas, MODEL, weights, dtype=torch.float64)
    edges = {"talks": edges_of(ring(agents) if matrix is None else matrix, replicas)}
    return World(Draws.of(1, replicas), {"people": people}, edges=edges)


def flat(world: World) -> torch.Tensor:
    return torch.cat([weight.flatten(1) for weight in world["people"].weights.values()], 1)


def test_all_weights_take_one_step_of_consensus():
    world = nets()
    found = after(world, WeightConsensus("people", "talks", gain=0.15))
    expected = flat(world) - 0.15 * torch.from_numpy(laplacian(ring(6))) @ flat(world)
    assert (flat(found) - expected).abs().max() < 1e-14
    assert {name: w.shape for name, w in found["people"].weights.items()} == {
        name: w.shape for name, w in world["people"].weights.items()
    }


def test_networks_become_one_at_the_mean_of_their_weights_replica_by_replica():
    world = nets(6, 2)
    found = after(world, WeightConsensus("people", "talks", gain=0.3), 300)
    means = flat(world).view(2, 6, -1).mean(1, keepdim=True)
    assert (flat(found).view(2, 6, -1) - means).abs().max() < 1e-12
    assert (means[0] - means[1]).abs().max() > 0.1


def joined(seed: int, agents: int, links: int) -> np.ndarray:
    """Returns weights of random edges, most of them in one direction alone."""
    chance = np.random.default_rng(seed)
    one, other = chance.integers(0, agents, (2, links))
    matrix = np.zeros((agents, agents))
    matrix[one[one != other], other[one != other]] = chance.uniform(0.1, 1, (one != other).sum())
    return matrix


graphs = given(st.integers(0, 2**31), st.integers(2, 9), st.integers(0, 25), st.integers(1, 3))


@pytest.mark.parametrize("order", ["sequential", "shuffled"])
@graphs
def test_in_turn_each_agent_averages_what_those_before_it_have_become(
    order: Activation, seed: int, agents: int, links: int, replicas: int
):
    matrix = joined(seed, agents, links)
    world, rule = nets(agents, replicas, matrix), WeightConsensus("people", "talks", gain=0.3)
    w = flat(world).numpy().reshape(replicas, agents, -1).copy()
    turns = order_of(world, ACTING, world["people"], order) % agents
    for own, turn in zip(w, turns.tolist(), strict=True):
        for i in turn:
            own[i] += 0.3 * sum(matrix[i, j] * (own[j] - own[i]) for j in range(agents))
    found = flat(in_turn(world, ACTING, rule, order)).numpy().reshape(w.shape)
    assert np.abs(found - w).max() < 1e-13


@graphs
def test_in_pairs_agents_average_with_their_partner_alone(
    seed: int, agents: int, links: int, replicas: int
):
    matrix = joined(seed, agents, links)
    world, rule = nets(agents, replicas, matrix), WeightConsensus("people", "talks", gain=0.3)
    w = flat(world).numpy().reshape(replicas, agents, -1)
    pairs = partners(world, "talks", world["people"]).numpy().reshape(replicas, agents) % agents
    expected = w.copy()
    for own, before, partner in zip(expected, w, pairs, strict=True):
        for i, j in enumerate(partner):
            own[i] += 0.3 * matrix[i, j] * (before[j] - before[i])
    found = flat(in_pairs(world, ACTING, rule)).numpy().reshape(w.shape)
    assert np.abs(found - expected).max() < 1e-13


NINE = """
netware: 1
name: nine
seed: 88
steps: 30
precision: float64
populations:
  people: {agents: 9, model: {type: multilayer, inputs: 3, outputs: 2}}
relations:
  talks: {type: association, between: [people, people], topology: {type: complete}}
rules:
  agree: {type: weight_consensus, on: people, over: talks, gain: 0.1}
"""


@pytest.mark.parametrize("order", ["synchronous", "sequential", "shuffled", "pairs"])
def test_a_scenario_gives_the_weights_of_its_activation_and_of_no_other(order: str):
    made = NetwareModel(planned(parse(f"{NINE}activation: {order}", "nine.yaml")), collect=0)
    world, rule = made.world, WeightConsensus("people", "talks", gain=0.1)
    expected = {
        "synchronous": flat(rule.apply(world, ACTING)),
        "sequential": flat(in_turn(world, ACTING, rule, "sequential")),
        "shuffled": flat(in_turn(world, ACTING, rule, "shuffled")),
        "pairs": flat(in_pairs(world, ACTING, rule)),
    }
    made.step()
    same = [name for name, w in expected.items() if torch.equal(flat(made.world), w)]
    assert same == [order]


def test_disagreement_can_be_measured_on_weights():
    world = nets()
    read = Disagreement("people", "weights").read
    w = flat(world)
    expected = (w - w.mean(0)).square().sum(1).mean().sqrt()
    assert float(read(world)["disagreement"]) == pytest.approx(float(expected))
    later = after(world, WeightConsensus("people", "talks", gain=0.3), 300)
    assert float(read(later)["disagreement"]) < 1e-12


def test_agents_without_weights_are_refused():
    with pytest.raises(ScenarioError) as refused:
        WeightConsensus("people", "talks").prepare(world_of(numbers(1, 4), ring(4)), ACTING)
    assert str(refused.value) == (
        "rules.agree.on: 'people', whose agents have no weights\n"
        "  expected: agents with a network\n"
        "  fix: write 'model: {type: multilayer, ...}' under populations.people"
    )
