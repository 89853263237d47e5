import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError, ShapeError
from netware.learning.losses import must_fit
from netware.learning.optimisers.adam import Adam
from netware.learning.shards import partitioned
from netware.models.multilayer import Multilayer
from netware.probes.learning.accuracy import Accuracy
from netware.probes.learning.loss import Loss
from netware.rules.learning.gradient import Gradient
from netware.tasks.digits import Digits
from netware.tasks.multi_head import MultiHead
from netware.world import World
from tests.rules.learners import drawn, learnt, world_of
from tests.simulation.worlds import model


DRAWS = Draws.of(3)
TASK = MultiHead(Digits(classes=(0, 1, 2)), head=1, heads=3)


def test_the_examples_are_those_of_the_task_and_say_what_answers_them() -> None:
    plain = TASK.task.make("d", DRAWS, torch.float32)
    data = TASK.make("d", DRAWS, torch.float32)
    outputs = torch.arange(9.0).expand(2, 4, 9)
    for part, other in ((data.train, plain.train), (data.test, plain.test)):
        assert torch.equal(part.inputs, other.inputs) and torch.equal(part.targets, other.targets)
        assert part.asked(outputs)[0, 0].tolist() == [3.0, 4.0, 5.0]
        assert other.asked(torch.arange(3.0)).tolist() == [0.0, 1.0, 2.0]
    assert (TASK.input_size(), TASK.output_size()) == (64, 3)


def test_minibatches_and_shares_keep_the_head() -> None:
    train = TASK.make("d", DRAWS, torch.float32).train
    own = partitioned(train, "random", 4, DRAWS, "d")
    for part in (train.rows(torch.arange(5)), train.samples_last(), own, own.of(torch.arange(4))):
        assert (part.head, part.heads) == (1, 3)


def learning() -> World:
    data = TASK.make("d", DRAWS, torch.float32)
    return world_of(drawn(Multilayer(64, 9, (5,)), 2), data=data)


def test_learning_moves_the_weights_of_the_other_heads_by_nothing() -> None:
    world = learning()
    after = learnt(world, Gradient("nets", "task", optimiser=Adam(rate=0.05), batch=50), 3)[
        "nets"
    ].weights
    before = world["nets"].weights
    others = torch.tensor([0, 1, 2, 6, 7, 8])
    for name in ("w2", "b2"):
        assert torch.equal(after[name][..., others], before[name][..., others])
        assert not torch.equal(after[name][..., 3:6], before[name][..., 3:6])


def test_accuracy_and_loss_are_those_of_the_own_head() -> None:
    world = learning()
    test = world.examples["task"].test
    y = world["nets"].forward(test.inputs.expand(2, -1, -1))[..., 3:6]
    right = (y.argmax(-1) == test.targets.argmax(-1)).double().mean(1)
    surprise = -(y.log_softmax(-1) * test.targets).sum(-1).mean(1)
    assert Accuracy("nets", "task").read(world)["accuracy"][0].tolist() == pytest.approx(right)
    assert Loss("nets", "task").read(world)["loss"][0].tolist() == pytest.approx(surprise)


def test_an_agent_needs_outputs_for_all_heads() -> None:
    examples = TASK.make("d", DRAWS, torch.float32).train
    with pytest.raises(ShapeError) as error:
        must_fit("rules.learn.task", drawn(Multilayer(64, 3), 1), examples)
    assert "samples of 64 numbers with targets of 9" in str(error.value)
    assert "read 64 and answer 3" in str(error.value)


def test_a_head_beyond_the_last_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        MultiHead(Digits(), head=3, heads=3)
    assert str(error.value) == (
        "head: head 3 of 3, the first being 0\n  expected: 0 to 2\n  fix: write 'heads: 4' or more"
    )


def test_it_is_written_around_another_task_in_a_scenario(tmp_path) -> None:
    text = """
netware: 1
name: heads
seed: 1
steps: 1
tasks:
  one:
    type: multi_head
    head: 1
    heads: 2
    task: {type: permuted, permutation: 3, task: {type: digits}}
populations:
  nets: {agents: 2, model: {type: multilayer, inputs: 64, outputs: 20}}
rules:
  learn: {type: gradient, on: nets, task: one}
"""
    made = model(tmp_path, text=text)
    before = made.world["nets"].weights["w1"]
    made.step()
    moved = (made.world["nets"].weights["w1"] != before).any(1).any(0)
    assert moved.tolist() == [False] * 10 + [True] * 10
