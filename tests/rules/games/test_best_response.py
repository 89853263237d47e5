from dataclasses import replace

import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.population import ALIVE
from netware.rules.base import Acting
from netware.rules.games.best_response import BestResponse
from tests.rules.games.players import played, players, square_grid, strategies
from tests.simulation.worlds import model


COORDINATION = ((2.0, 0.0), (0.0, 1.0))


def test_the_one_who_revises_takes_what_earns_most():
    # Agent 0 meets 1, 2, 3, who play 0, 1, 1: strategy 0 earns 2, strategy 1 earns 2; a tie.
    links = [(0, 1), (0, 2), (0, 3)]
    rule = BestResponse("people", "near", COORDINATION)
    for own in (0, 1):
        world = rule.prepare(players(links, 4, [own, 0, 1, 1]), Acting("revise"))
        after = rule.apply(world, Acting("revise", torch.tensor([0])))
        assert strategies(after).tolist() == [own, 0, 1, 1]
        assert after["people"]["payoff"].tolist() == [2.0, 0.0, 0.0, 0.0]
    world = rule.prepare(players(links, 4, [0, 1, 1, 1]), Acting("revise"))
    assert strategies(rule.apply(world, Acting("revise", torch.tensor([0]))))[0] == 1


def test_a_tie_among_others_goes_to_the_first():
    payoff = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0))
    world = played(players([(0, 1)], 2, [0, 0], 3), BestResponse("people", "near", payoff), 20)
    assert strategies(world).tolist() == [1, 1]


def test_all_at_once_two_go_round_and_one_by_one_they_agree():
    pair = players([(0, 1)], 2, [0, 1])
    same = BestResponse("people", "near", ((1.0, 0.0), (0.0, 1.0)), revision="all")
    assert strategies(played(pair, same, 7)).tolist() == [1, 0]
    one = strategies(played(pair, replace(same, revision="one"), 7))
    assert one[0] == one[1]


def test_the_potential_rises_until_nobody_would_change():
    rule = BestResponse("people", "near", COORDINATION)
    links = square_grid(6, wrap=False)
    world = played(players(links, 36, replicas=4), rule, 0)
    one, other = torch.tensor(links).T

    def potential(world) -> torch.Tensor:
        play = world.per_replica(strategies(world))
        equal = play[:, one] == play[:, other]
        return (equal * (2.0 - play[:, one])).sum(1)

    before = potential(world)
    for _ in range(300):
        moved = played(world, rule, 1)
        after, changed = potential(moved), strategies(moved) != strategies(world)
        assert (world.per_replica(changed).sum(1) <= 1).all()
        some = world.per_replica(changed).any(1)
        assert (after[some] > before[some]).all() and torch.equal(after[~some], before[~some])
        world, before = moved, after
    everyone = replace(rule, revision="all")
    assert torch.equal(strategies(played(world, everyone, 1)), strategies(world))


def test_one_revises_in_each_replica_and_all_are_drawn_alike():
    rule = BestResponse("people", "near").game
    world = players([], 5, [0] * 5, replicas=2)
    counts = torch.zeros(10)
    for step in range(2000):
        active = rule.acting_now(replace(world, step=step), Acting("revise")).agents
        assert active is not None
        counts[active] += 1
        assert (active // 5).tolist() == [0, 1]
    assert counts.sum() == 4000 and (counts - 400).abs().max() < 4 * (2000 * 0.2 * 0.8) ** 0.5


def test_the_agents_own_network_may_say_what_strategies_are_worth():
    rule = BestResponse("people", "near", COORDINATION, policy="output", revision="all")
    world = players([(0, 1)], 2, [0, 0])
    worth = torch.tensor([[0.0, 3.0], [1.0, 0.0]], dtype=torch.float64)
    world = world.with_state("people", output=worth)
    after = played(world, rule, 1)
    assert strategies(after).tolist() == [1, 0]
    assert after["people"]["payoff"].tolist() == [0.0, 2.0]


def test_networks_that_do_not_fit_and_matrices_that_are_not_square_are_refused():
    rule = BestResponse("people", "near", COORDINATION, policy="output")
    with pytest.raises(ShapeError, match=r"rules\.play\.policy: 'output' of shape None"):
        played(players([], 2), rule, 0)
    with pytest.raises(ScenarioError, match=r"best_response\.payoff: 1 rows, and a row of 2"):
        BestResponse("people", "near", ((1.0, 2.0),))


def test_all_may_begin_alike_and_a_column_of_the_scenario_goes_first():
    rule = BestResponse("people", "near", COORDINATION, start=1)
    assert strategies(played(players([(0, 1)], 3), rule, 0)).tolist() == [1, 1, 1]
    assert strategies(played(players([(0, 1)], 3, [0, 0, 1]), rule, 0)).tolist() == [0, 0, 1]
    with pytest.raises(ScenarioError, match=r"start = 2 in a game of 2 strategies\n.*0 to 1"):
        BestResponse("people", "near", COORDINATION, start=2)


NEURAL = """
netware: 1
name: neural
seed: 4
steps: 40
replicas: 2
precision: float64
populations:
  people:
    agents: 12
    model: {type: multilayer, inputs: 2, outputs: 2, bias: none}
    state: {strategy: {uniform: [0, 1], size: 2}}
relations:
  near:
    type: association
    between: [people, people]
    topology: {type: ring, k: 4}
    carries: strategy
    into: input
    combine: sum
rules:
  play: {type: best_response, on: people, over: near, payoff: [[2, 0], [0, 1]], policy: POLICY}
"""


def test_networks_that_have_learned_the_matrix_answer_as_it_does(tmp_path):
    """What neighbours play arrives as input, and each network's output says what to answer."""
    seen = {}
    for policy in ("payoff", "output"):
        people = model(tmp_path, text=NEURAL.replace("POLICY", policy))
        matrix = torch.tensor(COORDINATION, dtype=torch.float64).expand(24, 2, 2)
        people.world = people.world.with_weights("people", {"w1": matrix})
        start = people.world["people"]["strategy"]
        for _ in range(40):
            people.step()
        seen[policy] = people.world["people"]["strategy"]
        assert not torch.equal(start, seen[policy])
    assert torch.equal(seen["payoff"], seen["output"])
    untaught = model(tmp_path, text=NEURAL.replace("POLICY", "output"))
    for _ in range(40):
        untaught.step()
    assert not torch.equal(untaught.world["people"]["strategy"], seen["payoff"])


def test_whoever_revises_is_there():
    """Of four places, one has an agent in the first replica, none in the second."""
    world = players([(0, 1), (1, 2), (2, 3)], 4, [0, 0, 0, 0], replicas=2)
    people = world["people"].mortal()
    alive = torch.arange(8) == 2
    world = world.with_population(people.with_state({ALIVE: alive}))
    game = BestResponse("people", "near").game
    for step in range(20):
        active = game.acting_now(replace(world, step=step), Acting("play")).agents
        assert active is not None and active.tolist() == [2]
