"""A link that stays keeps its two weights; one that moves takes both along."""

from pathlib import Path

import pytest
import torch

from netware import NetwareModel


CASE = Path(__file__).parent / "cases/02-rewiring-overwrites-weights/scenario.yaml"
RULES = ["random_rewiring", "preferential_rewiring", "homophily"]


@pytest.mark.parametrize("rule", RULES)
def test_links_that_stay_keep_the_weights_of_both_directions(rule):
    model = NetwareModel(CASE, [f"rules.r.type={rule}"])
    before = model.world.edges["g"]
    model.step()
    after = model.world.edges["g"]
    assert torch.equal(after.source, before.source) and torch.equal(after.pointer, before.pointer)
    assert after.weight is not None and before.weight is not None
    assert torch.equal(after.weight, before.weight)


@pytest.mark.parametrize("rule", RULES)
def test_links_that_move_take_both_weights_along(rule):
    model = NetwareModel(CASE, [f"rules.r.type={rule}", "rules.r.rate=1.0"])

    def weights() -> list[tuple[float, ...]]:
        edges = model.world.edges["g"]
        ends = zip(edges.source.tolist(), edges.target.tolist(), strict=True)
        weight = dict(zip(ends, edges.weight.tolist(), strict=True))
        pairs = [(weight[s, t], weight[t, s]) for s, t in weight if s < t]
        return sorted(tuple(sorted(pair)) for pair in pairs)

    before = weights()
    for _ in range(5):
        model.step()
        assert weights() == before
