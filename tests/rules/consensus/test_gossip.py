import numpy as np
import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.rules.consensus.gossip import Gossip
from netware.world import World
from tests.rules.agreeing import ACTING, after, edges_of, laplacian, numbers, path, ring, world_of


def shrinkage(world: World, rule: Gossip, steps: int = 1) -> float:
    """Returns the mean factor of the squared distance from the mean over all replicas."""

    def size(one: World) -> torch.Tensor:
        x = one["people"].per_replica(one["people"]["output"])
        return (x - x.mean(1, keepdim=True)).square().sum(1)

    return float((size(after(world, rule, steps)) / size(world)).mean())


@pytest.mark.parametrize("order", ["disjoint", "sequential"])
@pytest.mark.parametrize("over", [None, "talks"])
@pytest.mark.parametrize("share", [0.5, 0.2])
def test_the_mean_is_kept_and_all_agree(order, over, share):
    x = numbers(1, 3 * 9, 2)
    world = world_of(x, ring(9), replicas=3)
    found = after(world, Gossip("people", over, share=share, order=order), 200)
    means = x.view(3, 9, 2).mean(1, keepdim=True)
    kept = found["people"]["output"].view(3, 9, 2).mean(1, keepdim=True)
    assert (kept - means).abs().max() < 1e-14
    assert (found["people"]["output"].view(3, 9, 2) - means).abs().max() < 1e-3


def test_a_meeting_of_any_two_takes_one_part_in_n_minus_one_of_the_variance():
    """E[W] of Boyd et al. for a uniform pair has the eigenvalue 1 - 1 / (N - 1); W is a projection.

    4000 replicas; one meeting takes 0 to 1 of the variance, so the mean has an error below 0.004.
    """
    agents, replicas = 8, 4000
    world = world_of(numbers(2, replicas * agents), replicas=replicas)
    one = shrinkage(world, Gossip("people", pairs=1, order="sequential"))
    assert one == pytest.approx(1 - 1 / (agents - 1), abs=0.016)
    five = shrinkage(world, Gossip("people", pairs=5, order="sequential"))
    assert five == pytest.approx((1 - 1 / (agents - 1)) ** 5, abs=0.016)
    matched = shrinkage(world, Gossip("people"))
    assert matched == pytest.approx(0.5 - 0.5 / (agents - 1), abs=0.016)


def test_a_meeting_on_a_graph_shrinks_the_slowest_mode_by_its_eigenvalue():
    """E[W] = I - sum of p_ij (e_i - e_j)(e_i - e_j)^T / 2, p_ij = (1/d_i + 1/d_j) / n."""
    agents, replicas, matrix = 7, 6000, path(7)
    degree = matrix.sum(1)
    chance = matrix * (1 / degree[:, None] + 1 / degree) / agents
    mean = np.eye(agents) - laplacian(chance) / 2
    values, vectors = np.linalg.eigh(mean)
    slowest = torch.from_numpy(vectors[:, -2].copy()).repeat(replicas)
    world = world_of(slowest, matrix, replicas=replicas)
    rule = Gossip("people", "talks", pairs=1, order="sequential")
    assert shrinkage(world, rule) == pytest.approx(values[-2], abs=0.01)


def test_sequential_meetings_see_what_those_before_have_done():
    """A thousand meetings of 4 agents in one step leave them as one; disjoint ones do not."""
    world = world_of(numbers(3, 4))
    together = after(world, Gossip("people", pairs=1000, order="sequential"))
    assert together["people"]["output"].std() < 1e-12
    once = after(world, Gossip("people", pairs=1000))
    assert len(once["people"]["output"].unique()) == 2


def test_all_weights_of_a_network_meet():
    stream = Draws.of(1).stream(Purpose.WEIGHTS, "people", 6)
    model = Multilayer(3, 2, (4,))
    people = Population("people", 6, 1, model, model.init(stream, torch.float64))
    world = World(Draws.of(1), {"people": people}, edges={"talks": edges_of(ring(6))})
    found = after(world, Gossip("people", "talks", state="weights"), 600)
    for name, weight in people.weights.items():
        assert (found["people"].weights[name] - weight.mean(0)).abs().max() < 1e-9


def test_one_agent_alone_is_refused():
    with pytest.raises(ScenarioError) as refused:
        Gossip("people").prepare(world_of(numbers(1, 2), replicas=2), ACTING)
    assert str(refused.value) == (
        "rules.agree.on: 'people', one agent\n"
        "  expected: two agents or more, to meet\n"
        "  fix: write 'agents: 2' under populations.people"
    )
