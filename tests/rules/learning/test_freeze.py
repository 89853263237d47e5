from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Stream
from netware.errors import ScenarioError
from netware.learning.optimisers.adam import Adam
from netware.models.base import AbstractModel, untapped
from netware.models.chnnet import Chnnet
from netware.models.intralinked import Intralinked
from netware.models.layers.initial import initial_weights
from netware.models.multilayer import Multilayer
from netware.models.torch_module.module import Module
from netware.models.urn import Urn
from netware.models.wrappers.low_rank import LowRank
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.learning.freeze import Freeze
from netware.rules.learning.gradient import Gradient
from netware.simulation.model import NetwareModel
from netware.tasks.base import Examples, TaskData
from netware.world import World
from tests.rules.learners import drawn, examples, world_of
from tests.simulation.worlds import write


KEEP = Acting("keep")


def heads(whole: TaskData, head: int, of: int) -> TaskData:
    """Returns a task that one of several heads answers."""
    parts = (Examples(p.inputs, p.targets, p.goal, head, of) for p in (whole.train, whole.test))
    return TaskData(*parts)


def world(model: Multilayer | Urn, replicas: int = 2) -> World:
    """Makes agents, and two tasks of two classes each, for heads 0 and 1."""
    first, second = (
        heads(examples(seed, replicas, 40, (3, 2), "classes"), head, 2)
        for head, seed in enumerate((1, 2))
    )
    made = world_of(drawn(model, 3, replicas), data=first)
    return World(made.draws, made.populations, examples={"task": first, "other": second})


def put_away(one: World, task: str = "task", threshold: float = 0.3) -> World:
    rule = Freeze("nets", task, threshold)
    return rule.apply(rule.prepare(one, KEEP), KEEP).advanced()


def taught(one: World, task: str, name: str, steps: int = 3) -> World:
    """Learns with everything that could move a weight whose gradient is zero."""
    rule = Gradient(
        "nets",
        task,
        optimiser=Adam(rate=0.03, weight_decay=0.01),
        batch=7,
        weight_l1=0.01,
        activity_l1=0.01,
    )
    one = rule.prepare(one, Acting(name))
    for _ in range(steps):
        one = rule.apply(one, Acting(name)).advanced()
    return one


def inputs(one: World, task: str) -> Tensor:
    return one.examples[task].test.of(one["nets"].replica).inputs


def logits(one: World, task: str) -> Tensor:
    return one.examples[task].test.asked(one["nets"].forward(inputs(one, task)))


class Policy(torch.nn.Sequential):
    """A user's own network."""

    def __init__(self) -> None:
        super().__init__(torch.nn.Linear(3, 12), torch.nn.ReLU(), torch.nn.Linear(12, 4))


class Untold(torch.nn.Module):
    """A user's network whose activation is no part of it."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden1, self.last = torch.nn.Linear(3, 5), torch.nn.Linear(5, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.relu(self.hidden1(x)))


MODELS = [
    Multilayer(3, 4, (12, 9), initial="kaiming_uniform"),
    Multilayer(3, 4, (12, 9, 6), bias="none"),
    Urn(3, 4, 30, 4, "output"),
    Urn(3, 4, 30, 3, "none"),
    Urn(3, 4, 30, 3, "input"),
    Chnnet(3, 4, (12, 9)),
    Intralinked(3, 4, (12, 9), 3),
    Intralinked(3, 4, (12, 9), 3, "chain"),
    Module(f"{__name__}.Policy"),
]


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_what_was_learnt_stays_bit_by_bit_whatever_else_is_learnt(model) -> None:
    one = taught(world(model), "task", "one")
    kept = put_away(one)
    before = logits(kept, "task")
    later = taught(kept, "other", "two")
    assert torch.equal(logits(later, "task"), before)
    again = put_away(later, "other")
    second = logits(again, "other")
    last = taught(again, "task", "three")
    assert torch.equal(logits(last, "task"), before)
    assert torch.equal(logits(last, "other"), second)
    # The control: without the rule the same learning changes what was learnt.
    free = taught(one, "other", "two")
    assert (logits(free, "task") - logits(one, "task")).abs().max() > 1e-2


def test_of_a_layered_network_weights_into_kept_units_are_frozen_and_cut() -> None:
    one = taught(world(MODELS[0]), "task", "one")
    model, before = one["nets"].wrapped(), one["nets"].weights
    traced = model.trace(before, inputs(one, "task"), {})
    first, second = (traced[f"hidden{layer}"].mean(1) > 0.3 for layer in (1, 2))
    assert 0 < first.sum() < first.numel() and 0 < second.sum() < second.numel()
    kept = put_away(one)["nets"]
    after = kept.weights
    for agent in range(6):
        f, s = first[agent], second[agent]
        w = {name: values[agent] for name, values in after.items()}
        old = {name: values[agent] for name, values in before.items()}
        assert torch.equal(w["w1"][:, f], old["w1"][:, f])
        assert torch.equal(w["w2"][f][:, s], old["w2"][f][:, s])
        assert (w["w2"][~f][:, s] == 0).all() and (w["w3"][~s][:, :2] == 0).all()
        assert torch.equal(w["w3"][s][:, :2], old["w3"][s][:, :2])
        assert torch.equal(w["b1"][f], old["b1"][f]) and torch.equal(w["b3"][:2], old["b3"][:2])
        # What is not kept is new: as it was drawn before the first step, with other numbers.
        assert (w["w2"][:, ~s] != old["w2"][:, ~s]).all() and (w["b2"][~s] == 0).all()
        assert (w["w3"][:, 2:] != old["w3"][:, 2:]).all()
        assert torch.equal(kept["frozen.w1"][agent], f.expand(3, -1))
        assert torch.equal(kept["frozen.w2"][agent], s.expand(12, -1))
        assert torch.equal(kept["frozen.b2"][agent], s)
        assert kept["frozen.w3"][agent].all(0).tolist() == [True, True, False, False]


def test_a_second_task_keeps_the_first_and_may_listen_to_it() -> None:
    kept = put_away(taught(world(Multilayer(3, 4, (40, 30))), "task", "one"), threshold=0.5)
    later = taught(kept, "other", "two")
    again = put_away(later, "other", threshold=0.5)
    for name in ("w1", "w2", "w3", "b1"):
        old, new = (one["nets"][f"frozen.{name}"] for one in (kept, again))
        assert bool((new | ~old).all()) and new.sum() > old.sum()
        assert torch.equal(again["nets"].weights[name][old], kept["nets"].weights[name][old])
    first, both = kept["nets"]["frozen.b1"], again["nets"]["frozen.b1"]
    second, new = kept["nets"]["frozen.b2"], again["nets"]["frozen.b2"]
    w = again["nets"].weights["w2"]
    into_old = (both & ~first)[:, :, None] & second[:, None]
    from_old = first[:, :, None] & (new & ~second)[:, None]
    assert into_old.any() and bool((w[into_old] == 0).all())
    assert from_old.any() and bool((w[from_old] != 0).all())


def test_of_a_urn_inputs_and_the_outputs_of_the_task_are_always_kept() -> None:
    kept = put_away(taught(world(MODELS[2]), "task", "one"), threshold=1e9)["nets"]
    columns = kept["frozen.w"].all(1)
    assert columns[:, :3].all() and columns[:, 26:28].all()
    assert not columns[:, 3:26].any() and not columns[:, 28:].any()
    w = kept.weights["w"]
    silent = torch.ones(30, dtype=torch.bool)
    silent[:3], silent[26:28] = False, False
    assert bool((w[:, silent][:, :, ~silent] == 0).all())
    assert bool((w[:, silent][:, :, silent] != 0).all())


def test_of_a_urn_outputs_that_are_frozen_may_be_listened_to_and_those_to_come_not() -> None:
    kept = put_away(taught(world(MODELS[2]), "task", "one"), threshold=0.1)
    later = taught(kept, "other", "two")
    again = put_away(later, "other", threshold=0.1)
    first, both = (one["nets"]["frozen.w"].all(1) for one in (kept, again))
    new = both & ~first
    new[:, :3] = False
    assert new[:, 28:].all(), "the second task's outputs"
    early, late = kept["nets"].weights["w"], again["nets"].weights["w"]
    columns = first[:, None].expand(-1, 2, -1)
    assert bool((early[:, 28:][columns] == 0).all()), "outputs to come"
    columns = new[:, None].expand(-1, 2, -1)
    assert bool((late[:, 26:28][columns] != 0).all()), "outputs that are frozen"


def test_with_threshold_0_putting_the_last_task_away_costs_nothing() -> None:
    for model in MODELS[:3]:
        one = taught(put_away(taught(world(model), "task", "one"), threshold=0.0), "other", "two")
        after = put_away(one, "other", threshold=0.0)
        torch.testing.assert_close(logits(after, "other"), logits(one, "other"))


def test_a_urns_neuron_is_in_use_if_it_is_at_any_iteration() -> None:
    one = taught(world(MODELS[3]), "task", "one")
    traced = one["nets"].wrapped().trace(one["nets"].weights, inputs(one, "task"), {})
    means = torch.stack([h.mean(1) for part, h in traced.items() if part != "output"]).amax(0)
    kept = put_away(one)["nets"]
    assert torch.equal(kept["frozen.b"][:, 3:26], (means > 0.3)[:, 3:26])


def test_new_weights_are_drawn_like_the_first_ones() -> None:
    model = Multilayer(50, 2, (400,))
    whole = examples(1, 1, 20, (50, 2), "classes")
    one = world_of(drawn(model, 2), data=whole)
    after = put_away(one, threshold=1e9)["nets"].weights["w1"]
    before = one["nets"].weights["w1"]
    assert not torch.equal(after[0], after[1])
    # 40 000 numbers of variance 2 / 50: the standard deviation of their mean square is 0.0003.
    assert abs(after.square().mean() - 0.04) < 0.0015
    assert abs((after * before).mean()) < 0.001


def test_nothing_that_it_was_given_is_changed() -> None:
    one = taught(world(MODELS[0]), "task", "one")
    copies = {name: values.clone() for name, values in one["nets"].weights.items()}
    rule = Freeze("nets", "task")
    ready = rule.prepare(one, KEEP)
    rule.apply(ready, KEEP)
    assert not ready["nets"]["frozen.w1"].any()
    for name, values in one["nets"].weights.items():
        assert torch.equal(values, copies[name])


def test_units_that_hear_through_other_weights_are_refused() -> None:
    data = examples(1, 1, 10, (3, 2), "classes")
    with pytest.raises(ScenarioError) as error:
        put_away(world_of(drawn(LowRank(Multilayer(3, 2, (4,)), 2), 1), data=data))
    assert "rules.keep.on: units of a LowRank, whose weights are" in str(error.value)
    assert "expected: a model each of whose weights joins two known units" in str(error.value)
    with pytest.raises(ScenarioError, match="units of a Multilayer"):
        put_away(world_of(drawn(Multilayer(3, 2), 1), data=data))


def test_units_whose_answers_no_part_shows_are_refused() -> None:
    data = examples(1, 1, 10, (3, 2), "classes")
    with pytest.raises(ScenarioError) as error:
        put_away(world_of(drawn(Module(f"{__name__}.Untold"), 1), data=data))
    assert str(error.value) == (
        "rules.keep.on: hidden1 of 'nets', 5 units whose answers no part shows\n"
        "  expected: a part that shows what the units answer after their activation\n"
        "  fix: in a torch.nn.Module write the activation as a part, 'self.act = torch.nn.ReLU()', "
        "and call it; in a model of your own return 'tap(\"hidden1\", h)' on the way"
    )


@dataclass(frozen=True)
class Silent(AbstractModel):
    """A model of a user's own that hands nothing to the tap."""

    def input_size(self) -> int:
        return 3

    def output_size(self) -> int:
        return 2

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"w1": (3, 5), "w2": (5, 2)}

    def layers(self) -> tuple[str, ...]:
        return ("w1", "w2")

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        return initial_weights(self.weight_shapes(), "uniform", 1.0, stream, dtype)

    def forward(self, weights, inputs: Tensor, state, tap=untapped) -> Tensor:
        return torch.relu(inputs @ weights["w1"]) @ weights["w2"]


def test_a_model_that_names_layers_but_shows_none_is_refused() -> None:
    data = examples(1, 1, 10, (3, 2), "classes")
    with pytest.raises(ScenarioError) as error:
        put_away(world_of(drawn(Silent(), 2), data=data))
    assert "hidden1 of 'nets', 5 units whose answers no part shows" in str(error.value)
    assert "return 'tap(\"hidden1\", h)' on the way" in str(error.value)


GENERATED = """
netware: 1
name: children
seed: 1
steps: 2
tasks:
  task: {type: shells, dimensions: 3, train: 20, test: 10}
populations:
  parent: {agents: 1, model: {type: multilayer, inputs: 2, widths: [3], outputs: 26}}
  nets:
    agents: 2
    model: {type: multilayer, inputs: 3, widths: [4], outputs: 2}
    state: {embedding: {uniform: [0, 1], size: 2}}
relations:
  makes: {type: generation, between: [parent, nets]}
rules:
  keep: {type: freeze, on: nets, task: task, at: 0}
"""


def test_weights_that_a_relation_generates_are_refused(tmp_path) -> None:
    with pytest.raises(ScenarioError) as error:
        NetwareModel(write(tmp_path, GENERATED))
    assert "weights b1, b2, w1, w2 that a relation generates at every step" in str(error.value)
    assert "fix: freeze the population that generates them" in str(error.value)


SEQUENCE = """
netware: 1
name: sequence
seed: 5
steps: 6
replicas: 2
tasks:
  one:
    {type: multi_head, head: 0, heads: 2, task: {type: shells, dimensions: 3, train: 60, test: 20}}
  two:
    {type: multi_head, head: 1, heads: 2, task: {type: shells, dimensions: 3, train: 60, test: 20}}
populations:
  nets: {agents: 2, model: {type: multilayer, inputs: 3, widths: [20, 20], outputs: 4}}
rules:
  first: {type: gradient, on: nets, task: one, batch: 20, until: 2}
  keep: {type: freeze, on: nets, task: one, threshold: 0.2, at: 2}
  second: {type: gradient, on: nets, task: two, batch: 20, from: 3}
probes:
  first: {type: accuracy, on: nets, task: one}
"""


def test_tasks_follow_each_other_by_their_steps(tmp_path) -> None:
    model = NetwareModel(write(tmp_path, SEQUENCE), collect=0)
    found = []
    for _ in range(6):
        model.step()
        found.append((logits(model.world, "one"), logits(model.world, "two")))
    assert not torch.equal(found[0][0], found[1][0])
    for step in (3, 4, 5):
        assert torch.equal(found[step][0], found[2][0])
        assert not torch.equal(found[step][1], found[step - 1][1])
    assert isinstance(model.world["nets"], Population)


def test_chance_is_that_of_the_step_and_of_the_rule() -> None:
    one = world(MODELS[0])
    rule = Freeze("nets", "task", 1e9)
    ready = rule.prepare(one, KEEP)
    now, again = (rule.apply(ready, KEEP)["nets"].weights["w1"] for _ in range(2))
    assert torch.equal(now, again)
    others = (
        rule.apply(ready.advanced(), KEEP),
        rule.apply(ready, Acting("other")),
        rule.apply(World(Draws.of(9, 2), ready.populations, examples=ready.examples), KEEP),
    )
    for other in others:
        assert not torch.equal(other["nets"].weights["w1"], now)
