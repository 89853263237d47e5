"""Modules as people write them: forward and learning, against each agent's own module."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.learning.optimisers.adam import Adam
from netware.learning.optimisers.base import AbstractOptimiser
from netware.learning.optimisers.sgd import Sgd
from netware.models.torch_module.module import FIXED, Module
from netware.population import Population
from netware.rules.learning.gradient import Gradient
from netware.tasks.base import Examples, TaskData
from netware.world import World
from tests.models.torch_module import thirty_nets
from tests.models.torch_module.thirty_nets import INPUTS, VARIANTS
from tests.rules.learners import learnt, world_of


AGENTS, SAMPLES, STEPS = 3, 6, 5
BY_LOOP, WHOLE, SINGLE = {"Deciding"}, {"BareWords"}, {"OneByOne"}
IDS = [" ".join([name, *map(str, options.values())]) for name, options in VARIANTS]
OPTIMISERS: dict[str, tuple[AbstractOptimiser, Any]] = {
    "sgd": (Sgd(rate=0.05), lambda own: torch.optim.SGD(own, 0.05)),
    "adam": (Adam(rate=0.01), lambda own: torch.optim.Adam(own, 0.01)),
}


def model_of(name: str, options: dict[str, Any]) -> Module:
    return Module(f"tests.models.torch_module.thirty_nets.{name}", options, INPUTS[name])


def population_of(model: Module, dtype: torch.dtype = torch.float32) -> Population:
    stream = Draws.of(3).stream(Purpose.WEIGHTS, "nets", AGENTS)
    weights, state = (draw(stream, dtype) for draw in (model.init, model.init_state))
    return Population("nets", AGENTS, 1, model, weights, state, dtype=dtype)


def own_module(name: str, options: dict[str, Any], of: Population, agent: int) -> torch.nn.Module:
    """Returns a module of the user's, with what one agent has: parameters and buffers."""
    module = getattr(thirty_nets, name)(**options).eval()
    if name == "Lazy":
        module(torch.zeros(2, INPUTS[name]))
    held = {key: values[agent].clone() for key, values in of.weights.items()}
    fixed = {key.removeprefix(FIXED): values[agent] for key, values in of.state.items()}
    absent, unknown = module.load_state_dict({**held, **fixed}, strict=False)
    tied = {"back.weight"} if name == "Tied" else set()
    constant = {key for key in absent if "running" in key or "num_batches" in key}
    assert not unknown and set(absent) == tied | constant
    return module


@pytest.fixture
def double() -> Iterator[torch.dtype]:
    """Lets modules be of double precision, as far as PyTorch's default decides on it.

    The gradient of a key's bias in attention is 0 but for rounding; in single precision Adam takes
    whole steps along what is left of it.
    """
    torch.set_default_dtype(torch.float64)
    yield torch.float64
    torch.set_default_dtype(torch.float32)


def shown(name: str) -> Tensor:
    x = torch.randn(SAMPLES, INPUTS[name], generator=torch.Generator().manual_seed(5))
    return (2 * x).round().clamp(0, 4) if "Words" in name else x


def asked(module: torch.nn.Module, name: str, x: Tensor) -> Tensor:
    if name in SINGLE:
        return torch.stack([module(one) for one in x])
    return module(x.long() if name in WHOLE else x).reshape(len(x), -1)


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=IDS)
def test_every_agent_answers_as_its_own_module_does(name: str, options: dict[str, Any]) -> None:
    model = model_of(name, options)
    population, x = population_of(model), shown(name)
    assert model.found.call.batched == (name not in BY_LOOP)
    y = population.forward(x.expand(AGENTS, *x.shape))
    for agent in range(AGENTS):
        wanted = asked(own_module(name, options, population, agent), name, x)
        torch.testing.assert_close(y[agent], wanted, rtol=1e-5, atol=1e-5)
    assert not torch.allclose(y[0], y[1], rtol=0, atol=1e-4)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=IDS)
def test_everybody_learns_as_in_a_loop_of_torch_optim(
    name: str, options: dict[str, Any], optimiser: str, double: torch.dtype
) -> None:
    model = model_of(name, options)
    population, x = population_of(model, double), shown(name)
    target = torch.randn(SAMPLES, model.output_size(), generator=torch.Generator().manual_seed(6))
    own, theirs = OPTIMISERS[optimiser]
    whole = Examples(x[None], target[None], "numbers")
    world = world_of(population, data=TaskData(whole, whole))
    after = learnt(world, Gradient("nets", "task", optimiser=own), STEPS)
    for agent in range(AGENTS):
        module = own_module(name, options, population, agent)
        descent = theirs([one for one in module.parameters() if one.requires_grad])
        for _ in range(STEPS):
            descent.zero_grad()
            torch.nn.functional.mse_loss(asked(module, name, x), target).backward()
            descent.step()
        same_weights(after, module, agent)


def same_weights(world: World, module: torch.nn.Module, agent: int) -> None:
    wanted = {key: w for key, w in module.named_parameters() if w.requires_grad}
    weights = world["nets"].weights
    assert set(weights) == set(wanted)
    for key, values in wanted.items():
        torch.testing.assert_close(weights[key][agent], values.detach(), rtol=1e-7, atol=1e-7)
