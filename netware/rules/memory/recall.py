"""Recall: memories are asked what their state reminds them of, all units at once."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from netware.errors import ScenarioError
from netware.models.base import AbstractModel
from netware.models.memories.memory import AbstractSpinMemory
from netware.parameters import Column, Count, NonNegative, PopulationName
from netware.rules.memory.base import AbstractRecall, Asked, turned
from netware.varying.base import Varying, greatest


@dataclass(frozen=True)
class Recall(AbstractRecall):
    """Lets each memory update all its units at once towards what it has stored.

    s_i <- sign(h_i + cue x_i), where sign(0) is the sign of s_i; with noise T > 0 the unit becomes
    +1 with probability 1 / (1 + exp(-2 (h_i + cue x_i) / T)), else -1 (Glauber). h is the local
    field of the model for the state as it is, be it real; x is what the agent is shown. It may end
    in a cycle of two states.

    Args:
        on: Population that recalls.
        state: Column that is recalled into, one number per neuron.
        updates: Updates of every unit in one step. [1]
        cue: Strength of what the agent is shown, its column `input`, as a field on its units. [1]
        noise: Temperature T of the units, in the unit of the field. [1]

    Reads: weights, state; input where cue > 0.
    Writes: state.

    Source: Little (1974), Math. Biosci. 19, 101, doi:10.1016/0025-5564(74)90031-5; noise: Glauber
    (1963), J. Math. Phys. 4, 294, doi:10.1063/1.1703954.
    Departs from it: a model without spins recalls by its forward pass, without cue and noise.
    """

    on: PopulationName
    state: Column = "output"
    updates: Count = 1
    cue: NonNegative = 0.0
    noise: Varying[NonNegative] = 0.0

    def check_model(self, model: AbstractModel, where: str) -> None:
        """Refuses a cue and noise where there are no spins."""
        if (self.cue > 0 or greatest(self.noise) > 0) and not isinstance(model, AbstractSpinMemory):
            raise ScenarioError(
                where,
                found=f"cue or noise for a model without spins, {type(model).__name__}",
                expected="cue: 0 and noise: 0",
                fix="leave these out, or write 'model: {type: hopfield, ...}'",
            )

    def updated(
        self, asked: Asked, states: Float[Tensor, "acting units"], update: int
    ) -> Float[Tensor, "acting units"]:
        """Returns the states after all units turned together."""
        field = asked.fields(states[:, None])[:, 0] + asked.push
        return turned(field, states, asked.noise, asked.chance(update))
