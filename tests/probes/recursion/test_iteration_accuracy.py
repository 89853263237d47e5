import torch

from netware.draws import Draws, Purpose
from netware.measures import unrolled
from netware.models.urn import Urn
from netware.population import Population
from netware.probes.recursion.iteration_accuracy import IterationAccuracy
from netware.tasks.shells import Shells
from netware.world import World


TASK = Shells(dimensions=3, train=4, test=31)


def world(agents: int = 3) -> World:
    model, draws = Urn(3, 2, 20, 3, "output"), Draws.of(3, 2)
    weights = model.init(draws.stream(Purpose.WEIGHTS, "nets", agents), torch.float64)
    population = Population("nets", agents, 2, model, weights, dtype=torch.float64)
    examples = {"shells": TASK.make("shells", draws, torch.float64)}
    return World(draws, {"nets": population}, examples=examples)


def test_answers_are_taken_after_each_iteration() -> None:
    one = world()
    read = IterationAccuracy(on="nets", task="shells").read(one)["accuracy"]
    assert read.shape == (2, 3, 4)
    weights, test = one["nets"].weights, one.examples["shells"].test
    for replica in range(2):
        label = test.targets[replica].argmax(1)
        for agent in range(3):
            shorter = [0 * test.targets[replica]]
            w = {name: values[3 * replica + agent][None] for name, values in weights.items()}
            for iterations in (1, 2, 3):
                model = Urn(3, 2, 20, iterations, "output")
                shorter.append(model.forward(w, test.inputs[replica][None], {})[0])
            wanted = [(y.argmax(1) == label).double().mean().item() for y in shorter]
            assert torch.allclose(read[replica, agent], torch.tensor(wanted).double())


def test_some_agents_at_a_time_are_measured_like_all_at_once(monkeypatch) -> None:
    probe, one = IterationAccuracy(on="nets", task="shells"), world(agents=5)
    together = probe.read(one)["accuracy"]
    monkeypatch.setattr(unrolled, "CHUNK_BYTES", 8 * 3 * 20 * 31 * 4)
    assert torch.allclose(probe.read(one)["accuracy"], together)
