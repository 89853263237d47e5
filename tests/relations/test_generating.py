from dataclasses import replace

import pytest
import torch

from netware.models.multilayer import Multilayer
from netware.relations.generation import Generation
from netware.relations.layer_generation import LayerGeneration
from tests.relations.generators import connect, populations


@pytest.mark.parametrize("kind", [Generation, LayerGeneration])
def test_children_at_empty_places_are_left_alone(kind):
    """The founders are made as if there were no other places, whatever the weights there."""
    layered = {"model": Multilayer(3, 8, (5,), "tanh"), "embedding": (12,)}
    given = populations(2, 6, 2, **(layered if kind is LayerGeneration else {}))
    relation, makers = kind(("makers", "made")), given["makers"]
    roomy = replace(given["made"], empty_slots=2)
    after = relation.flow(connect(relation, {**given, "made": roomy}), makers, roomy)
    there = roomy.ids < 4
    alone = replace(
        roomy,
        agents=4,
        empty_slots=0,
        state={name: x[there] for name, x in roomy.state.items()},
        weights={name: w[there] for name, w in roomy.weights.items()},
    )
    expected = relation.flow(connect(relation, {**given, "made": alone}), makers, alone)
    for name, w in after.weights.items():
        assert torch.equal(w[there], expected.weights[name])
        assert torch.equal(w[~there], roomy.weights[name][~there])
