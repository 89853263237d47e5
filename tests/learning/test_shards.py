import pytest
import torch
from torch.nn.functional import one_hot

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.learning.shards import partitioned, refuse_share
from netware.tasks.base import Examples


def numbered(replicas: int, samples: int, classes: int = 4) -> Examples:
    """Makes examples whose input is their number, of classes that take turns."""
    number = torch.arange(samples).expand(replicas, -1)
    return Examples(
        number[..., None].float(), one_hot(number % classes, classes).float(), "classes"
    )


@pytest.mark.parametrize("share", ["random", "by_class"])
@pytest.mark.parametrize(("samples", "agents"), [(24, 6), (25, 6), (23, 6), (7, 7), (3, 5)])
def test_every_example_is_in_a_share_and_all_shares_are_of_one_size(share, samples, agents):
    whole = numbered(2, samples)
    own = partitioned(whole, share, agents, Draws.of(3, 2), "task")
    size = -(-samples // agents)
    assert own.inputs.shape == (2 * agents, size, 1) and own.goal == "classes"
    for numbers, targets in zip(
        own.inputs.view(2, -1), own.targets.view(2, -1, 4).argmax(2), strict=True
    ):
        assert set(numbers.tolist()) == set(range(samples))
        assert torch.equal(numbers.long() % 4, targets)
        twice = len(numbers) - samples
        assert twice == size * agents - samples


def test_random_shares_mix_the_classes_and_sorted_ones_part_them():
    whole = numbered(1, 400)
    classes = {
        share: [
            len(set(part.argmax(1).tolist()))
            for part in partitioned(whole, share, 8, Draws.of(3), "task").targets
        ]
        for share in ("random", "by_class")
    }
    assert classes == {"random": [4] * 8, "by_class": [1] * 8}


def test_shares_are_those_of_the_replicas_seed_and_stay_the_same():
    first, again, other = (
        partitioned(numbered(2, 30), "random", 5, Draws.of(seed, 2), "task").inputs
        for seed in (3, 3, 4)
    )
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert not torch.equal(first[:5], first[5:])
    alone = partitioned(numbered(1, 30), "random", 5, Draws.of(3), "task").inputs
    assert torch.equal(first[:5], alone)


def test_all_is_all():
    whole = numbered(2, 10)
    assert partitioned(whole, "all", 5, Draws.of(3, 2), "task") is whole


def test_shares_of_nothing_are_refused():
    whole = numbered(1, 4)
    refuse_share("rules.learn.share", "all", None, whole)
    refuse_share("rules.learn.share", "by_class", "digits", whole)
    with pytest.raises(ScenarioError) as refused:
        refuse_share("rules.learn.share", "random", None, whole)
    assert str(refused.value) == (
        "rules.learn.share: 'random' without a task\n"
        "  expected: all, or a task whose examples can be dealt\n"
        "  fix: write 'task:', or leave 'share' out"
    )
    numbers = Examples(whole.inputs, whole.targets, "numbers")
    with pytest.raises(ScenarioError) as refused:
        refuse_share("rules.learn.share", "by_class", "waves", numbers)
    assert str(refused.value) == (
        "rules.learn.share: by_class, but the targets of 'waves' are numbers\n"
        "  expected: random, or a task whose targets are classes\n"
        "  fix: write 'share: random'"
    )
