"""Worlds of memories, and what is known of them by hand."""

import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.rules.base import Acting
from netware.rules.memory.base import AbstractRecall
from netware.world import World


ACTING = Acting("recall")
SMALL = Hopfield(30, 3)


def signs(*shape: int, seed: int, dtype=torch.float64) -> Tensor:
    drawn = torch.rand(shape, generator=torch.Generator().manual_seed(seed))
    return (drawn < 0.5).to(dtype) * 2 - 1


def memories(
    agents: int = 20,
    replicas: int = 2,
    model: Hopfield = SMALL,
    seed: int = 0,
    dtype=torch.float64,
) -> World:
    draws = Draws.of(seed, replicas)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "memories", agents), dtype)
    shape = (agents * replicas, model.neurons)
    state = {
        "output": signs(*shape, seed=seed + 1, dtype=dtype),
        "input": signs(*shape, seed=seed + 2, dtype=dtype),
    }
    population = Population("memories", agents, replicas, model, weights, state, dtype=dtype)
    return World(draws=draws, populations={"memories": population})


def couplings(world: World) -> Tensor:
    """Writes every agent's J out: xi^T xi / N without its diagonal."""
    xi = world["memories"].weights["patterns"]
    matrix = xi.transpose(1, 2) @ xi / xi.shape[2]
    return matrix - torch.diag_embed(matrix.diagonal(dim1=1, dim2=2))


def energy(matrix: Tensor, s: Tensor) -> Tensor:
    return -0.5 * torch.einsum("ai,aij,aj->a", s, matrix, s)


def recalled(world: World, rule: AbstractRecall) -> Tensor:
    return rule.apply(rule.prepare(world, ACTING), ACTING)["memories"]["output"]


def network(inputs: int = 4, outputs: int = 4) -> World:
    model, draws = Multilayer(inputs, outputs, (5,)), Draws.of(0)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "memories", 6), torch.float32)
    state = {"output": signs(6, inputs, seed=1, dtype=torch.float32)}
    population = Population("memories", 6, 1, model, weights, state)
    return World(draws=draws, populations={"memories": population})
