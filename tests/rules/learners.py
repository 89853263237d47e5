"""Small worlds in which agents learn, that the tests of learning share."""

from dataclasses import replace

import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.learning.lineage import Relations
from netware.models.base import AbstractModel
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.rules.base import AbstractRule, Acting
from netware.tasks.base import Examples, Goal, TaskData
from netware.world import World


LEARN = Acting("learn")


def examples(
    seed: int, replicas: int, samples: int, sizes: tuple[int, int], goal: Goal
) -> TaskData:
    """Draws inputs and targets, other ones for every replica."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn((replicas, samples, sizes[0]), generator=generator)
    t = torch.randn((replicas, samples, sizes[1]), generator=generator)
    if goal == "classes":
        t = torch.nn.functional.one_hot(t.argmax(-1), sizes[1]).float()
    if goal == "numbers":
        t = t.mul(2).round()
    whole = Examples(x, t, goal)
    return TaskData(whole, whole)


def drawn(
    model: AbstractModel, agents: int, replicas: int = 1, seed: int = 3, name: str = "nets", **extra
) -> Population:
    """Makes a population with the weights that the engine would draw."""
    stream = Draws.of(seed, replicas).stream(Purpose.WEIGHTS, name, agents)
    weights = model.init(stream, torch.float32)
    return Population(name, agents, replicas, model, weights, **extra)


def world_of(
    *populations: Population, data: TaskData | None = None, seed: int = 3, **extra
) -> World:
    """Makes a world with one task, `task`."""
    return World(
        Draws.of(seed, populations[0].replicas),
        {one.name: one for one in populations},
        examples={} if data is None else {"task": data},
        **extra,
    )


def learnt(
    world: World, rule: AbstractRule, steps: int = 1, relations: Relations | None = None
) -> World:
    """Takes steps in which nothing but the rule happens, among these relations."""
    acting = replace(LEARN, relations=relations or {})
    world = rule.prepare(world, acting)
    for _ in range(steps):
        world = rule.apply(world, acting).advanced()
    return world


def sequential(model: Multilayer, weights: dict[str, Tensor], agent: int) -> torch.nn.Sequential:
    """Returns the plain PyTorch network that one agent of a population is."""
    layers: list[torch.nn.Module] = []
    count = len(model.widths) + 1
    for layer in range(1, count + 1):
        w, b = weights[f"w{layer}"][agent], weights[f"b{layer}"][agent]
        linear = torch.nn.Linear(w.shape[0], w.shape[1])
        linear.weight.data = w.T.clone()
        linear.bias.data = b.clone()
        layers += [linear, torch.nn.ReLU()] if layer < count else [linear]
    return torch.nn.Sequential(*layers)
