"""Models of every kind with known synapses, and their weights as plain lists of who joins whom."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.models.base import AbstractModel
from netware.models.chnnet import Chnnet
from netware.models.cppn import Cppn
from netware.models.intralinked import Intralinked
from netware.models.multilayer import Multilayer
from netware.models.static_hypernetwork import StaticHypernetwork
from netware.models.torch_module.module import Module
from netware.models.urn import Urn
from netware.models.wrappers.low_rank import LowRank
from netware.models.wrappers.steered import Steered


class Policy(torch.nn.Sequential):
    """A user's own network."""

    def __init__(self) -> None:
        super().__init__(
            torch.nn.Linear(4, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3), torch.nn.Tanh()
        )
        self.append(torch.nn.Linear(3, 2))


Edge = tuple[str, int, str, int, float]
LAYERS = Multilayer(4, 2, (5, 3), "tanh")
MODELS: dict[str, AbstractModel] = {
    "multilayer": LAYERS,
    "chnnet": Chnnet(4, 2, (5, 3), "tanh"),
    "dense": Intralinked(4, 2, (6, 3), 3, "dense", 0.5, "tanh"),
    "chain": Intralinked(4, 2, (6, 3), 3, "chain", 0.5, "tanh"),
    "urn": Urn(4, 2, 10, 3, activation="tanh"),
    "cppn": Cppn(functions=(("sin", "tanh", "sin"), ("tanh", "abs"))),
    "static": StaticHypernetwork(2, 3, 1, 4, 3),
    "low_rank": LowRank(LAYERS, 2),
    "steered": Steered(Chnnet(4, 2, (5, 3), "tanh")),
    "module": Module(f"{__name__}.Policy"),
}


def weights_of(model: AbstractModel, agents: int = 3, seed: int = 5) -> dict[str, Tensor]:
    """Draws weights, none of them 0."""
    drawn = model.init(Draws.of(seed).stream(Purpose.WEIGHTS, "nets", agents), torch.float64)
    generator = torch.Generator().manual_seed(seed)
    return {
        name: w + 0.3 * torch.randn(w.shape, generator=generator, dtype=torch.float64)
        for name, w in drawn.items()
    }


def layers_in(before: str, after: str, w: np.ndarray) -> list[Edge]:
    """Lists a matrix of rows that send and columns that receive."""
    rows, columns = w.shape
    return [(before, i, after, j, float(w[i, j])) for i in range(rows) for j in range(columns)]


def edges_by_hand(name: str, weights: Mapping[str, Tensor], agent: int) -> list[Edge]:
    """Lists who joins whom of one agent, one by one, from what the models' docstrings say."""
    own = {key: w[agent].numpy() for key, w in weights.items()}
    if name == "urn":
        called = [("input", i) for i in range(4)] + [("neurons", i) for i in range(4)]
        called += [("output", i) for i in range(2)]
        return [
            (*called[j], *called[i], float(own["w"][j, i])) for j in range(10) for i in range(10)
        ]
    if name == "static":
        found = layers_in("input", "hidden1", own["w"])
        for channel in range(2):
            for i in range(3):
                for j in range(3):
                    ends = ("hidden1", 3 * channel + i, "output", 3 * channel + j)
                    found.append((*ends, float(own["w_out"][i, j])))
        return found
    names = ["input", "hidden1", "hidden2", "output"]
    found = []
    for layer in (1, 2, 3):
        if name == "module":
            w = own[f"{2 * (layer - 1)}.weight"].T
        elif name == "low_rank":
            w = own[f"w{layer}"] + 2.0 * own[f"w{layer}.down"] @ own[f"w{layer}.up"]
        else:
            w = own[f"w{layer}"]
        found += layers_in(names[layer - 1], names[layer], w)
        if f"u{layer}" in own:
            found += layers_in(names[layer], names[layer], own[f"u{layer}"])
        if f"c{layer}" in own:
            places = {"dense": [(0, 1), (0, 2), (1, 2)], "chain": [(0, 1), (1, 2)]}[name]
            for group, row in enumerate(own[f"c{layer}"]):
                for (k, j), value in zip(places, row, strict=True):
                    ends = (names[layer], 3 * group + k, names[layer], 3 * group + j)
                    found.append((*ends, float(value)))
    return found
