"""What memories share: which patterns agents are given, and which tasks are refused."""

import pytest
import torch

from netware.errors import ScenarioError, ShapeError
from netware.models.memories.memory import check_fits, given_to, taught
from netware.tasks.base import Examples, shared


def examples(replicas: int = 2, same: bool = False) -> Examples:
    generator = torch.Generator().manual_seed(3)
    drawn = torch.rand((replicas, 4, 6), generator=generator).sub(0.5).sign()
    xi = shared(drawn[0], replicas) if same else drawn
    return Examples(xi, xi, "patterns")


def test_agents_are_given_the_first_patterns_of_their_own_replica():
    given, replica = examples(), torch.tensor([0, 0, 1])
    weights = taught(given, 3, 6, replica, lambda xi: {"patterns": xi})
    assert torch.equal(weights["patterns"], given.inputs[replica, :3])


def test_what_all_share_is_learned_once_and_takes_the_memory_of_one():
    learned = []

    def learning(xi: torch.Tensor) -> dict[str, torch.Tensor]:
        learned.append(len(xi))
        return {"patterns": xi}

    weights = given_to(examples(same=True).inputs, torch.tensor([0, 0, 1, 1]), learning)
    assert learned == [1]
    assert weights["patterns"].shape == (4, 4, 6) and weights["patterns"].stride(0) == 0


def test_patterns_of_another_size_or_too_many_of_them_are_refused():
    with pytest.raises(ShapeError, match="5 neurons for patterns of 6 numbers"):
        check_fits(examples(), 2, 5)
    with pytest.raises(ScenarioError, match="5 patterns to store"):
        check_fits(examples(), 5, 6)
