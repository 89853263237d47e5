import pytest
import torch

from netware.draws import Draws, Purpose
from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.models.multilayer import Multilayer
from netware.models.torch_module.module import Module
from netware.population import Population
from netware.relations.inheritance import Inheritance
from tests.relations.scenes import Scene, scene


MODEL = Multilayer(5, 3, (4,))
FAMILY = ("parents", "heirs")


def family(parents: int = 2, heirs: int = 6, replicas: int = 1) -> Scene:
    draws = Draws.of(5, replicas)
    made = {
        name: Population(
            name,
            many,
            replicas,
            MODEL,
            MODEL.init(draws.stream(Purpose.WEIGHTS, name, many), torch.float32),
        )
        for name, many in (("parents", parents), ("heirs", heirs))
    }
    return scene("inherits", made, None, draws)


def born(relation: Inheritance, given: Scene) -> tuple[Population, Population, Edges]:
    heirs = relation.with_columns(*given)
    given = given[0].with_population(heirs), given[1]
    edges = relation.connect(*given)
    parents = given[0].populations["parents"]
    return parents, relation.flow(edges, parents, heirs), edges


@pytest.mark.parametrize("replicas", [1, 3])
def test_an_heir_without_a_difference_answers_as_its_parent(replicas):
    parents, heirs, edges = born(Inheritance(FAMILY), family(replicas=replicas))
    x = torch.randn(1, 7, 5, generator=torch.Generator().manual_seed(1))
    theirs = parents.forward(x.expand(parents.total, 7, 5))
    own = heirs.forward(x.expand(heirs.total, 7, 5))
    assert torch.equal(own, theirs[edges.source.long()])


def test_what_changes_a_parent_changes_all_its_heirs_and_no_others():
    relation = Inheritance(FAMILY, rank=2, spread=0.3)
    parents, before, edges = born(relation, family())
    moved = parents.weights["w1"].index_add(0, torch.tensor([1]), torch.ones(1, 5, 4))
    after = relation.flow(edges, parents.with_weights({"w1": moved}), before)
    shift = after.weights["w1"] - before.weights["w1"]
    mine = edges.source == 1
    assert torch.allclose(shift[mine], torch.ones(int(mine.sum()), 5, 4), atol=1e-6)
    assert shift[~mine].eq(0).all()


@pytest.mark.parametrize("rank", [1, 2])
def test_a_difference_has_the_rank_and_the_size_that_were_asked_for(rank):
    given = family(heirs=400)
    parents, heirs, edges = born(Inheritance(FAMILY, rank=rank, spread=0.3), given)
    difference = heirs.weights["w1"] - parents.weights["w1"][edges.source.long()]
    assert (torch.linalg.svdvals(difference.double())[:, rank:] < 1e-5).all()
    assert float(difference.std()) == pytest.approx(0.3, rel=0.1)
    assert torch.equal(heirs.weights["b1"], parents.weights["b1"][edges.source.long()])


def test_without_a_spread_heirs_begin_as_their_parent_but_may_learn():
    parents, heirs, edges = born(Inheritance(FAMILY, rank=2), family())
    assert torch.equal(heirs.weights["w2"], parents.weights["w2"][edges.source.long()])
    assert heirs["own.left.w2"].abs().min() > 0 and heirs["own.right.w2"].eq(0).all()


def test_heirs_of_one_parent_share_its_memory_and_one_product():
    parents, heirs, _ = born(Inheritance(FAMILY), family(parents=1, heirs=50))
    for name, weight in heirs.weights.items():
        assert weight.data_ptr() == parents.weights[name].data_ptr()
        assert weight.untyped_storage().nbytes() == parents.weights[name].nbytes
    x = torch.randn(50, 3, 5, generator=torch.Generator().manual_seed(2))
    apart = MODEL.forward({n: w.contiguous() for n, w in heirs.weights.items()}, x, {})
    assert torch.allclose(heirs.forward(x), apart, atol=1e-6)


def test_an_orphan_keeps_its_weights():
    relation = Inheritance(FAMILY)
    parents, heirs, edges = born(relation, family())
    changed = parents.with_weights({n: w + 1 for n, w in parents.weights.items()})
    after = relation.flow(edges.among(edges.source != 0), changed, heirs)
    orphans = edges.source == 0
    assert torch.equal(after.weights["w1"][orphans], heirs.weights["w1"][orphans])
    assert torch.equal(after.weights["w1"][~orphans], heirs.weights["w1"][~orphans] + 1)


def test_only_the_named_weights_are_inherited():
    given = family()
    parents, heirs, edges = born(Inheritance(FAMILY, weights=("w1",)), given)
    assert torch.equal(heirs.weights["w1"], parents.weights["w1"][edges.source.long()])
    assert torch.equal(heirs.weights["w2"], given[0].populations["heirs"].weights["w2"])


def test_what_cannot_be_inherited_is_refused():
    given = family()
    other = Multilayer(5, 3, (6,))
    weights = other.init(given[0].draws.stream(Purpose.WEIGHTS, "x", 2), torch.float32)
    stranger = Population("parents", 2, 1, other, weights)
    strangers = given[0].with_population(stranger), given[1]
    with pytest.raises(ShapeError, match="the same model"):
        Inheritance(FAMILY).connect(*strangers)
    with pytest.raises(ScenarioError, match="'w9', which heirs has not"):
        Inheritance(FAMILY, weights=("w9",)).connect(*given)
    with pytest.raises(ScenarioError, match="a population of parents and another of heirs"):
        Inheritance(("heirs", "heirs"))
    with pytest.raises(ScenarioError, match="a rank of 1 or more"):
        Inheritance(FAMILY, spread=0.1)


def test_weights_are_not_torn_from_what_was_drawn_with_them():
    model = Module("tests.models.torch_module.thirty_nets.Features", inputs=4)
    made = {}
    for name in FAMILY:
        stream = Draws.of(5).stream(Purpose.WEIGHTS, name, 2)
        weights, state = (draw(stream, torch.float32) for draw in (model.init, model.init_state))
        made[name] = Population(name, 2, 1, model, weights, state)
    with pytest.raises(ScenarioError) as error:
        Inheritance(FAMILY).connect(*scene("inherits", made, None, Draws.of(5)))
    assert str(error.value) == (
        "relations.inherits: agents of 'heirs' with 'fixed.waves' of their own, drawn with "
        "the weights that they would lose\n"
        "  expected: a model whose weights are all that its agents have of their own\n"
        "  fix: make it a parameter, or draw it the same for all"
    )


def test_two_relations_draw_differences_of_their_own():
    world, _ = family()
    relation = Inheritance(FAMILY, rank=1, spread=1.0)
    one, other = (relation.with_columns(world, name) for name in ("one", "other"))
    assert not torch.equal(one["own.left.w1"], other["own.left.w1"])
    assert not torch.equal(one["own.left.w1"][:, :1], one["own.left.w2"][:, :1])
