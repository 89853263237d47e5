import torch

from netware.draws import Draws
from netware.tasks.digits import Digits
from netware.tasks.permuted import Permuted
from netware.tasks.shells import Shells


DIGITS = Digits()


def test_every_sample_is_permuted_alike_and_nothing_is_lost() -> None:
    plain = DIGITS.make("d", Draws.of(1), torch.float32)
    data = Permuted(DIGITS, 2).make("d", Draws.of(1), torch.float32)
    order = Permuted(DIGITS, 2).order()
    assert sorted(order.tolist()) == list(range(64))
    for part, other in ((data.train, plain.train), (data.test, plain.test)):
        for place in range(64):
            assert torch.equal(part.inputs[..., place], other.inputs[..., order[place]])
        assert torch.equal(part.targets, other.targets) and part.goal == "classes"
    assert not torch.equal(data.train.inputs, plain.train.inputs)


def test_number_0_leaves_the_inputs_as_they_are() -> None:
    plain = DIGITS.make("d", Draws.of(1), torch.float32)
    data = Permuted(DIGITS).make("d", Draws.of(1), torch.float32)
    assert torch.equal(data.train.inputs, plain.train.inputs)


def test_permutations_differ_by_number_and_not_by_seed_name_or_replica() -> None:
    orders = [Permuted(DIGITS, number).order().tolist() for number in range(1, 6)]
    fixed = [sum(place == at for at, place in enumerate(order)) for order in orders]
    # A random permutation leaves one place in 64 where it is, on average.
    assert max(fixed) <= 6
    assert len({tuple(order) for order in orders}) == 5
    one = Permuted(DIGITS, 1).make("one", Draws.of(1, 3), torch.float32).test.inputs
    other = Permuted(DIGITS, 1).make("other", Draws.of(2), torch.float32).test.inputs
    assert torch.equal(one[2], other[0])


def test_replicas_share_one_copy_where_the_task_does() -> None:
    data = Permuted(DIGITS, 1).make("d", Draws.of(1, 100), torch.float32)
    assert data.train.inputs.shape == (100, 1438, 64) and data.train.inputs.stride(0) == 0
    own = Permuted(Shells(dimensions=3, train=5, test=2), 1).make(
        "s", Draws.of(1, 2), torch.float64
    )
    assert own.train.inputs.shape == (2, 5, 3)
    assert not torch.equal(own.train.inputs[0], own.train.inputs[1])
