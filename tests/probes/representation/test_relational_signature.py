import torch

from netware.draws import Draws
from netware.edges import Edges
from netware.population import Population
from netware.probes.representation.relational_signature import RelationalSignature
from netware.world import World
from tests.simulation.worlds import model


TEXT = """
netware: 1
name: kin
seed: 3
steps: 2
replicas: 2
populations:
  them:
    agents: 6
    state: {x: [1, 0, 0, 0, 0, 0]}
relations:
  ring: {type: association, between: [them, them], topology: {type: ring, k: 2}}
  star: {type: association, between: [them, them], topology: {type: star}}
probes:
  both: {type: relational_signature, on: them}
  ring: {type: relational_signature, on: them, over: [ring]}
  seen: {type: relational_signature, on: them, over: [ring], equal: [x]}
"""


def read(folder, probe: str) -> dict[str, torch.Tensor]:
    made = model(folder, text=TEXT)
    return made.blueprint.members.probes[probe].member.read(made.world)


def test_all_are_alike_on_a_ring(tmp_path) -> None:
    found = read(tmp_path, "ring")
    assert found["classes"].tolist() == [1, 1] and found["alike"].tolist() == [1, 1]
    assert found["signature"].tolist() == [[0] * 6] * 2 and found["largest"].tolist() == [1, 1]


def test_a_star_and_a_ring_together_fold_at_the_hub(tmp_path) -> None:
    found = read(tmp_path, "both")
    assert found["signature"][0].tolist() == [0, 1, 2, 3, 2, 1]
    assert found["classes"].tolist() == [4, 4]
    assert torch.allclose(found["alike"], torch.full((2,), 4 / 6))
    assert torch.allclose(found["largest"], torch.full((2,), 2 / 6))


def test_a_column_that_must_be_equal_splits_classes(tmp_path) -> None:
    assert read(tmp_path, "seen")["signature"][0].tolist() == [0, 1, 2, 3, 2, 1]


def test_signatures_are_ids_of_agents_not_places_among_those_who_are_left() -> None:
    names = torch.tensor([2, 5, 7, 9])
    them = Population("them", 4, state={"identity": names})
    pairs = torch.tensor([0, 2]), torch.tensor([1, 3])
    edges = Edges.from_pairs(*pairs, 4, 4, between=("them", "them"))
    world = World(Draws.of(1), {"them": them}, {"r": edges})
    read = RelationalSignature("them").read(world)
    assert read["signature"].tolist() == [[2, 5, 2, 5]] and read["classes"].tolist() == [2]
