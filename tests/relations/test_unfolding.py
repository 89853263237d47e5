import pytest
import torch

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError, ShapeError
from netware.graphs.topologies.complete import Complete
from netware.models.base import AbstractModel
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.population import Population
from netware.relations.unfolding import Unfolding
from tests.relations.scenes import Scene, scene


WIDE, DEEP = Multilayer(2, 1, (5,)), Multilayer(2, 1, (4,) * 5)
PAIR = ("wide", "deep")


def setting(deep: AbstractModel = DEEP, wide: AbstractModel = WIDE, replicas: int = 1) -> Scene:
    draws = Draws.of(9, replicas)

    def made(name: str, many: int, model: AbstractModel) -> Population:
        weights = model.init(draws.stream(Purpose.WEIGHTS, name, many), torch.float64)
        return Population(name, many, replicas, model, weights, dtype=torch.float64)

    both = {"wide": made("wide", 2, wide), "deep": made("deep", 4, deep)}
    return scene("unfolds", both, None, draws)


@pytest.mark.parametrize("replicas", [1, 2])
def test_the_deep_answer_as_the_wide_in_the_box_and_not_beyond(replicas):
    given, relation = setting(replicas=replicas), Unfolding(PAIR, bound=2.0)
    wide, deep = given[0].populations.values()
    edges = relation.connect(*given)
    after = relation.flow(edges, wide, deep)
    x = torch.empty(1, 300, 2, dtype=torch.float64)
    x.uniform_(-2, 2, generator=torch.Generator().manual_seed(3))
    theirs = wide.forward(x.expand(wide.total, -1, -1))[edges.source.long()]
    own = after.forward(x.expand(deep.total, -1, -1))
    assert (own - theirs).abs().max() < 1e-12
    assert (deep.forward(x.expand(deep.total, -1, -1)) - theirs).abs().max() > 0.01
    far = 10 * x.expand(wide.total, -1, -1)
    beyond = after.forward(10 * x.expand(deep.total, -1, -1))
    assert (beyond - wide.forward(far)[edges.source.long()]).abs().max() > 0.01


def test_gradients_reach_the_wide():
    given, relation = setting(), Unfolding(PAIR)
    wide, deep = given[0].populations.values()
    leaves = {name: w.clone().requires_grad_() for name, w in wide.weights.items()}
    edges = relation.connect(*given)
    after = relation.flow(edges, wide.with_weights(leaves), deep)
    after.forward(torch.ones(4, 1, 2, dtype=torch.float64)).sum().backward()
    assert leaves["w2"].grad is not None and leaves["w2"].grad.abs().sum() > 0


def test_what_cannot_be_unfolded_is_refused():
    with pytest.raises(ShapeError, match=r"write 'widths: \[4, 4, 4, 4, 4\]'"):
        Unfolding(PAIR).connect(*setting(Multilayer(2, 1, (4, 4))))
    with pytest.raises(ScenarioError, match="a multilayer at both ends"):
        Unfolding(PAIR).connect(*setting(Urn(2, 1, 6)))
    with pytest.raises(ScenarioError, match="exactly one wide network for each"):
        Unfolding(PAIR, Complete()).connect(*setting())
    with pytest.raises(ScenarioError, match="one hidden layer of relu"):
        Unfolding(PAIR).connect(*setting(wide=Multilayer(2, 1, (3, 3))))
