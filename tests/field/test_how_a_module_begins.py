"""Agents with a module begin as its constructor draws, each for itself."""

import importlib

import numpy as np
import pytest
import torch

from netware import NetwareModel
from netware.draws import replica_seeds
from tests.field.own_nets import entered


@pytest.fixture
def scenario(monkeypatch):
    return entered("22-how-a-module-begins", monkeypatch)


def test_layers_are_orthogonal_and_heads_begin_near_zero(scenario):
    weights = NetwareModel(scenario).world["nets"].weights
    w = weights["mix.weight"]
    assert (w @ w.transpose(1, 2) - torch.eye(4)).abs().max() < 1e-5
    assert not weights["mix.bias"].any()
    numbers = weights["out.weight"].numel()
    assert abs(weights["out.weight"].std() / 1e-3 - 1) < 5 / (2 * numbers) ** 0.5
    assert len({float(one[0, 0]) for one in w}) == 200


def test_who_else_is_there_changes_nobody_s_start(scenario):
    many = NetwareModel(scenario).world["nets"].weights
    few = NetwareModel(scenario, ["populations.nets.agents=3"]).world["nets"].weights
    other = NetwareModel(scenario, ["seed=2"]).world["nets"].weights
    for name, values in few.items():
        assert torch.equal(many[name][:3], values)
    assert not torch.equal(other["out.weight"], many["out.weight"])


def test_a_replica_begins_as_the_run_with_its_seed(scenario):
    small = ["populations.nets.agents=3"]
    both = NetwareModel(scenario, [*small, "replicas=2"]).world["nets"].weights
    alone = NetwareModel(scenario, small, seed=replica_seeds(1, 2)[1]).world["nets"].weights
    for name, values in alone.items():
        assert torch.equal(both[name][3:], values)


def test_the_chance_of_the_process_goes_on_as_if_nothing_had_been_built(scenario):
    torch.manual_seed(5)
    np.random.seed(5)
    wanted = torch.rand(3), np.random.rand(3)
    torch.manual_seed(5)
    np.random.seed(5)
    NetwareModel(scenario)
    assert torch.equal(torch.rand(3), wanted[0]) and (np.random.rand(3) == wanted[1]).all()


def test_an_embedding_begins_from_the_normal_distribution(scenario, monkeypatch):
    nets = importlib.import_module("nets")

    class Words(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.out = torch.nn.Embedding(50, 4), torch.nn.Linear(4, 1)

        def forward(self, x):
            return self.out(self.words(x[:, 0].long()))

    monkeypatch.setattr(nets, "Words", Words, raising=False)
    change = ["populations.nets.model={type: module, path: nets.Words, inputs: 1}"]
    w = NetwareModel(scenario, change).world["nets"].weights["words.weight"]
    assert abs(w.std() - 1) < 5 / (2 * w.numel()) ** 0.5
