import pytest
import torch

from netware.errors import ScenarioError
from netware.models.urn import Urn
from netware.population import Population
from netware.probes.recursion import synaptic_length
from netware.probes.recursion.synaptic_length import SynapticLength
from netware.world import World
from tests.rules.learners import drawn, examples, world_of


PROBE = SynapticLength(on="nets", task="task")


def world(beta: float = 1.0) -> World:
    model = Urn(4, 2, 27, 3, cube=(3, 3, 3), beta=beta)
    return world_of(drawn(model, 3, 2), data=examples(1, 2, 9, (4, 2), "classes"))


@pytest.mark.parametrize("beta", [1.0, 2.5])
def test_lengths_and_directions_by_a_loop_over_synapses(beta: float) -> None:
    one = world(beta)
    model, read = one["nets"].wrapped(), PROBE.read(one)
    site = model.sites(one["nets"].weights["w"]).tolist()
    for agent in (0, 4):
        w, b = (one["nets"].weights[name][agent].double() for name in ("w", "b"))
        h = torch.zeros(9, 27).double()
        h[:, :4] = one.examples["task"].test.inputs[agent // 3].double()
        sent = torch.zeros(27).double()
        for _ in range(3):
            sent += h.abs().mean(0)
            h = torch.relu(h @ w + b)
        length = total = whole = weight = 0.0
        flow, carried = {-1: 0.0, 0: 0.0, 1: 0.0}, {-1: 0.0, 0: 0.0, 1: 0.0}
        for j in range(27):
            for i in range(27):
                dx, dy, dz = (site[i][axis] - site[j][axis] for axis in range(3))
                size = abs(w[j, i].item())
                if i != j:
                    length += size * (dx**2 + dy**2 + beta * dz**2) ** 0.5
                    total += size
                way = (dz > 0) - (dz < 0)
                flow[way] += size * sent[j].item()
                carried[way] += size
                whole += size * sent[j].item()
                weight += size
        at = (agent // 3, agent % 3)
        assert read["length"][at].item() == pytest.approx(length / total, rel=1e-4)
        for name, way in (("forward", 1), ("lateral", 0), ("backward", -1)):
            assert read[name][at].item() == pytest.approx(flow[way] / whole, rel=1e-4)
        assert read["weight_forward"][at].item() == pytest.approx(carried[1] / weight, rel=1e-4)
        assert read["weight_backward"][at].item() == pytest.approx(carried[-1] / weight, rel=1e-4)


def test_nothing_has_no_length() -> None:
    one = world()
    empty = {name: w * 0 for name, w in one["nets"].weights.items()}
    for values in PROBE.read(one.with_weights("nets", empty)).values():
        assert values.abs().max() == 0


def test_some_agents_at_a_time_are_measured_like_all_at_once(monkeypatch) -> None:
    one = world()
    whole = PROBE.read(one)
    monkeypatch.setattr(synaptic_length, "CHUNK_BYTES", 4 * 27 * (9 * 4 + 27) * 2)
    for name, values in PROBE.read(one).items():
        assert torch.allclose(values, whole[name])


def test_neurons_without_a_place_are_refused() -> None:
    bare: Population = drawn(Urn(4, 2, 27, 3), 3, 2)
    with pytest.raises(ScenarioError) as error:
        PROBE.read(world_of(bare, data=examples(1, 2, 9, (4, 2), "classes")))
    assert str(error.value) == (
        "populations.nets.model.cube: neurons without a place\n"
        "  expected: the sites (x, y, z) of a lattice\n"
        "  fix: write 'cube: [8, 8, 4]' and 'neurons: 256'"
    )
