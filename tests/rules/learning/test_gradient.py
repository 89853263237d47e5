"""Gradient learning: against torch.optim on one network at a time, and through generators."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError, StateError
from netware.learning.minibatches import minibatches
from netware.learning.optimisers.adam import Adam
from netware.learning.optimisers.sgd import Sgd
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.population import Population
from netware.relations.generation import Generation
from netware.rules.base import ALL_AT_ONCE, ANY_ORDER, Acting
from netware.rules.learning.gradient import Gradient
from netware.tasks.base import TaskData
from netware.world import World
from tests.rules.learners import LEARN, drawn, examples, learnt, sequential, world_of


NET = Multilayer(5, 3, (7, 6), initial="uniform", spread=0.5)
OPTIMISERS = {
    "adam": (
        Adam(rate=0.01, beta1=0.8, eps=1e-7),
        lambda net: torch.optim.Adam(net.parameters(), 0.01, betas=(0.8, 0.999), eps=1e-7),
    ),
    "adam with decay": (
        Adam(rate=0.01, weight_decay=0.1),
        lambda net: torch.optim.Adam(net.parameters(), 0.01, weight_decay=0.1),
    ),
    "sgd": (
        Sgd(rate=0.1),
        lambda net: torch.optim.SGD(net.parameters(), 0.1),
    ),
    "sgd with momentum": (
        Sgd(rate=0.05, momentum=0.9, weight_decay=0.01),
        lambda net: torch.optim.SGD(net.parameters(), 0.05, momentum=0.9, weight_decay=0.01),
    ),
}
LOSSES = {"classes": torch.nn.CrossEntropyLoss(), "numbers": torch.nn.MSELoss()}


def close(one: World, other: World, tolerance: float = 1e-5) -> None:
    """Asserts that two worlds have the same weights and columns, to rounding."""
    for name, population in one.populations.items():
        for part in ("weights", "state"):
            for key, values in getattr(population, part).items():
                torch.testing.assert_close(
                    getattr(other[name], part)[key], values, rtol=tolerance, atol=tolerance
                )


def weights_of(net: torch.nn.Sequential) -> dict[str, torch.Tensor]:
    """Returns the weights of a plain network under netware's names."""
    linear = [layer for layer in net if isinstance(layer, torch.nn.Linear)]
    named = {f"w{k}": layer.weight.detach().T for k, layer in enumerate(linear, 1)}
    return named | {f"b{k}": layer.bias.detach() for k, layer in enumerate(linear, 1)}


@pytest.mark.parametrize("goal", ["classes", "numbers"])
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_every_agent_learns_as_a_plain_pytorch_network_does_over_five_minibatches(optimiser, goal):
    method, plain = OPTIMISERS[optimiser]
    data = examples(1, 1, 36, (5, 3), goal)
    world = world_of(drawn(NET, agents=4), data=data)
    after = learnt(world, Gradient("nets", "task", batch=8, optimiser=method))
    batches = list(minibatches(data.train, world.draws, "learn", 0, 8, 1, 0))
    assert [batch.inputs.shape[1] for batch in batches] == [8, 8, 8, 8, 4]
    for agent in range(4):
        net = sequential(NET, dict(world["nets"].weights), agent)
        optim = plain(net)
        for batch in batches:
            optim.zero_grad()
            LOSSES[goal](net(batch.inputs[0]), batch.targets[0]).backward()
            optim.step()
        for name, expected in weights_of(net).items():
            found = after["nets"].weights[name][agent]
            torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


def test_many_agents_learn_as_each_alone():
    data = examples(2, 1, 50, (5, 3), "classes")
    rule = Gradient("nets", "task", batch=16, epochs=2, optimiser=Adam(rate=0.01))
    together = world_of(drawn(NET, agents=6), data=data)
    after = learnt(together, rule, steps=2)
    for agent in range(6):
        own = {name: w[agent : agent + 1] for name, w in together["nets"].weights.items()}
        alone = learnt(world_of(Population("nets", 1, 1, NET, own), data=data), rule, steps=2)
        for name, w in alone["nets"].weights.items():
            torch.testing.assert_close(after["nets"].weights[name][agent], w[0])


@pytest.mark.parametrize("chunk", [1, 4, 7])
def test_the_size_of_a_group_changes_nothing_but_rounding(chunk):
    data = examples(3, 2, 40, (5, 3), "numbers")
    rule = Gradient("nets", "task", batch=16, optimiser=Adam(rate=0.01))
    whole = learnt(world_of(drawn(NET, 5, replicas=2, chunk=100), data=data), rule, steps=2)
    cut = learnt(world_of(drawn(NET, 5, replicas=2, chunk=chunk), data=data), rule, steps=2)
    close(whole, cut)


def test_a_replica_learns_as_a_single_run_with_its_seed_from_minibatches_of_its_own():
    data = examples(4, 3, 40, (5, 3), "classes")
    rule = Gradient("nets", "task", batch=16, optimiser=Adam(rate=0.01))
    world = world_of(drawn(NET, 4, replicas=3), data=data)
    after = learnt(world, rule, steps=2)
    for replica in range(3):
        rows = slice(4 * replica, 4 * replica + 4)
        own = {name: w[rows] for name, w in world["nets"].weights.items()}
        part = slice(replica, replica + 1)
        shown = replace(
            data.train, inputs=data.train.inputs[part], targets=data.train.targets[part]
        )
        single = World(
            Draws(world.draws.keys[part]),
            {"nets": Population("nets", 4, 1, NET, own)},
            examples={"task": TaskData(shown, shown)},
        )
        for name, w in learnt(single, rule, steps=2)["nets"].weights.items():
            torch.testing.assert_close(after["nets"].weights[name][rows], w)
    one_set = replace(
        data.train,
        inputs=data.train.inputs[:1].expand(3, -1, -1),
        targets=data.train.targets[:1].expand(3, -1, -1),
    )
    orders = next(minibatches(one_set, world.draws, "learn", 0, 16, 1, 0)).inputs
    assert not torch.equal(orders[0], orders[1])
    assert not torch.equal(orders[1], orders[2])


def test_examples_shared_by_all_replicas_are_learnt_as_copies_of_them_are():
    data = examples(5, 1, 30, (5, 3), "classes")
    shared = replace(
        data.train,
        inputs=data.train.inputs.expand(2, -1, -1),
        targets=data.train.targets.expand(2, -1, -1),
    )
    copied = replace(shared, inputs=shared.inputs.contiguous(), targets=shared.targets.contiguous())
    for batch in (0, 8):
        rule = Gradient("nets", "task", batch=batch, optimiser=Adam(rate=0.01))
        one, other = (
            learnt(world_of(drawn(NET, 3, replicas=2), data=TaskData(x, x)), rule)
            for x in (shared, copied)
        )
        close(one, other)


def test_the_world_given_is_not_written_into():
    data = examples(6, 1, 30, (5, 3), "classes")
    rule = Gradient("nets", "task", batch=8, optimiser=Adam(rate=0.1))
    world = learnt(world_of(drawn(NET, agents=3), data=data), rule)
    population = world["nets"]
    before = {key: x.clone() for key, x in {**population.weights, **population.state}.items()}
    rule.apply(world, LEARN)
    for key, values in {**population.weights, **population.state}.items():
        assert torch.equal(before[key], values), key


def test_learning_resumes_exactly_after_any_step():
    data = examples(7, 2, 30, (5, 3), "classes")
    rule = Gradient("nets", "task", batch=8, optimiser=Adam(rate=0.01))
    world = world_of(drawn(NET, 3, replicas=2), data=data)
    through = learnt(world, rule, steps=4)
    half = learnt(world, rule, steps=2)
    columns = {key: values.clone() for key, values in half["nets"].state.items()}
    weights = {key: values.clone() for key, values in half["nets"].weights.items()}
    fresh = rule.prepare(world, LEARN)
    saved = fresh["nets"].with_state(columns).with_weights(weights)
    resumed = learnt(replace(fresh.with_population(saved), step=2), rule, steps=2)
    for key, values in {**through["nets"].weights, **through["nets"].state}.items():
        again = {**resumed["nets"].weights, **resumed["nets"].state}[key]
        assert torch.equal(values, again), key
    assert (through["nets"]["learn.updates"] == 4 * 4).all()


def test_batches_in_a_step_may_be_fewer_or_more_than_a_pass():
    data = examples(8, 1, 20, (5, 3), "classes")
    world = world_of(drawn(NET, agents=2), data=data)
    for batches in (1, 2, 5):
        after = learnt(world, Gradient("nets", "task", batch=8, batches=batches))
        assert (after["nets"]["learn.updates"] == batches).all()
    once = learnt(world, Gradient("nets", "task", batch=8, batches=3, optimiser=Adam(rate=0.01)))
    passed = learnt(world, Gradient("nets", "task", batch=8, epochs=1, optimiser=Adam(rate=0.01)))
    close(once, passed, 0.0)


def test_without_a_task_agents_learn_the_column_target_from_the_column_input():
    generator = torch.Generator().manual_seed(9)
    state = {
        "input": torch.randn((6, 5), generator=generator),
        "target": torch.randn((6, 3), generator=generator),
    }
    world = world_of(drawn(NET, agents=3, replicas=2, state=state))
    after = learnt(world, Gradient("nets", optimiser=Sgd(rate=0.1)))
    for agent in range(6):
        net = sequential(NET, dict(world["nets"].weights), agent)
        optim = torch.optim.SGD(net.parameters(), 0.1)
        torch.nn.MSELoss()(net(state["input"][agent]), state["target"][agent]).backward()
        optim.step()
        for name, expected in weights_of(net).items():
            torch.testing.assert_close(after["nets"].weights[name][agent], expected)


def test_columns_of_any_name_can_be_learnt_and_those_that_do_not_fit_are_refused():
    model = Multilayer(2, 2, (6,), initial="uniform", spread=0.5)
    seen = torch.randn((4, 2), generator=torch.Generator().manual_seed(19))
    one, other = ({"input": seen, "target": seen}, {"heard": seen, "wanted": seen})
    usual = learnt(world_of(drawn(model, 4, state=one)), Gradient("nets"))
    named = Gradient("nets", inputs="heard", targets="wanted")
    after = learnt(world_of(drawn(model, 4, state=other)), named)
    for name, w in usual["nets"].weights.items():
        assert torch.equal(w, after["nets"].weights[name])
    wrong = world_of(drawn(model, 4, state={"heard": seen, "wanted": seen[:, :1]}))
    assert "rules.learn.targets: samples of 2 numbers with targets of 1" in refusal(wrong, named)


def test_one_weight_can_learn_alone():
    data = examples(10, 1, 20, (5, 3), "classes")
    world = world_of(drawn(NET, agents=2), data=data)
    after = learnt(world, Gradient("nets", "task", trains=("w3",)))["nets"]
    moved = {name for name, w in after.weights.items() if w is not world["nets"].weights[name]}
    assert {n for n in moved if not torch.equal(after.weights[n], world["nets"].weights[n])} == {
        "w3"
    }
    assert set(after.state) == {"learn.first.w3", "learn.second.w3", "learn.updates"}


def test_prices_of_weights_activity_and_length_have_the_gradients_of_the_written_out_loss():
    model = Urn(4, 2, 24, iterations=3, cube=(4, 3, 2))
    data = examples(11, 1, 12, (4, 2), "classes")
    world = world_of(drawn(model, agents=3), data=data)
    c_w, c_n, c_syn = 2e-3, 1e-2, 3e-3
    rule = Gradient(
        "nets",
        "task",
        optimiser=Sgd(rate=0.5),
        weight_l1=c_w,
        activity_l1=c_n,
        length_l1=c_syn,
    )
    after = learnt(world, rule)["nets"].weights
    place = model.sites(torch.zeros(1))
    d = (place[:, None] - place[None]).square().sum(-1).sqrt()
    x, t = data.train.inputs[0], data.train.targets[0]
    for agent in range(3):
        w = world["nets"].weights["w"][agent].clone().requires_grad_()
        b = world["nets"].weights["b"][agent].clone().requires_grad_()
        h, activity = torch.cat([x, torch.zeros(12, 20)], 1), torch.zeros(())
        for _ in range(3):
            h = torch.relu(h @ w + b)
            activity = activity + h.abs().sum() / 12
        loss = torch.nn.functional.cross_entropy(h[:, 22:], t)
        (loss + c_w * w.abs().sum() + c_n * activity + c_syn * (w.abs() * d).sum()).backward()
        assert w.grad is not None and b.grad is not None
        torch.testing.assert_close(after["w"][agent], (w - 0.5 * w.grad).detach())
        torch.testing.assert_close(after["b"][agent], (b - 0.5 * b.grad).detach())


def test_a_double_precision_population_learns_in_double_precision():
    data = examples(12, 1, 20, (5, 3), "classes")
    wide = TaskData(
        *(
            2
            * [
                replace(
                    data.train,
                    inputs=data.train.inputs.double(),
                    targets=data.train.targets.double(),
                )
            ]
        )
    )
    single = drawn(NET, agents=2)
    double = replace(
        single,
        weights={name: w.double() for name, w in single.weights.items()},
        dtype=torch.float64,
    )
    rule = Gradient("nets", "task", batch=8, optimiser=Adam(rate=0.01))
    after = learnt(world_of(double, data=wide), rule)["nets"]
    assert all(w.dtype == torch.float64 for w in after.weights.values())
    for name, w in learnt(world_of(single, data=data), rule)["nets"].weights.items():
        torch.testing.assert_close(w.double(), after.weights[name], rtol=1e-4, atol=1e-5)


def test_learning_lowers_the_loss_and_a_shuffled_target_is_not_learnt():
    generator = torch.Generator().manual_seed(13)
    data = examples(13, 1, 400, (5, 3), "classes")
    truth = data.train.inputs @ torch.randn((5, 3), generator=generator)
    targets = torch.nn.functional.one_hot(truth.argmax(-1), 3).float()
    good = replace(data.train, targets=targets)
    rule = Gradient("nets", "task", batch=50, epochs=20, optimiser=Adam(rate=0.01))
    right = {}
    for name, shown in {"true": good, "shuffled": data.train}.items():
        after = learnt(world_of(drawn(NET, agents=3), data=TaskData(shown, shown)), rule)
        answer = after["nets"].forward(shown.of(after["nets"].replica).inputs)
        right[name] = (answer.argmax(-1) == shown.targets.argmax(-1)).float().mean()
    assert right["true"] > 0.95
    assert right["shuffled"] < 0.75


CHILD = Multilayer(5, 3, bias="none")
GENERATOR = Multilayer(2, 15, (8,), initial="uniform", spread=0.5)
MAKES = Generation(("makers", "nets"))
BY_MAKERS = Acting("learn", relations={"makes": MAKES})
taught = partial(learnt, relations=BY_MAKERS.relations)


def family(seed: int = 14, replicas: int = 1, children: int = 4) -> World:
    """Makes a world in which one generator a replica makes the weights of all children."""
    generator = torch.Generator().manual_seed(seed)
    embedding = torch.randn((replicas * children, 2), generator=generator)
    makers = drawn(GENERATOR, 1, replicas, name="makers")
    nets = drawn(CHILD, children, replicas, state={"embedding": embedding})
    data = examples(seed, replicas, 30, (5, 3), "classes")
    world = world_of(makers, nets, data=data)
    return world.with_edges("makes", MAKES.edges(world, "makes"))


def test_the_generator_learns_from_the_sum_of_its_childrens_losses():
    world = family()
    after = taught(world, Gradient("nets", "task", optimiser=Sgd(rate=0.1)))
    net = sequential(GENERATOR, dict(world["makers"].weights), 0)
    x, t = world.examples["task"].train.inputs[0], world.examples["task"].train.targets[0]
    made = net(world["nets"]["embedding"]).view(4, 5, 3)
    loss = sum(torch.nn.functional.cross_entropy(x @ w, t) for w in made)
    assert isinstance(loss, torch.Tensor)
    loss.backward()
    torch.optim.SGD(net.parameters(), 0.1).step()
    for name, expected in weights_of(net).items():
        torch.testing.assert_close(after["makers"].weights[name][0], expected)
    made = net(world["nets"]["embedding"]).detach().view(4, 5, 3)
    torch.testing.assert_close(after["nets"].weights["w1"], made)


def test_generated_weights_are_no_leaves_and_the_optimiser_stands_with_the_generator():
    after = taught(family(replicas=2), Gradient("nets", "task", batch=8), steps=2)
    assert set(after["nets"].state) == {"embedding"}
    leaves = set(GENERATOR.weight_shapes())
    moments = {f"learn.{kind}.{leaf}" for kind in ("first", "second") for leaf in leaves}
    assert set(after["makers"].state) == moments | {"learn.updates"}


def test_embeddings_learn_alone_and_each_child_moves_only_its_own():
    world = family(seed=15)
    rule = Gradient("nets", "task", trains=("embedding",), optimiser=Sgd(rate=0.1))
    after = taught(world, rule)
    for name, w in world["makers"].weights.items():
        assert torch.equal(w, after["makers"].weights[name])
    changed = world["nets"]["embedding"].clone()
    changed[0] += 1.0
    other = taught(world.with_state("nets", embedding=changed), rule)
    torch.testing.assert_close(other["nets"]["embedding"][1:], after["nets"]["embedding"][1:])
    assert not torch.equal(other["nets"]["embedding"][0], after["nets"]["embedding"][0])


def test_an_order_of_agents_is_honoured_unless_their_losses_move_others():
    plain = world_of(drawn(CHILD, 4), data=examples(1, 1, 30, (5, 3), "classes"))
    assert Gradient("nets", "task").honours(plain, LEARN) == ANY_ORDER
    assert Gradient("nets", "task").honours(family(), BY_MAKERS) == ALL_AT_ONCE
    assert Gradient("nets", "task", trains=("embedding",)).honours(family(), BY_MAKERS) == ANY_ORDER
    none = torch.arange(0)
    within = plain.with_edges("makes", Edges.from_pairs(none, none, 4, 4, between=("nets", "nets")))
    makes_itself = replace(LEARN, relations={"makes": Generation(("nets", "nets"))})
    assert Gradient("nets", "task").honours(within, makes_itself) == ALL_AT_ONCE


def test_generator_and_embeddings_learn_together_and_resume_exactly():
    world = family(seed=16, replicas=2)
    rule = Gradient(
        "nets", "task", trains=("weights", "embedding"), batch=8, optimiser=Adam(rate=0.01)
    )
    through = taught(world, rule, steps=3)
    resumed = taught(taught(world, rule, steps=2), rule, steps=1)
    close(through, resumed, 0.0)


def refusal(world: World, rule: Gradient) -> str:
    """Returns the text with which a rule refuses to learn."""
    with pytest.raises((ScenarioError, ShapeError, StateError)) as caught:
        rule.prepare(world, LEARN)
    return str(caught.value)


def test_agents_without_a_model_cannot_learn():
    data = examples(0, 1, 4, (5, 3), "classes")
    text = refusal(world_of(Population("nets", 2), data=data), Gradient("nets", "task"))
    assert "populations.nets.model: agents without a model" in text


def test_a_task_of_other_sizes_is_refused_with_the_arithmetic():
    data = examples(0, 1, 4, (6, 2), "classes")
    text = refusal(world_of(drawn(NET, 2), data=data), Gradient("nets", "task"))
    assert text == (
        "rules.learn.task: samples of 6 numbers with targets of 2, for agents of 'nets' that read "
        "5 and answer 3\n"
        "  expected: 5 = 6 and 3 = 2\n"
        "  fix: give the model of populations.nets 6 inputs and 2 outputs, or learn something else"
    )


def test_a_missing_target_is_refused():
    world = world_of(drawn(NET, 2, state={"input": torch.zeros(2, 5)}))
    assert "populations.nets.state: no column 'target'" in refusal(world, Gradient("nets"))


def test_something_unknown_to_train_is_refused():
    data = examples(0, 1, 4, (5, 3), "classes")
    rule = Gradient("nets", "task", trains=("weights", "embeding"))
    text = refusal(world_of(drawn(NET, 2), data=data), rule)
    assert "rules.learn.trains: no weight or column 'embeding'" in text
    assert "expected: of b1, b2, b3, w1, w2, w3, weights" in text


def test_nothing_to_train_is_refused():
    data = examples(0, 1, 4, (5, 3), "classes")
    text = refusal(world_of(drawn(NET, 2), data=data), Gradient("nets", "task", trains=()))
    assert "rules.learn.trains: nothing to learn" in text


def test_a_column_that_answers_do_not_depend_on_is_refused():
    data = examples(0, 1, 4, (5, 3), "classes")
    world = world_of(drawn(NET, 2, state={"mood": torch.zeros(2)}), data=data)
    text = refusal(world, Gradient("nets", "task", trains=("weights", "mood")))
    assert "rules.learn.trains: answers of 'nets' that do not depend on 'mood'" in text
    assert "fix: take 'mood' out of 'trains'" in text
    assert "depend on 'mood'" in refusal(world, Gradient("nets", "task", trains=("mood",)))


def test_cross_entropy_of_numbers_is_refused():
    data = examples(0, 1, 4, (5, 3), "numbers")
    world = world_of(drawn(NET, 2), data=data)
    text = refusal(world, Gradient("nets", "task", loss="cross_entropy"))
    assert "rules.learn.loss: cross_entropy, but the targets of 'task' are numbers" in text


def test_a_price_of_activity_that_no_one_traces_is_refused():
    data = examples(0, 1, 4, (5, 3), "classes")
    world = world_of(drawn(CHILD, 2), data=data)
    text = refusal(world, Gradient("nets", "task", activity_l1=0.1))
    assert "rules.learn.activity_l1: agents of 'nets' that trace nothing but their output" in text


def test_a_price_of_length_without_places_is_refused():
    data = examples(0, 1, 4, (5, 3), "classes")
    text = refusal(world_of(drawn(NET, 2), data=data), Gradient("nets", "task", length_l1=0.1))
    assert "neurons without a place" in text
