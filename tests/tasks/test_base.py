import torch

from netware.tasks.base import Examples, shared


def examples(replicas: int) -> Examples:
    inputs = torch.arange(replicas * 4 * 3.0).view(replicas, 4, 3)
    return Examples(inputs, inputs[..., :2] + 100, "numbers")


def test_each_agent_gets_the_examples_of_its_replica() -> None:
    own = examples(2).of(torch.tensor([0, 0, 1]))
    assert own.inputs.shape == (3, 4, 3)
    assert torch.equal(own.inputs[2], examples(2).inputs[1])
    assert torch.equal(own.targets[1], examples(2).targets[0])


def test_shared_examples_take_no_memory_for_agents() -> None:
    values = torch.rand(4, 3, generator=torch.Generator().manual_seed(1))
    one = Examples(shared(values, 5), shared(values, 5), "patterns")
    own = one.of(torch.zeros(1000, dtype=torch.long))
    assert own.inputs.shape == (1000, 4, 3)
    assert own.inputs.data_ptr() == values.data_ptr()
    assert torch.equal(own.inputs[999], values)


def test_rows_are_chosen_for_all_replicas_or_for_each() -> None:
    one = examples(2)
    together = one.rows(torch.tensor([3, 1]))
    assert torch.equal(together.inputs[1], one.inputs[1, [3, 1]])
    apart = one.rows(torch.tensor([[0, 1], [2, 3]]))
    assert torch.equal(apart.inputs[0], one.inputs[0, :2])
    assert torch.equal(apart.targets[1], one.targets[1, 2:])
