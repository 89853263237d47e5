"""Cues: which patterns are stored, and how copies of them are corrupted."""

import pytest
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from netware.draws import Draws, Purpose, Stream
from netware.errors import ScenarioError
from netware.tasks.base import Examples, shared
from netware.tasks.cues import check_stored, cues, spins, stored


def patterns(replicas: int, many: int, units: int, seed: int = 0) -> Examples:
    drawn = torch.rand(replicas, many, units, generator=torch.Generator().manual_seed(seed))
    xi = (drawn < 0.5).float() * 2 - 1
    return Examples(xi, xi, "patterns")


def classes(labels: list[list[int]], units: int = 6) -> Examples:
    label = torch.tensor(labels)
    grey = torch.rand(*label.shape, units, generator=torch.Generator().manual_seed(1))
    return Examples(grey, one_hot(label).float(), "classes")


def stream(agents: int, replicas: int = 1, seed: int = 4) -> Stream:
    return Draws.of(seed, replicas).stream(Purpose.CORRUPTION, "memories", agents)


def test_grey_values_become_signs_by_their_own_mean():
    rows = torch.tensor([[0.0, 0.2, 1.0], [5.0, 6.0, 7.0], [-1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    expected = [[-1.0, -1.0, 1.0], [-1.0, -1.0, 1.0], [-1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    assert spins(rows).tolist() == expected
    assert torch.equal(spins(spins(rows)), spins(rows))
    assert spins(rows.double()).dtype == torch.float64


def test_the_first_patterns_are_stored_in_every_replica():
    task = patterns(3, 8, 10)
    assert torch.equal(stored(task, 5), task.targets[:, :5])
    check_stored(task, 8)


def test_the_first_example_of_each_class_is_stored_in_order_of_appearance():
    task = classes([[2, 2, 0, 2, 1, 0], [0, 1, 1, 2, 2, 0]])
    assert torch.equal(stored(task, 3)[0], spins(task.inputs[0, [0, 2, 4]]))
    assert torch.equal(stored(task, 3)[1], spins(task.inputs[1, [0, 1, 3]]))
    assert torch.equal(stored(task, 2)[0], stored(task, 3)[0, :2])


def test_examples_that_replicas_share_stay_one_block_of_memory():
    one = classes([[2, 2, 0, 2, 1, 0]])
    task = Examples(shared(one.inputs[0], 4), shared(one.targets[0], 4), "classes")
    xi = stored(task, 3)
    assert xi.shape == (4, 3, 6) and xi.stride(0) == 0
    assert torch.equal(xi[3], stored(one, 3)[0])


@pytest.mark.parametrize("corruption", [0.0, 0.1, 0.35, 1.0])
def test_each_sign_changes_with_the_given_probability(corruption):
    given, target = cues(patterns(1, 3, 64), 3, "shared", corruption, stream(500))
    flipped = (given != target).float()
    assert set(given.unique().tolist()) == {-1.0, 1.0}
    sigma = (corruption * (1 - corruption) / flipped.numel()) ** 0.5
    assert abs(float(flipped.mean()) - corruption) <= 4 * sigma
    if 0 < corruption < 1:
        together = (flipped[0::2] * flipped[1::2]).mean()
        assert abs(float(together) - corruption**2) < 5 * sigma, "agents err independently"


def test_shared_is_one_pattern_per_replica_and_own_one_per_agent():
    task = patterns(40, 4, 32)
    _, target = cues(task, 4, "shared", 0.2, stream(6, replicas=40))
    target = target.view(40, 6, 32)
    assert (target == target[:, :1]).all()
    drawn = which(target[:, 0], task.targets)
    assert set(drawn.tolist()) == {0, 1, 2, 3}, "replicas draw for themselves"
    _, target = cues(task, 4, "own", 0.2, stream(6, replicas=40))
    counts = which(target, task.targets.repeat_interleave(6, 0)).bincount(minlength=4)
    assert (counts - 60).abs().max() < 4 * (240 * 3 / 16) ** 0.5


def which(target: Tensor, xi: Tensor) -> Tensor:
    """Returns the number of the stored pattern that each target is."""
    same = (target[:, None] == xi).all(2)
    assert same.any(1).all()
    return same.int().argmax(1)


@pytest.mark.parametrize("sample", ["shared", "own"])
def test_a_replica_is_shown_what_a_single_run_would_be(sample):
    task, draws = patterns(3, 5, 20), Draws.of(9, 3)
    together = cues(task, 5, sample, 0.3, draws.stream(Purpose.CORRUPTION, "memories", 7))
    for replica in range(3):
        own = slice(replica, replica + 1)
        alone = Examples(task.inputs[own], task.targets[own], "patterns")
        only = Draws(draws.keys[own]).stream(Purpose.CORRUPTION, "memories", 7)
        for whole, part in zip(together, cues(alone, 5, sample, 0.3, only), strict=True):
            assert torch.equal(whole.view(3, 7, 20)[replica], part)


@pytest.mark.parametrize(
    ("task", "found", "expected"),
    [
        (patterns(1, 3, 5), "4 patterns to store", "at most the task's 3"),
        (classes([[0, 1, 1, 0]]), "4 patterns to store", "at most one of each of 2 classes"),
        (
            Examples(torch.rand(1, 5, 2), torch.rand(1, 5, 1), "numbers"),
            "a task whose targets are numbers",
            "a task of patterns or of classes",
        ),
    ],
)
def test_a_task_without_enough_patterns_is_refused(task, found, expected):
    with pytest.raises(ScenarioError) as error:
        check_stored(task, 4)
    assert str(error.value) == (
        f"model.patterns: {found}\n  expected: {expected}\n"
        "  fix: store fewer patterns, or name another task under 'inputs'"
    )
