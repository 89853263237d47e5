"""Learners: lineages of generators, and optimisers on gradients in any order of memory."""

import pytest
import torch

from netware.learning.learner import Learner
from netware.learning.lineage import generated, grown, lineage
from netware.learning.optimisers.adam import Adam
from netware.learning.optimisers.adamw import Adamw
from netware.learning.optimisers.sgd import Sgd
from netware.models.multilayer import Multilayer
from netware.relations.generation import Generation
from netware.world import World
from tests.rules.learners import drawn, world_of


NET = Multilayer(3, 2, bias="none")
MAKER = Multilayer(2, 6, bias="none")
MAKER_OF_MAKERS = Multilayer(4, 12, bias="none")
RELATIONS = {
    "makes": Generation(("makers", "nets")),
    "begins": Generation(("origin", "makers")),
}


def generations() -> World:
    """Makes a world in which makers of nets are themselves made."""
    generator = torch.Generator().manual_seed(1)
    world = world_of(
        drawn(NET, 3, state={"embedding": torch.randn((3, 2), generator=generator)}),
        drawn(
            MAKER, 2, name="makers", state={"embedding": torch.randn((2, 4), generator=generator)}
        ),
        drawn(MAKER_OF_MAKERS, 1, name="origin"),
    )
    for name, relation in RELATIONS.items():
        world = world.with_edges(name, relation.edges(world, name))
    return world


def test_a_lineage_names_the_origin_first():
    world = generations()
    assert lineage(RELATIONS, "nets") == ["origin", "makers", "nets"]
    assert lineage(RELATIONS, "origin") == ["origin"]
    assert generated(world, RELATIONS, "nets") == generated(world, RELATIONS, "makers") == {"w1"}
    assert generated(world, RELATIONS, "origin") == set()


def test_weights_flow_down_all_generations_in_one_pass():
    world = generations()
    line = grown(world, RELATIONS, {name: world[name] for name in lineage(RELATIONS, "nets")})
    makers = world["makers"]["embedding"] @ world["origin"].weights["w1"][0]
    torch.testing.assert_close(line["makers"].weights["w1"].flatten(1), makers)
    generator = torch.tensor([0, 0, 1])
    shown = world["nets"]["embedding"][:, None]
    made = torch.bmm(shown, makers.view(2, 2, 6)[generator])[:, 0]
    torch.testing.assert_close(line["nets"].weights["w1"].flatten(1), made)


def test_gradients_in_another_order_of_memory_are_read_in_theirs():
    nets = drawn(NET, 4)
    gradient = torch.randn((4, 2, 3), generator=torch.Generator().manual_seed(2)).transpose(1, 2)
    for optimiser in (Adam(rate=0.1), Sgd(rate=0.1)):
        with_columns = optimiser.with_columns(nets, "learn", ("w1",))
        learner = Learner.copied(with_columns, "learn", ("w1",), optimiser.moments())
        optimiser.update(learner.part(0, 4), {"w1": gradient})
        expected = gradient.sign() if isinstance(optimiser, Adam) else gradient
        torch.testing.assert_close(
            learner.leaves["w1"], nets.weights["w1"] - 0.1 * expected, rtol=1e-5, atol=1e-5
        )


@pytest.mark.parametrize(
    "method",
    [
        Adam(rate=0.1, weight_decay=0.01),
        Adamw(rate=0.1),
        Sgd(rate=0.1, momentum=0.9, weight_decay=0.01),
    ],
    ids=["adam", "adamw", "sgd"],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_is_frozen_keeps_its_bits_and_the_rest_learns_as_it_would(method, dtype) -> None:
    generator = torch.Generator().manual_seed(4)
    nets = drawn(NET, 6)
    nets = nets.with_weights({"w1": nets.weights["w1"].to(dtype)})
    where = torch.rand((6, 3, 2), generator=generator) < 0.5
    frozen = nets.with_state({"frozen.w1": where})
    ends = []
    for population in (nets, frozen):
        population = method.with_columns(population, "learn", ("w1",))
        whole = Learner.copied(population, "learn", ("w1",), method.moments())
        slopes = torch.Generator().manual_seed(5)
        # Two groups of agents, as a rule cuts them; the second half of the steps has no slope.
        for part in (whole.part(0, 4), whole.part(4, 2)):
            for turn in range(6):
                slope = torch.randn(part.leaves["w1"].shape, generator=slopes, dtype=dtype)
                method.update(part, {"w1": slope * (turn < 3)})
        ends.append(whole.leaves["w1"])
    free, held = ends
    assert torch.equal(held[where], nets.weights["w1"][where])
    assert torch.equal(held[~where], free[~where])
    assert bool((free[where] != nets.weights["w1"][where]).all())
