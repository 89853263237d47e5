"""Asynchronous recall: memories are asked what their state reminds them of, unit after unit."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from netware.errors import ScenarioError
from netware.models.base import AbstractModel, Weights
from netware.models.memories.memory import AbstractSpinMemory, ByUnit, at, sums_of
from netware.parameters import Column, Count, NonNegative, PopulationName
from netware.rules.memory.base import AbstractRecall, Asked, turned
from netware.varying.base import Varying


@dataclass(frozen=True)
class AsynchronousRecall(AbstractRecall):
    """Lets each memory update one unit after another towards what it has stored.

    s_i <- sign(h_i + cue x_i), where sign(0) is the sign of s_i; with noise T > 0 the unit becomes
    +1 with probability 1 / (1 + exp(-2 (h_i + cue x_i) / T)), else -1 (Glauber). h is the local
    field of the model for the state as it is, be it real; x is what the agent is shown. Units turn
    in a random order of each agent's own, by which the energy never increases while the noise is 0.

    Args:
        on: Population that recalls, of a model whose units are spins.
        state: Column that is recalled into, one number per neuron.
        updates: Updates of every unit in one step. [1]
        cue: Strength of what the agent is shown, its column `input`, as a field on its units. [1]
        noise: Temperature T of the units, in the unit of the field. [1]

    Reads: weights, state; input where cue > 0.
    Writes: state.

    Source: Hopfield (1982), PNAS 79, 2554, doi:10.1073/pnas.79.8.2554; noise: Glauber (1963), J.
    Math. Phys. 4, 294, doi:10.1063/1.1703954.
    Departs from it: updates every unit once in a sweep, not units at random times.
    """

    on: PopulationName
    state: Column = "output"
    updates: Count = 1
    cue: NonNegative = 0.0
    noise: Varying[NonNegative] = 0.0

    least_together: ClassVar[int] = 256

    def check_model(self, model: AbstractModel, where: str) -> None:
        """Refuses a model without spins."""
        if not isinstance(model, AbstractSpinMemory):
            raise ScenarioError(
                where,
                found=f"a model without spins, {type(model).__name__}",
                expected="a memory whose units are spins, such as hopfield or dense_memory",
                fix="write 'recall', or 'model: {type: hopfield, ...}' under the population",
            )

    def updated(
        self, asked: Asked, states: Float[Tensor, "acting units"], update: int
    ) -> Float[Tensor, "acting units"]:
        """Returns the states after every unit turned once, in an order of each agent's own."""
        words = asked.stream(f"order{update}").words((states.shape[1],))
        order = torch.argsort(words, dim=1, stable=True)
        chance = asked.chance(update)
        return swept(asked.model, asked.weights, states, asked.push, order, asked.noise, chance)


def swept(
    model: AbstractSpinMemory,
    weights: Weights,
    states: Float[Tensor, "acting units"],
    push: Float[Tensor, "acting units"],
    order: Int[Tensor, "acting units"],
    noise: float | Float[Tensor, " acting"] = 0.0,
    chance: Float[Tensor, "acting units"] | None = None,
) -> Float[Tensor, "acting units"]:
    """Updates every unit once, each agent's in its own order, and returns the states."""
    states = states.clone()
    sums = sums_of(weights, states[:, None])[:, 0]
    fields, patterns = model.unit_fields(weights), ByUnit.of(weights["patterns"])
    for unit in order.T.contiguous():
        own, xi = at(states, unit), patterns.at(unit)
        field = fields(unit, own, xi, sums) + at(push, unit)
        new = turned(field, own, noise, None if chance is None else at(chance, unit))
        sums = torch.addcmul(sums, xi, (new - own)[:, None])
        states.scatter_(1, unit[:, None], new[:, None])
    return states
