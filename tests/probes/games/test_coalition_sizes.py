import torch

from netware.draws import Draws
from netware.population import Population
from netware.probes.games.coalition_sizes import CoalitionSizes
from netware.world import World


def test_each_replica_has_its_coalitions():
    label = torch.tensor([0, 0, 0, 3, 0, 1, 2, 3])
    people = Population("people", 4, 2, state={"coalition": label})
    read = CoalitionSizes("people").read(World(Draws.of(1, 2), {"people": people}))
    assert {name: values.tolist() for name, values in read.items()} == {
        "number": [2, 4],
        "largest": [3, 1],
        "mean_size": [2.0, 1.0],
    }
