import numpy as np
import torch

from netware.draws import Draws, Purpose
from netware.rules.consensus.switching_consensus import SwitchingConsensus
from tests.rules.agreeing import ACTING, after, laplacian, numbers, path, ring, world_of


def pairs(agents: int, first: int) -> np.ndarray:
    """Returns links (first, first + 1), (first + 2, first + 3), ...: no two share an agent."""
    matrix = np.zeros((agents, agents))
    for one in range(first, agents - 1, 2):
        matrix[one, one + 1] = matrix[one + 1, one] = 1
    return matrix


def stepped(x: torch.Tensor, matrix: np.ndarray, gain: float) -> torch.Tensor:
    moved = x.view(len(x), -1) - gain * torch.from_numpy(laplacian(matrix)) @ x.view(len(x), -1)
    return moved.view_as(x)


def test_relations_take_turns_and_each_stays_for_its_dwell():
    x, graphs = numbers(1, 6, 2), [ring(6), path(6), pairs(6, 0)]
    rule = SwitchingConsensus("people", ("talks", "talks1", "talks2"), gain=0.2, dwell=2)
    expected = x
    for step in range(14):
        expected = stepped(expected, graphs[step // 2 % 3], 0.2)
    found = after(world_of(x, *graphs), rule, 14)["people"]["output"]
    assert (found - expected).abs().max() < 1e-12


def test_graphs_that_are_connected_only_together_bring_agreement():
    x, graphs = numbers(2, 8), [pairs(8, 0), pairs(8, 1)]
    for order in ("turn", "drawn"):
        rule = SwitchingConsensus("people", ("talks", "talks1"), gain=0.5, order=order)
        found = after(world_of(x, *graphs), rule, 2000)["people"]["output"]
        assert (found - x.mean()).abs().max() < 1e-9
    alone = SwitchingConsensus("people", ("talks",), gain=0.5)
    assert after(world_of(x, *graphs), alone, 2000)["people"]["output"].std() > 0.01


def test_drawn_relations_are_those_of_each_replica_and_all_are_drawn():
    replicas, agents, graphs = 40, 6, [ring(6), path(6), pairs(6, 0)]
    x = numbers(3, replicas * agents)
    rule = SwitchingConsensus("people", ("talks", "talks1", "talks2"), gain=0.2, order="drawn")
    world = world_of(x, *graphs, replicas=replicas)
    found = rule.apply(world, ACTING)["people"]["output"].view(replicas, agents)
    stream = Draws.of(3, replicas).stream(Purpose.RULE, "agree", 1, 0)
    drawn = stream.integers(3).tolist()
    assert set(drawn) == {0, 1, 2}
    for replica, one in enumerate(drawn):
        own = x.view(replicas, agents)[replica]
        assert (found[replica] - stepped(own, graphs[one], 0.2)).abs().max() < 1e-12


def test_a_drawn_relation_stays_for_its_dwell():
    x, graphs = numbers(4, 5), [ring(5), np.zeros((5, 5))]
    rule = SwitchingConsensus("people", ("talks", "talks1"), gain=0.1, order="drawn", dwell=5)
    world, moved = world_of(x, *graphs), []
    for _ in range(60):
        following = rule.apply(world, ACTING).advanced()
        moved.append(not torch.equal(following["people"]["output"], world["people"]["output"]))
        world = following
    spells = np.array(moved).reshape(12, 5)
    assert (spells == spells[:, :1]).all() and 0 < spells[:, 0].sum() < 12
