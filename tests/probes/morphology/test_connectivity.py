import torch

from netware.draws import Draws, Purpose
from netware.measures.morphology import f_in, f_out
from netware.models.multilayer import Multilayer
from netware.population import Population
from netware.probes.morphology.connectivity import Connectivity
from netware.world import World


def world(replicas: int = 2, agents: int = 3) -> World:
    model, draws = Multilayer(4, 1, (6, 5, 6)), Draws.of(3, replicas)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "nets", agents), torch.float64)
    population = Population("nets", agents, replicas, model, weights, dtype=torch.float64)
    return World(draws, {"nets": population})


def test_quantities_are_those_of_the_weights_layer_by_layer() -> None:
    one = world()
    read = Connectivity(on="nets").read(one)
    weights = one["nets"].weights
    for replica in range(2):
        for agent in range(3):
            at = 3 * replica + agent
            for layer in range(3):
                into = f_in(weights[f"w{layer + 1}"])[at]
                out = f_out(weights[f"w{layer + 2}"])[at]
                c = into * out
                p = c / c.sum()
                where = (replica, agent, layer)
                assert torch.allclose(read["amplitude"][where], c.sum())
                assert torch.allclose(read["entropy"][where], -(p * p.log()).sum())
                r = torch.corrcoef(torch.stack([into, out]))[0, 1]
                assert torch.allclose(read["in_out_correlation"][where], r)
    assert torch.allclose(read["structure"], read["in_out_correlation"].mean(2))
    assert torch.allclose(read["mean_structure"], read["structure"].mean(1))


def test_axes_are_as_announced() -> None:
    for name, values in Connectivity(on="nets").read(world()).items():
        assert values.dim() == 1 + len(Connectivity.quantities[name])
        assert values.shape[:2] == ((2, 3) if Connectivity.quantities[name] else (2,))
    assert set(Connectivity(on="nets").read(world())) == set(Connectivity.quantities)


def test_measuring_changes_nothing() -> None:
    one = world()
    before = {name: w.clone() for name, w in one["nets"].weights.items()}
    Connectivity(on="nets").read(one)
    assert all(torch.equal(w, before[name]) for name, w in one["nets"].weights.items())
