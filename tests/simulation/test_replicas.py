"""Sixteen replicas in one batch are sixteen runs with those seeds."""

import torch

from netware.draws import replica_seeds
from netware.simulation.model import NetwareModel
from netware.simulation.snapshot import state_out
from tests.simulation.worlds import write


EVERYTHING = """
netware: 1
name: everything
seed: 3
steps: 5
replicas: 16
activation: shuffled
space: {dimensions: 2, box: 4.0}
tasks:
  patterns: {type: random_patterns, patterns: 3, units: 16}
populations:
  birds:
    agents: 7
    model: {type: multilayer, inputs: 2, widths: [4], outputs: 2, activation: tanh}
    state: {position: uniform, heading: uniform, x: uniform}
  memories:
    agents: 5
    model: {type: hopfield, neurons: 16, patterns: 2}
    inputs: {task: patterns, corruption: 0.3, sample: own}
relations:
  sees: {type: proximity, of: birds, radius: 1.0, carries: heading, frame: own}
  talks: {type: association, between: [birds, birds], topology: {type: erdos_renyi, p: 0.4}}
rules:
  agree: {type: average_consensus, on: birds, over: talks, state: x, gain: 0.1}
  recall: {type: asynchronous_recall, on: memories}
  learn: {type: gradient, on: birds, targets: input, optimiser: {type: adam, rate: 0.01}}
"""


def test_sixteen_replicas_are_sixteen_single_runs(tmp_path) -> None:
    path = write(tmp_path, EVERYTHING)
    together = NetwareModel(path, collect=0)
    for _ in range(5):
        together.step()
    for replica, seed in enumerate(replica_seeds(3, 16)):
        alone = NetwareModel(path, ["replicas=1", f"seed={seed}"], collect=0)
        for _ in range(5):
            alone.step()
        expected = state_out(alone.world, alone.world)
        for name, values in state_out(together.world, together.world).items():
            if name.startswith("edges"):
                continue
            own = values.view(16, -1, *values.shape[1:])[replica]
            if values.is_floating_point():
                torch.testing.assert_close(own, expected[name], rtol=1e-5, atol=1e-5, msg=name)
            else:
                assert torch.equal(own, expected[name]), name
    other = NetwareModel(path, ["replicas=1", "seed=4"], collect=0)
    first = together.world.per_replica(together.world["birds"]["x"])[0]
    assert not torch.allclose(other.world["birds"]["x"], first)
