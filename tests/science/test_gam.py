"""GAM: games and coalitions at their published numbers."""

from fractions import Fraction
from math import exp
from typing import Literal

import numpy as np
import pytest
import torch

from netware.draws import Draws
from netware.graphs.topologies.grid import Grid
from netware.measures.coalition_games.airport import Airport
from netware.measures.coalition_games.base import AbstractCoalitionGame
from netware.measures.coalition_games.glove import Glove
from netware.measures.coalition_games.size_power import SizePower
from netware.measures.coalition_games.weighted_voting import WeightedVoting
from netware.measures.coalitions import shapley, shapley_sampled, values_of_all
from netware.population import Population
from netware.relations.association import Association
from netware.rules.base import AbstractRule, Acting
from netware.rules.games.best_response import BestResponse
from netware.rules.games.log_linear_learning import LogLinearLearning
from netware.rules.games.merge_and_split import MergeAndSplit
from netware.rules.games.minority_game import MinorityGame
from netware.rules.games.replicator import Replicator
from netware.rules.games.spatial_dilemma import SpatialDilemma
from netware.world import World
from tests.relations.scenes import scene
from tests.rules.games.players import played, players, strategies


ROCK_PAPER_SCISSORS = ((0.0, -1.0, 1.0), (1.0, 0.0, -1.0), (-1.0, 1.0, 0.0))


def grown(x: list[list[float]], rule: Replicator, dt: float, steps: int) -> torch.Tensor:
    people = Population("people", len(x), dtype=torch.float64)
    people = people.with_state({"strategy": torch.tensor(x, dtype=torch.float64)})
    world = World(Draws.of(1), {"people": people}, dt=dt)
    return played(world, rule, steps)["people"]["strategy"]


@pytest.mark.t0
def test_gam_1_hawks_and_doves_settle_at_value_over_cost() -> None:
    assert grown([[0.05, 0.95]], Replicator("people"), 0.05, 1000)[0, 0] == pytest.approx(
        0.5, abs=1e-4
    )
    chance = np.random.default_rng(11)
    for value, cost in chance.uniform(0.5, 1.0, (5, 2)) * [[2.0, 8.0]]:
        game = (((value - cost) / 2, value), (0.0, value / 2))
        end = grown([[0.05, 0.95], [0.9, 0.1]], Replicator("people", game), 0.05, 4000)[:, 0]
        assert end.tolist() == pytest.approx([min(1.0, value / cost)] * 2, abs=1e-4)
    # Control: without a cost of fighting above the value, hawks take all.
    assert grown([[0.05, 0.95]], Replicator("people", ((0.5, 2.0), (0.0, 1.0))), 0.05, 2000)[
        0, 0
    ] == pytest.approx(1.0, abs=1e-4)


@pytest.mark.t0
def test_gam_1_rock_paper_scissors_keeps_the_product_and_euler_drifts_outwards() -> None:
    start = [[0.1, 0.3, 0.6], [0.5, 0.2, 0.3]]
    product = torch.tensor(start, dtype=torch.float64).prod(1)
    rk4 = grown(start, Replicator("people", ROCK_PAPER_SCISSORS), 0.01, 5000)
    assert (rk4.prod(1) - product).abs().max() < 1e-8
    assert (rk4 - torch.tensor(start)).abs().max() > 1e-3
    euler = grown(start, Replicator("people", ROCK_PAPER_SCISSORS, method="euler"), 0.01, 5000)
    assert (euler.prod(1) < product - 1e-4).all()


@pytest.mark.t0
def test_gam_1_near_the_centre_shares_turn_with_frequency_one_over_root_three() -> None:
    small, quarter = 1e-5, np.pi / 2 * np.sqrt(3)
    start = [[1 / 3 + small, 1 / 3 - small, 1 / 3]]
    steps = 400
    x = grown(start, Replicator("people", ROCK_PAPER_SCISSORS), quarter / steps, steps)[0] - 1 / 3
    before = torch.tensor(start[0], dtype=torch.float64) - 1 / 3
    # A quarter turn: at right angles to where it began, as far from the centre.
    assert float(x @ before) / small**2 == pytest.approx(0.0, abs=1e-3)
    assert float(x.norm() / before.norm()) == pytest.approx(1.0, abs=1e-3)


def lone_defector(side: int, b: float) -> World:
    people = Population("people", side**2)
    draws = Draws.of(1)
    near = Association(("people", "people"), Grid(neighbors="moore"))
    edges = near.connect(*scene("near", {"people": people}, None, draws))
    world = World(draws, {"people": people}, edges={"near": edges})
    return SpatialDilemma("people", "near", b, start="lone_defector").prepare(world, Acting("play"))


def counts(b: float, steps: int) -> tuple[list[int], torch.Tensor]:
    world, rule = lone_defector(99, b), SpatialDilemma("people", "near", b)
    found = [int(strategies(world).sum())]
    for _ in range(steps):
        world = rule.apply(world, Acting("play"))
        found.append(int(strategies(world).sum()))
    return found, strategies(world)


PUBLISHED = [1, 9, 25, 41, 81, 81, 109, 185, 289, 257, 253, 297, 325]


@pytest.mark.t0
def test_gam_2_a_single_defector_grows_the_published_kaleidoscope() -> None:
    found, last = counts(1.85, 40)
    assert found[:13] == PUBLISHED
    again, same = counts(1.95, 40)
    assert found == again and torch.equal(last, same)
    # The pattern keeps the four-fold symmetry of the grid.
    square = last.view(99, 99)
    assert torch.equal(square, square.rot90()) and torch.equal(square, square.T)
    # Control: below the interval the same entry point gives another history.
    assert counts(1.7, 12)[0] != PUBLISHED


def volatility(
    memory: int, decides: Literal["best", "coin"], steps: int, burn: int, seed: int
) -> torch.Tensor:
    world = World(Draws.of(seed, 4), {"people": Population("people", 101, 4)})
    rule = MinorityGame("people", memory, decides=decides)
    world = rule.prepare(world, Acting("play"))
    attendance = []
    for step in range(steps):
        world = rule.apply(world, Acting("play")).advanced()
        if step >= burn:
            attendance.append(world.per_replica(world["people"]["choice"]).sum(1).double())
    return torch.stack(attendance).var(0, unbiased=False) / 101


@pytest.mark.t1
@pytest.mark.parametrize(
    ("memory", "low", "high", "steps"), [(2, 2.5, 20.0, 1500), (6, 0.17, 0.36, 4000)]
)
def test_gam_4_agents_herd_with_short_memories_and_coordinate_at_six(memory, low, high, steps):
    found = volatility(memory, "best", steps, steps // 3, 21)
    assert low < found.mean() < high
    coins = volatility(memory, "coin", 2000, 0, 22)
    assert coins.mean() == pytest.approx(1.0, abs=0.05)


@pytest.mark.t1
def test_gam_4_with_long_memories_agents_are_nearly_as_good_as_coins() -> None:
    assert 0.78 < volatility(10, "best", 12_000, 4000, 23).mean() < 0.97


def value_of(game: AbstractCoalitionGame, worth: list[float]) -> list[float]:
    return shapley(values_of_all(game, torch.tensor([worth], dtype=torch.float64)))[0].tolist()


@pytest.mark.t0
@pytest.mark.parametrize(
    ("game", "worth", "expected"),
    [
        (Glove(), [-1, -1, 1], "1/6 1/6 2/3"),
        (WeightedVoting(quota=51.0), [50, 49, 1], "2/3 1/6 1/6"),
        (WeightedVoting(quota=6.0), [4, 3, 2, 1], "5/12 1/4 1/4 1/12"),
        (Airport(), [1, 2, 3], "1/3 5/6 11/6"),
    ],
)
def test_gam_5_shapley_values_are_the_exact_fractions(game, worth, expected) -> None:
    fractions = [float(Fraction(one)) for one in expected.split()]
    assert value_of(game, worth) == pytest.approx(fractions, abs=1e-12)


@pytest.mark.t0
@pytest.mark.parametrize("agents", [2, 3, 4, 5, 6])
def test_gam_5_efficiency_symmetry_null_player_and_the_core(agents) -> None:
    chance = torch.Generator().manual_seed(agents)
    values = torch.rand(4, 2**agents, dtype=torch.float64, generator=chance)
    values[:, 0] = 0
    assert (shapley(values).sum(1) - values[:, -1]).abs().max() < 1e-12
    numbers = torch.arange(2**agents)
    swapped = numbers & ~3 | (numbers & 1) << 1 | (numbers & 2) >> 1
    alike = shapley((values + values[:, swapped]) / 2)
    assert (alike[:, 0] - alike[:, 1]).abs().max() < 1e-12
    null = shapley(values[:, numbers & ~1])
    assert null[:, 0].abs().max() < 1e-12 and (null[:, 1:].abs() > 1e-6).any()
    # v(S) = w(S)^2 is convex: no coalition gets less than it could make alone.
    worth = torch.rand(agents, dtype=torch.float64, generator=chance)
    members = (numbers[:, None] >> torch.arange(agents) & 1).double()
    convex = (members @ worth) ** 2
    got = members @ shapley(convex[None])[0]
    assert (got >= convex - 1e-12).all()
    # Control: all for the first agent is as efficient, and not in the core.
    assert not (members[:, 0] * convex[-1] >= convex - 1e-12).all()


@pytest.mark.t0
def test_gam_5_sampled_values_are_within_three_standard_errors() -> None:
    chance = torch.Generator().manual_seed(5)
    worth = (torch.rand(6, 6, dtype=torch.float64, generator=chance) * 10).ceil()
    unit = torch.rand(6, 6, 4000, dtype=torch.float64, generator=chance)
    game = WeightedVoting(quota=16.0)
    exact = shapley(values_of_all(game, worth))
    mean, error = shapley_sampled(game, worth, unit)
    within = ((mean - exact).abs() <= 3 * error + 1e-12).double().mean()
    assert within >= 0.94  # 36 values, of which 0.3 % may lie outside
    assert (mean.sum(1) - exact.sum(1)).abs().max() < 1e-9


@pytest.mark.t0
@pytest.mark.parametrize("seed", range(4))
def test_gam_5_squares_of_sizes_join_all_and_their_negatives_part_all(seed) -> None:
    chance = np.random.default_rng(seed)
    agents = int(chance.integers(3, 9))
    labels = torch.from_numpy(chance.integers(0, agents, agents))
    for scale, expected in ((1.0, 1), (-1.0, agents)):
        world = players([], agents, seed=seed).with_state("people", coalition=labels)
        rule = MergeAndSplit("people", SizePower(power=2.0, scale=scale))
        world = played(world, rule, 2 * agents)
        assert len(world["people"]["coalition"].unique()) == expected
        assert torch.equal(
            played(world, rule, 3)["people"]["coalition"], world["people"]["coalition"]
        )


def potential_law(temperature: float) -> torch.Tensor:
    """The law of (0,0), (0,1), (1,0), (1,1) under phi = 2, 0, 0, 1."""
    weight = torch.tensor([exp(phi / temperature) for phi in (2.0, 0.0, 0.0, 1.0)])
    return weight / weight.sum()


def law(rule: AbstractRule, replicas: int, burn: int, steps: int) -> torch.Tensor:
    world = played(players([(0, 1)], 2, replicas=replicas, seed=17), rule, burn)
    found = torch.zeros(4, dtype=torch.int64)
    for _ in range(steps):
        world = played(world, rule, 1)
        pair = world.per_replica(strategies(world))
        found += torch.bincount(2 * pair[:, 0] + pair[:, 1], minlength=4)
    return found / found.sum()


GAME = ((2.0, 0.0), (0.0, 1.0))


@pytest.mark.t1
@pytest.mark.parametrize("temperature", [0.5, 1.0])
def test_gam_7_one_at_a_time_the_law_is_the_exponential_of_the_potential(temperature) -> None:
    rule = LogLinearLearning("people", "near", GAME, temperature)
    expected = potential_law(temperature)
    assert (law(rule, 400, 300, 500) - expected).abs().max() < 0.01
    if temperature == 0.5:
        published = torch.tensor([0.853267, 0.015628, 0.015628, 0.115477])
        assert (expected - published).abs().max() < 1e-6


@pytest.mark.t1
def test_gam_7_all_at_once_the_law_is_another() -> None:
    """Each draws from what the other played: the chain of a pair is two chains crossed."""
    rule = LogLinearLearning("people", "near", GAME, 0.5, revision="all")
    found = law(rule, 400, 300, 500)
    assert (found - potential_law(0.5)).abs().max() > 0.05
    after_0, after_1 = 1 / (1 + exp(-2 / 0.5)), 1 / (1 + exp(1 / 0.5))
    chain = torch.zeros(4, 4, dtype=torch.float64)
    for state in range(4):
        p = [after_1 if state & 1 else after_0, after_1 if state & 2 else after_0]
        for other in range(4):
            one, two = other >> 1, other & 1
            chain[state, other] = (p[0], 1 - p[0])[one] * (p[1], 1 - p[1])[two]
    exact = torch.linalg.matrix_power(chain, 10_000)[0]
    assert (found - exact).abs().max() < 0.01


@pytest.mark.t1
def test_gam_7_best_responses_end_in_a_pure_equilibrium() -> None:
    chance = np.random.default_rng(3)
    a = chance.normal(size=(4, 4))
    game = tuple(tuple(map(float, row)) for row in a + a.T)
    links = [(i, j) for i in range(10) for j in range(i) if chance.random() < 0.4]
    world = played(
        players(links, 10, many=4, replicas=8), BestResponse("people", "near", game), 800
    )
    play = world.per_replica(world["people"]["strategy"])
    adjacency = torch.zeros(10, 10, dtype=torch.float64)
    for i, j in links:
        adjacency[i, j] = adjacency[j, i] = 1
    earned = adjacency @ play @ torch.tensor(game, dtype=torch.float64).T
    assert ((earned * play).sum(2) >= earned.amax(2) - 1e-9).all()
