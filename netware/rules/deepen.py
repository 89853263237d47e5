"""Deepen: deep and narrow networks that compute what wide ones do."""

from dataclasses import dataclass
from typing import ClassVar

from netware.errors import ScenarioError, ShapeError
from netware.models.conversion import deep_model, deep_weights
from netware.models.multilayer import Multilayer
from netware.parameters import PopulationName, Positive
from netware.population import Population
from netware.rules.base import AbstractRule, Phase, Turn
from netware.world import World


@dataclass(frozen=True)
class Deepen(AbstractRule):
    """Gives each agent the weights of a deep, narrow network that equals a wide one.

    y_i(x) = y'_i(x) for |x_k| <= bound,   depth w and width d + outputs + 1 for w units, d inputs

    Agent i of `on` takes over from agent i of `of`, a network of one hidden layer of relu. Of a
    deep layer, d units carry the sample, one works like a unit of the wide layer, the rest add up
    the outputs. Needs more parameters than the wide network has, about (d + 2)^2 w.

    Args:
        on: Population of deep networks, of that depth and width.
        of: Population of wide networks, as many agents.
        bound: Half the side of the box of samples in which both are the same. [unit of inputs]

    Reads: weights of `of`.
    Writes: weights of `on`, before the agents think.

    Source: Fan, Lai and Wang (2023), JMLR 24(183), on the quasi-equivalence of width and depth.
    Departs from it: exact on a box, for networks of one output also of width d + 2.
    """

    on: PopulationName
    of: PopulationName
    bound: Positive = 1.0

    phase: ClassVar[Phase] = "generate"

    def population(self) -> str:
        """Names the population that is given weights."""
        return self.on

    def prepare(self, world: World, turn: Turn) -> World:
        """Refuses populations that do not fit; makes the deep networks for the first time."""
        wide, deep = world[self.of], world[self.on]
        wanted = deep_model(perceptron(wide))
        model = perceptron(deep)
        if model.weight_shapes() != wanted.weight_shapes() or model.activation != "relu":
            raise ShapeError(
                f"populations.{self.on}.model",
                found=f"widths {list(model.widths)} of {model.activation}, {model.inputs} inputs "
                f"and {model.outputs} outputs",
                expected=f"{len(wanted.widths)} layers of {wanted.widths[0]} relu with biases, "
                f"{wanted.inputs} inputs and {wanted.outputs} outputs",
                fix=f"write 'widths: {list(wanted.widths)}', or give 'of' another population",
            )
        if wide.agents != deep.agents:
            raise ShapeError(
                f"populations.{self.on}.agents",
                found=f"{deep.agents} agents to take over from {wide.agents}",
                expected="as many",
                fix=f"write 'agents: {wide.agents}'",
            )
        return self.apply(world, turn)

    def apply(self, world: World, turn: Turn) -> World:
        """Returns the world in which the deep networks compute what the wide ones do now."""
        wide = world[self.of]
        return world.with_weights(self.on, deep_weights(perceptron(wide), wide.weights, self.bound))


def perceptron(population: Population) -> Multilayer:
    """Returns the multilayer model that these agents have, or says that they have another."""
    model = population.wrapped()
    if not isinstance(model, Multilayer):
        raise ScenarioError(
            f"populations.{population.name}.model",
            found=f"a {type(model).__name__}",
            expected="multilayer, which can be made deep",
            fix="write 'model: {type: multilayer, ...}', or choose another population",
        )
    return model
