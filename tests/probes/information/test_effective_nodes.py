"""Effective nodes: the participation ratio of amplifications."""

import pytest
import torch

from netware.errors import ScenarioError
from netware.models.multilayer import Multilayer
from netware.models.neurashed.neurashed import Neurashed
from netware.probes.information.effective_nodes import EffectiveNodes
from tests.rules.learners import drawn, world_of


PATHWAYS = Neurashed(graph="pathways", common=1, specific=2, classes=1, patterns=2, depth=3)


def test_it_is_the_ratio_of_squares() -> None:
    population = drawn(PATHWAYS, 4, replicas=2)
    found = EffectiveNodes("nets").read(world_of(population))
    levels = [population.weights[f"log_lambda{level}"].double().exp() for level in (1, 2, 3)]
    lam = torch.cat(levels, 1)
    expected = lam.sum(1) ** 2 / (lam**2).sum(1)
    torch.testing.assert_close(found["effective_each"].flatten(), expected)
    torch.testing.assert_close(found["effective"], expected.view(2, 4).mean(1))
    second = levels[1].sum(1) ** 2 / (levels[1] ** 2).sum(1)
    torch.testing.assert_close(found["effective_by_level"][..., 1].flatten(), second)
    assert set(found) == set(EffectiveNodes.quantities)


@pytest.mark.parametrize("size", [1.0, 0.0])
def test_all_count_where_all_are_alike_and_one_where_it_dwarfs_the_others(size: float) -> None:
    alike = drawn(Neurashed(graph="appendix", initial="constant", amplification=size), 3)
    assert EffectiveNodes("nets").read(world_of(alike))["effective"].tolist() == [13.0]
    weights = dict(alike.weights)
    weights["log_lambda2"] = weights["log_lambda2"].clone()
    weights["log_lambda2"][:, 1] = 5000.0
    one = EffectiveNodes("nets").read(world_of(alike.with_weights(weights)))
    assert one["effective"].tolist() == [1.0]


def test_agents_without_features_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"(?s)a Multilayer.*a neurashed, such as"):
        EffectiveNodes("nets").read(world_of(drawn(Multilayer(4, 2), 3)))
