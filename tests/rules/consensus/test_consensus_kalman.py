import numpy as np
import pytest
import torch

from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.rules.consensus.consensus_kalman import ConsensusKalman
from netware.scenario.yaml.load import parse
from netware.simulation.build import planned
from netware.simulation.model import NetwareModel
from netware.world import World
from tests.rules.agreeing import ACTING, after, numbers, ring, world_of


def everyone(agents: int) -> np.ndarray:
    return np.ones((agents, agents)) - np.eye(agents)


def sensors(agents: int, replicas: int = 1, matrix: np.ndarray | None = None, **columns) -> World:
    matrix = everyone(agents) if matrix is None else matrix
    x = torch.zeros(agents * replicas, dtype=torch.float64)
    return world_of(x, matrix, replicas=replicas, **columns)


@pytest.mark.parametrize("agents", [1, 3, 10])
def test_the_variance_before_measuring_goes_to_its_closed_form(agents):
    """(1 + sqrt(1 + 4 / n)) / 2 for A = process = R = 1 (science.md, L)."""
    rule = ConsensusKalman("people", "talks", updates=1, gain=1 / agents)
    world = after(sensors(agents), rule, 60)
    before = world["people"]["agree.covariance"][:, 0, 0] + 1
    assert (before - (1 + np.sqrt(1 + 4 / agents)) / 2).abs().max() < 1e-10


def variances(world: World) -> np.ndarray:
    """Returns each agent's variance before measuring, for A = process = 1."""
    return world["people"]["agree.covariance"][:, 0, 0].numpy() + 1


def closed_form(n: np.ndarray | int) -> np.ndarray:
    """Returns the variance to which n sensors come together (science.md, L)."""
    return (1 + np.sqrt(1 + 4 / np.asarray(n))) / 2


@pytest.mark.parametrize(
    ("matrix", "known"),
    [
        (np.zeros((4, 4)), 1.6180),
        (np.kron(np.eye(2), everyone(2)), 1.3660),
        (ring(4), 1.2071),
    ],
    ids=["nobody", "two pairs", "all four"],
)
def test_an_agent_counts_those_it_can_hear_alone(matrix, known):
    rule = ConsensusKalman("people", "talks", updates=60, gain=0.25)
    found = variances(after(sensors(4, 3, matrix), rule, 60))
    assert np.abs(found - known).max() < 5e-5


def apart(seed: int, agents: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns complete groups of agents in any order, and the size of each agent's group."""
    group = np.random.default_rng(seed).integers(0, 4, agents)
    same = group[:, None] == group
    return (same & ~np.eye(agents, dtype=bool)).astype(float), same.sum(1)


@pytest.mark.parametrize("seed", range(5))
def test_every_component_has_the_variance_of_its_own_size(seed):
    matrix, sizes = apart(seed, 11)
    rule = ConsensusKalman("people", "talks", updates=200, gain=1 / 11)
    found = variances(after(sensors(11, 2, matrix), rule, 60)).reshape(2, 11)
    assert np.abs(found - closed_form(sizes)).max() < 1e-9


def test_replicas_with_other_edges_have_components_of_their_own():
    """Replica 0 is a ring of three and one alone, replica 1 a pair and two alone."""
    source = torch.tensor([0, 1, 2, 1, 2, 0, 4, 5])
    target = torch.tensor([1, 2, 0, 0, 1, 2, 5, 4])
    world = sensors(4, 2).with_edges("talks", Edges.from_pairs(source, target, 8, 8))
    rule = ConsensusKalman("people", "talks", updates=60, gain=0.25)
    found = variances(after(world, rule, 60))
    assert np.abs(found - closed_form(np.array([3, 3, 3, 1, 2, 2, 1, 1]))).max() < 1e-9


DYING = """
netware: 1
name: dying_sensors
seed: 1
steps: 60
replicas: 2
precision: float64
populations:
  people: {agents: 6, state: {age: [9, 9, 0, 9, 9, 9]}}
relations:
  talks: {type: association, between: [people, people], topology: {type: path}}
rules:
  end: {type: death, on: people, of: age, below: 1, at: 30}
  agree: {type: consensus_kalman, on: people, over: talks, updates: 500, gain: 0.25}
"""


def test_the_dead_are_counted_no_longer():
    """On a path of six the third dies: two and three are left, who hear each other alone."""
    made = NetwareModel(planned(parse(DYING, "dying.yaml")), collect=0)
    for _ in range(30):
        made.step()
    assert np.abs(variances(made.world) - closed_form(6)).max() < 1e-6
    for _ in range(60):
        made.step()
    found = variances(made.world).reshape(2, 6)[:, [0, 1, 3, 4, 5]]
    assert np.abs(found - closed_form(np.array([2, 2, 3, 3, 3]))).max() < 1e-6


def test_edges_by_which_others_are_heard_unequally_are_refused():
    matrix = np.array([[0.0, 1, 0], [1, 0, 0], [1, 0, 0]])
    with pytest.raises(ScenarioError) as refused:
        ConsensusKalman("people", "talks").prepare(sensors(3, matrix=matrix), ACTING)
    assert str(refused.value) == (
        "rules.agree.over: 'talks', along which agent 2 hears weights of 1 and is heard with 0\n"
        "  expected: edges that lead to the mean: of each agent as much weight in as out\n"
        "  fix: choose a topology that joins agents both ways, such as watts_strogatz, with equal "
        "weights"
    )
    circle = np.roll(np.eye(3), 1, 0)
    ConsensusKalman("people", "talks").prepare(sensors(3, matrix=circle), ACTING)


def test_errors_are_as_large_as_the_filter_says():
    """1500 replicas of 5 sensors: the squared error after measuring is the posterior variance."""
    agents, replicas = 5, 1500
    rule = ConsensusKalman("people", "talks", updates=1, gain=1 / agents)
    people = after(sensors(agents, replicas), rule, 30)["people"]
    error = (people["estimate"] - people["signal"]).view(replicas, agents)
    assert (error - error[:, :1]).abs().max() < 1e-10
    variance = float(people["agree.covariance"][0, 0, 0])
    assert float(error[:, 0].square().mean()) == pytest.approx(variance, rel=4 * np.sqrt(2 / 1500))
    alone = ConsensusKalman("people", "talks", updates=1, gain=1e-12)
    own = after(sensors(agents, replicas), alone, 30)["people"]
    worse = float((own["estimate"] - own["signal"]).square().mean())
    assert worse > 1.5 * variance


def test_a_signal_at_rest_is_the_mean_weighted_by_inverse_variances():
    variance = numbers(1, 6) + 0.1
    world = sensors(6, r=variance, signal=torch.full((6,), 3.0, dtype=torch.float64))
    rule = ConsensusKalman(
        "people", "talks", process=0.0, variance="r", prior=1e12, updates=1, gain=1 / 6
    )
    stream = ACTING.stream(world, "people", "noise")
    measured = 3.0 + stream.normal(0.0, 1.0, (1,), torch.float64)[:, 0] * variance.sqrt()
    expected = (measured / variance).sum() / (1 / variance).sum()
    found = after(world, rule)["people"]
    assert (found["estimate"][:, 0] - expected).abs().max() < 1e-8
    assert (found["agree.covariance"][:, 0, 0] - 1 / (1 / variance).sum()).abs().max() < 1e-8
    assert (found["signal"] - 3.0).abs().max() == 0


def central(rule: ConsensusKalman, agents: int, steps: int) -> np.ndarray:
    """Returns the covariance of one Kalman filter that sees all measurements, in its own words."""
    a, size = np.array(rule.dynamics), len(rule.dynamics)
    rows = np.eye(size)[np.arange(agents) % size] if rule.senses == "one" else None
    h = rows if rows is not None else np.tile(np.eye(size), (agents, 1))
    p = rule.prior * np.eye(size)
    for _ in range(steps):
        p = a @ p @ a.T + rule.process * np.eye(size)
        k = p @ h.T @ np.linalg.inv(h @ p @ h.T + rule.noise * np.eye(len(h)))
        p = p - k @ h @ p
    return p


@pytest.mark.parametrize("senses", ["all", "one"])
def test_a_signal_of_two_numbers_is_followed_as_by_one_filter_that_sees_all(senses):
    rule = ConsensusKalman(
        "people",
        "talks",
        dynamics=((1.0, 0.5), (-0.2, 0.9)),
        process=0.3,
        noise=0.7,
        senses=senses,
        prior=2.0,
        updates=400,
        gain=0.25,
    )
    world = after(sensors(6, matrix=ring(6)), rule, 7)
    expected = torch.from_numpy(central(rule, 6, 7))
    assert (world["people"]["agree.covariance"] - expected).abs().max() < 1e-9
    assert (world["people"]["estimate"].std(0)).max() < 1e-9


def test_few_rounds_leave_the_sensors_with_estimates_of_their_own():
    few = ConsensusKalman("people", "talks", updates=1, gain=0.1)
    found = after(sensors(8, matrix=ring(8)), few, 5)["people"]["estimate"]
    assert found.std() > 0.01


def test_the_signal_is_one_for_all_agents_of_a_replica():
    world = sensors(4, 3, signal=numbers(2, 12))
    found = after(world, ConsensusKalman("people", "talks", gain=0.2), 5)["people"]["signal"]
    rows = found.view(3, 4)
    assert torch.equal(rows, rows[:, :1].expand(3, 4))
    assert len(rows[:, 0].unique()) == 3


def test_dynamics_that_are_no_square_are_refused():
    with pytest.raises(ScenarioError) as refused:
        ConsensusKalman("people", "talks", dynamics=((1.0, 0.0), (1.0,)))
    assert str(refused.value) == (
        "dynamics: 2 rows of [2, 1] numbers\n"
        "  expected: as many numbers in each row as rows\n"
        "  fix: write for example 'dynamics: [[1, 1], [0, 1]]'"
    )


def test_columns_that_do_not_fit_are_refused():
    rule = ConsensusKalman("people", "talks", dynamics=((1.0, 0.0), (0.0, 1.0)))
    with pytest.raises(ShapeError) as refused:
        rule.prepare(sensors(3, signal=numbers(1, 3)), ACTING)
    assert str(refused.value) == (
        "populations.people.state.signal: shape () for each agent\n"
        "  expected: (2,), as 'dynamics' has rows\n"
        "  fix: write 'dynamics' with other rows, or leave 'signal' out"
    )
    exact = ConsensusKalman("people", "talks", variance="r")
    with pytest.raises(ScenarioError) as refused:
        exact.prepare(sensors(3, r=torch.tensor([1.0, 0.0, 1.0])), ACTING)
    assert str(refused.value) == (
        "populations.people.state.r: a variance of 0\n"
        "  expected: variances above 0\n"
        "  fix: write 'r: {uniform: [0.5, 2.0]}'"
    )
