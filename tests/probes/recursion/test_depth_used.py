from itertools import pairwise

import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.models.urn import Residual, Urn
from netware.population import Population
from netware.probes.recursion.depth_used import DepthUsed
from netware.probes.recursion.iteration_accuracy import IterationAccuracy
from netware.tasks.base import Examples, TaskData
from netware.world import World
from tests.rules.learners import drawn, examples, world_of


D_IN, D_OUT, LAYERS = 3, 2, 5


def chain(depth: int, residual: Residual = "output") -> tuple[Urn, dict[str, torch.Tensor]]:
    """Makes a URN whose answer takes exactly `depth` iterations: the sign of x_0.

    Input 0 and its negative reach the outputs along a chain of depth - 1 pairs of neurons.
    """
    model = Urn(D_IN, D_OUT, 20, LAYERS, residual)
    w = torch.zeros(1, 20, 20, dtype=torch.float64)
    pairs = [(3 + 2 * k, 4 + 2 * k) for k in range(depth - 1)] + [(18, 19)]
    up, down = pairs[0]
    w[0, 0, up], w[0, 0, down] = 1.0, -1.0
    for (a, b), (c, d) in pairwise(pairs):
        w[0, a, c], w[0, b, d] = 1.0, 1.0
    return model, {"w": w, "b": torch.zeros(1, 20, dtype=torch.float64)}


def world(model: Urn, weights: dict[str, torch.Tensor]) -> World:
    x = torch.randn(1, 200, D_IN, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    label = (x[..., 0] < 0).long()
    whole = Examples(x, torch.nn.functional.one_hot(label, 2).double(), "classes")
    nets = Population("nets", 1, 1, model, weights, dtype=torch.float64)
    return World(Draws.of(1), {"nets": nets}, examples={"task": TaskData(whole, whole)})


@pytest.mark.parametrize("depth", range(1, LAYERS + 1))
def test_a_chain_of_neurons_has_its_length_as_depth(depth: int) -> None:
    read = DepthUsed("nets", "task").read(world(*chain(depth)))
    assert read["depth"].tolist() == [[depth]] and read["mean"].tolist() == [depth]
    assert read["accuracy"].tolist() == [[1.0]]


def test_outputs_that_do_not_accumulate_are_done_at_the_last_iteration_only() -> None:
    model, weights = chain(LAYERS, "none")
    assert DepthUsed("nets", "task").read(world(model, weights))["depth"].tolist() == [[LAYERS]]


def test_silent_outputs_have_depth_0() -> None:
    model, weights = chain(2)
    silent = {name: values * 0 for name, values in weights.items()}
    assert DepthUsed("nets", "task").read(world(model, silent))["depth"].tolist() == [[0]]


@pytest.mark.parametrize("tolerance", [0.0, 0.05, 0.3])
def test_it_is_the_iteration_from_which_accuracy_stays(tolerance: float) -> None:
    model = Urn(3, 4, 25, 5, "output")
    one = world_of(drawn(model, 4, 2), data=examples(3, 2, 60, (3, 4), "classes"))
    read = DepthUsed("nets", "task", tolerance).read(one)
    curves = IterationAccuracy("nets", "task").read(one)["accuracy"]
    for replica in range(2):
        for agent in range(4):
            a = curves[replica, agent]
            right = [round(60 * float(value)) for value in a]
            near = [abs(one - right[-1]) <= round(60 * tolerance) for one in right]
            wanted = min(at for at in range(6) if all(near[at:]))
            assert read["depth"][replica, agent] == wanted
    assert torch.equal(read["mean"], read["depth"].mean(1))


def test_agents_of_another_model_are_refused() -> None:
    one = world_of(drawn(Multilayer(3, 2), 1), data=examples(3, 1, 6, (3, 2), "classes"))
    with pytest.raises(ScenarioError, match="whose model is a recursion of one matrix"):
        DepthUsed("nets", "task").read(one)
