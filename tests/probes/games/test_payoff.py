import torch

from netware.draws import Draws
from netware.population import Population
from netware.probes.games.payoff import Payoff
from netware.world import World


def test_each_replica_has_its_mean_most_and_least():
    earned = torch.tensor([1.0, 2.0, 6.0, -1.0, -1.0, 2.0])
    people = Population("people", 3, 2, state={"payoff": earned, "won": earned[:, None] * 2})
    world = World(Draws.of(1, 2), {"people": people})
    read = {name: values.tolist() for name, values in Payoff("people").read(world).items()}
    assert read == {"mean": [3.0, 0.0], "most": [6.0, 2.0], "least": [1.0, -1.0]}
    assert Payoff("people", "won").read(world)["most"].tolist() == [12.0, 4.0]
