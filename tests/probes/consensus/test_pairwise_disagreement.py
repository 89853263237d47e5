from itertools import combinations

import pytest
import torch

from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.probes.consensus.pairwise_disagreement import PairwiseDisagreement
from tests.rules.learners import drawn, examples, world_of


NETS = Multilayer(3, 4, (5,))


def test_it_is_the_share_of_pairs_that_answer_differently() -> None:
    world = world_of(drawn(NETS, 6, 2), data=examples(1, 2, 30, (3, 4), "classes"))
    found = PairwiseDisagreement("nets", "task").read(world)
    nets = world["nets"]
    x = world.examples["task"].test.inputs[nets.replica]
    answer = NETS.forward(nets.weights, x, {}).argmax(2).view(2, 6, 30)
    for replica in range(2):
        own = answer[replica]
        pairs = [(own[a] != own[b]).float().mean() for a, b in combinations(range(6), 2)]
        expected = torch.stack(pairs).mean().item()
        assert (
            0.1
            < expected
            == pytest.approx(found["pairwise_disagreement"][replica].item(), abs=1e-6)
        )
        votes = [(own == k).float().mean().item() for k in range(4)]
        assert found["votes"][replica].tolist() == pytest.approx(votes, abs=1e-6)
        most = torch.stack([(own == k).float().mean(0) for k in range(4)]).amax(0).mean()
        assert found["majority"][replica].item() == pytest.approx(most.item(), abs=1e-6)


def test_agents_that_are_one_network_never_disagree() -> None:
    nets = drawn(NETS, 5)
    same = {name: w[:1].expand(5, *w.shape[1:]) for name, w in nets.weights.items()}
    world = world_of(nets.with_weights(same), data=examples(1, 1, 30, (3, 4), "classes"))
    found = PairwiseDisagreement("nets", "task").read(world)
    assert found["pairwise_disagreement"].item() == pytest.approx(0, abs=1e-6)
    assert found["majority"].item() == 1


def test_tasks_without_classes_are_refused() -> None:
    world = world_of(drawn(NETS, 3), data=examples(1, 1, 30, (3, 4), "numbers"))
    with pytest.raises(ScenarioError) as error:
        PairwiseDisagreement("nets", "task").read(world)
    assert str(error.value) == (
        "probes: PairwiseDisagreement.task: 'task', whose targets are numbers\n"
        "  expected: a task of classes\n"
        "  fix: name another task"
    )


def test_one_agent_has_no_other_to_disagree_with() -> None:
    world = world_of(drawn(NETS, 1), data=examples(1, 1, 30, (3, 4), "classes"))
    read = PairwiseDisagreement("nets", "task").read(world)
    assert read["pairwise_disagreement"].isnan().tolist() == [True]
    assert read["majority"].tolist() == [1.0] and float(read["votes"].sum()) == pytest.approx(1)
