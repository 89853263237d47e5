"""Generators, and the children whose weights they make."""

import torch

from netware.draws import Draws, Purpose
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.relations.generating import AbstractGeneration
from tests.relations.scenes import scene


CHILD = Multilayer(2, 1, (3,))
WHOLE = 2 * 3 + 3 + 3 * 1 + 1


def populations(
    generators=1, children=5, replicas=1, model=None, embedding=(4,), dtype=torch.float64
) -> dict[str, Population]:
    model = model or Multilayer(embedding[-1], WHOLE, (6,), "tanh")
    draws = Draws.of(5, replicas)
    source = Population("makers", generators, replicas, model, dtype=dtype)
    target = Population("made", children, replicas, CHILD, dtype=dtype)
    z = draws.stream(Purpose.STATE, "z", children).normal(size=embedding, dtype=dtype)
    return {
        "makers": source.with_weights(
            model.init(draws.stream(Purpose.WEIGHTS, "makers", generators), dtype)
        ),
        "made": target.with_weights(
            CHILD.init(draws.stream(Purpose.WEIGHTS, "made", children), dtype)
        ).with_state({"embedding": z}),
    }


def connect(relation: AbstractGeneration, given: dict[str, Population]):
    draws = Draws.of(5, given["made"].replicas)
    return relation.connect(*scene("make", given, None, draws))
