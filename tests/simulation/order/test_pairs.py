"""Pairs: in a step each agent hears one other at most, and the two hear each other."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netware.edges import Edges
from netware.errors import ScenarioError
from netware.rules.base import AbstractRule, Acting, Reads
from netware.rules.consensus.average_consensus import AverageConsensus
from netware.rules.consensus.gossip import Gossip
from netware.rules.consensus.hegselmann_krause import HegselmannKrause
from netware.rules.games.best_response import BestResponse
from netware.rules.perturbation.noise import Noise
from netware.simulation.order.pairs import between_partners, in_pairs, partners, refuse_no_pairs
from netware.world import World
from tests.rules.agreeing import ACTING, numbers, path, ring, world_of
from tests.simulation.worlds import RING, model


AGREE = AverageConsensus("people", "talks", gain=0.5)


def symmetric(seed: int, agents: int, links: int, loops: bool = False) -> np.ndarray:
    """Returns weights, quarters up to 2, of random links in both directions."""
    chance = np.random.default_rng(seed)
    one, other = chance.integers(0, agents, (2, links))
    kept = (one != other) | loops
    matrix = np.zeros((agents, agents))
    weight = chance.integers(1, 9, links) / 4
    matrix[one[kept], other[kept]] = matrix[other[kept], one[kept]] = weight[kept]
    return matrix


def coarse(seed: int, *shape: int) -> torch.Tensor:
    """Draws numbers whose sums and halves are exact."""
    return (numbers(seed, *shape) * 1024).round() / 1024


def met(world: World) -> torch.Tensor:
    return partners(world, "talks", world["people"])


graphs = given(st.integers(0, 2**31), st.integers(2, 14), st.integers(0, 40), st.integers(1, 3))


@graphs
def test_partners_are_mutual_joined_and_of_one_replica(seed, agents, links, replicas):
    matrix = symmetric(seed, agents, links, loops=True)
    world = world_of(numbers(1, agents * replicas), matrix, replicas=replicas)
    partner, each = met(world), torch.arange(agents * replicas)
    assert torch.equal(partner[partner], each)
    assert torch.equal(partner // agents, each // agents)
    paired = (partner != each).numpy()
    assert (matrix[(each % agents)[paired], (partner % agents)[paired]] > 0).all()
    # Where there are links between two, the first call of all leads to a meeting.
    if (matrix - np.diag(np.diag(matrix)) > 0).sum() and not np.diag(matrix).any():
        assert paired.reshape(replicas, agents).any(1).all()


@graphs
def test_agreement_in_pairs_is_gossip_and_equals_a_loop_over_the_pairs(
    seed, agents, links, replicas
):
    matrix = (symmetric(seed, agents, links) > 0).astype(float)
    x = coarse(seed, agents * replicas, *(2,) * (seed % 3))
    world = world_of(x, matrix, replicas=replicas)
    partner, found = met(world), in_pairs(world, ACTING, AGREE)["people"]["output"]
    expected = x.clone()
    for one, other in enumerate(partner.tolist()):
        if one < other:
            expected[one] = expected[other] = (x[one] + x[other]) / 2
    assert torch.equal(found, expected)
    assert torch.equal(found, found[partner]), "pairs agree exactly"
    alone = partner == torch.arange(len(partner))
    assert torch.equal(found[alone], x[alone]), "who has no partner stays"
    sums = [values.view(replicas, agents, -1).sum(1) for values in (found, x)]
    assert torch.equal(*sums), "the mean is kept"
    gossip = Gossip("people", "talks").apply(world, Acting("pairs along talks"))
    assert torch.equal(found, gossip["people"]["output"])


def test_all_at_once_neither_pairs_agree_nor_is_anybody_left_out():
    world = world_of(numbers(2, 20), ring(20))
    partner, at_once = met(world), AGREE.apply(world, ACTING)["people"]["output"]
    assert not torch.allclose(at_once, at_once[partner])
    alone = partner == torch.arange(20)
    assert alone.any() and (at_once[alone] != world["people"]["output"][alone]).all()


def test_edges_between_partners_keep_weight_direction_and_attributes_and_then_all_come_back():
    matrix = np.array([[0, 2.0, 0, 0], [3.0, 0, 1.0, 0], [0, 1.0, 5.0, 4.0], [0, 0, 0, 7.0]])
    target, source = (torch.from_numpy(one) for one in np.nonzero(matrix))
    weight = torch.from_numpy(matrix[np.nonzero(matrix)])
    edges = Edges.from_pairs(source, target, 4, 4, weight, {"twice": 2 * weight})
    kept = between_partners(edges, torch.tensor([1, 0, 3, 2]))
    found = torch.stack([kept.target, kept.source]).tolist()
    assert found == [[0, 1, 2, 2, 3], [1, 0, 2, 3, 3]]
    assert kept.weight is not None and kept.weight.tolist() == [2, 3, 5, 4, 7]
    assert kept.attributes["twice"].tolist() == [4, 6, 10, 8, 14]
    none = between_partners(edges, torch.arange(4))
    assert none.source.tolist() == [2, 3], "loops alone"
    world = world_of(numbers(1, 4), matrix)
    assert in_pairs(world, ACTING, AGREE).edges["talks"] is world.edges["talks"]


def test_along_one_way_edges_only_those_move_who_hear_their_partner():
    matrix = np.zeros((6, 6))
    matrix[1:, 0] = 1.0  # all hear agent 0, who hears nobody
    world = world_of(numbers(3, 6), matrix)
    x, found = world["people"]["output"], in_pairs(world, ACTING, AGREE)["people"]["output"]
    moved = (found != x).nonzero()[:, 0].tolist()
    assert len(moved) == 1 and moved[0] != 0
    assert found[moved[0]] == (x[moved[0]] + x[0]) / 2


def test_meetings_are_new_at_each_step_and_alike_for_all_rules_of_a_step():
    world = world_of(numbers(1, 40), ring(40))
    assert not torch.equal(met(world), met(world.advanced()))
    first, second = (in_pairs(world, Acting(name), AGREE) for name in ("one", "another"))
    assert torch.equal(first["people"]["output"], second["people"]["output"])


def test_repeated_meetings_agree_on_the_mean():
    world = world_of(numbers(5, 24), ring(8), replicas=3)
    start = world.per_replica(world["people"]["output"]).mean(1)
    for _ in range(300):
        world = in_pairs(world, ACTING, AGREE).advanced()
    x = world.per_replica(world["people"]["output"])
    assert (x - start[:, None]).abs().max() < 1e-6


def test_confidence_in_pairs_is_the_middle_of_those_who_are_near():
    x = numbers(6, 40)
    world = world_of(x, path(40), column="opinion")
    rule = HegselmannKrause("people", 0.2, "talks")
    partner = met(world)
    found = in_pairs(world, ACTING, rule)["people"]["opinion"]
    near = (x[partner] - x).abs() <= 0.2
    assert torch.allclose(found, torch.where(near, (x + x[partner]) / 2, x), atol=1e-15)
    assert not near.all() and near[partner != torch.arange(40)].any()


def test_players_in_pairs_answer_their_partner_alone():
    play = torch.eye(2, dtype=torch.float64)[torch.tensor([0, 1, 1, 0, 1, 0, 0])]
    world = world_of(play, ring(7), column="strategy")
    game = BestResponse("people", "talks", payoff=((0.0, 1.0), (1.0, 0.0)))
    world = game.prepare(world, ACTING)
    partner = met(world)
    after = in_pairs(world, ACTING, game)["people"]
    paired = partner != torch.arange(7)
    other = 1 - play[partner].argmax(1)
    assert torch.equal(after["strategy"].argmax(1)[paired], other[paired])
    assert torch.equal(after["strategy"][~paired], play[~paired])
    assert after["payoff"].tolist() == paired.double().tolist()


def test_a_rule_that_hears_nobody_acts_for_all():
    world = world_of(numbers(1, 12), ring(12))
    rule = Noise("people", 1.0)
    assert torch.equal(
        in_pairs(world, ACTING, rule)["people"]["output"],
        rule.apply(world, ACTING)["people"]["output"],
    )


@dataclass(frozen=True)
class Both(AbstractRule):
    on: ClassVar[str] = "people"  # type: ignore[misc]
    reads: ClassVar[Reads] = "anyone"

    def read_along(self) -> tuple[str, ...]:
        return ("talks", "hears")

    def apply(self, world: World, acting: Acting) -> World:
        return world


def test_a_rule_without_a_relation_of_its_own_refuses():
    with pytest.raises(ScenarioError) as caught:
        refuse_no_pairs("meet", HegselmannKrause("people"))
    assert str(caught.value).splitlines() == [
        "rules.meet: 'activation: pairs', and no relation along which its agents could meet",
        "  expected: a rule that hears others along one relation, or nobody",
        "  fix: write 'over: <relation>' in this rule, or 'activation: synchronous'",
    ]
    with pytest.raises(ScenarioError):
        refuse_no_pairs("meet", Both())
    for rule in (AGREE, Noise("people", 1.0)):
        refuse_no_pairs("meet", rule)


def test_a_scenario_runs_in_pairs_and_one_that_cannot_is_refused(tmp_path):
    pairs = model(tmp_path, "activation=pairs", "rules.agree.gain=0.5")
    world = pairs.world
    partner = partners(world, "talks", world["nodes"])
    pairs.step()
    x = world["nodes"]["x"]
    assert torch.equal(pairs.world["nodes"]["x"], (x + x[partner]) / 2)
    bounded = "type: hegselmann_krause, on: nodes, state: x"
    alone = RING.replace(
        "type: average_consensus, on: nodes, over: talks, state: x, gain: 0.2", bounded
    )
    with pytest.raises(ScenarioError, match="no relation along which"):
        model(tmp_path, "activation=pairs", text=alone)
    pulled = bounded.replace("hegselmann_krause", "continuous_consensus") + ", over: talks"
    with pytest.raises(ScenarioError, match="cannot honour"):
        model(tmp_path, "activation=pairs", text=alone.replace(bounded, pulled))
