"""What all agents were taught is kept once: in memory, in checkpoints and for readers."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from netware.draws import Stream
from netware.models.base import AbstractModel, Draw, State, Tap, Weights, untapped
from netware.models.memories.dense_memory import DenseMemory
from netware.models.memories.graded_hopfield import GradedHopfield
from netware.models.memories.hopfield import Hopfield
from netware.models.memories.memory import AbstractPatternMemory
from netware.models.memories.modern_hopfield import ModernHopfield
from netware.record import checkpoint
from netware.record.reader import open_run
from netware.record.shared_rows import agents_per_row, for_each_agent
from netware.running.run import resume, start
from netware.simulation.model import NetwareModel
from netware.tasks.base import Examples


SCENARIO = """
netware: 1
name: taught
seed: 5
steps: 4
record: {checkpoint: 2}
tasks:
  letters: {type: random_patterns, units: 30, patterns: 20}
populations:
  memories:
    agents: 50
    model: {type: hopfield, neurons: 30, patterns: 20}
    inputs: {task: letters, corruption: 0.2}
rules:
  remember: {type: recall, on: memories}
"""
WEIGHTS = "populations/memories/weights/patterns"


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "taught.yaml"
    path.write_text(SCENARIO)
    return path


def test_steps_leave_what_is_shared_in_one_row(scenario) -> None:
    model = NetwareModel(scenario, collect=0)
    for _ in range(3):
        patterns = model.world["memories"].weights["patterns"]
        assert patterns.stride(0) == 0 and patterns.untyped_storage().size() == patterns[0].nbytes
        model.step()
    assert model.saved()[WEIGHTS].stride(0) == 0


def test_a_run_that_is_resumed_has_the_same_bytes_and_shares_them(scenario, tmp_path) -> None:
    whole = start(scenario, [], tmp_path / "whole", quiet=True).path
    half = start(scenario, [], tmp_path / "half", quiet=True).path
    checkpoint.discard_after(half / "checkpoints", 2)
    resume(half, quiet=True)
    ends = [checkpoint.latest(run / "checkpoints") for run in (whole, half)]
    assert ends[0] is not None and ends[1] is not None
    assert [end.step for end in ends if end] == [4, 4]
    for name, values in ends[0].tensors.items():
        assert torch.equal(values, ends[1].tensors[name])
    assert ends[1].tensors[WEIGHTS].stride(0) == 0
    size = sum(entry.bytes for entry in ends[1].payload)
    assert size < ends[1].tensors[WEIGHTS].nbytes


def test_a_reader_gives_every_agent_the_row_that_all_share(scenario, tmp_path) -> None:
    path = start(scenario, [], tmp_path / "runs", quiet=True).path
    weights = NetwareModel(scenario, collect=0).world["memories"].weights["patterns"]
    run = open_run(path)
    for agent in (0, 49):
        assert np.array_equal(run.weights("memories", agent)["patterns"], weights[agent])
    assert run.tensors(WEIGHTS, slice(3, 8))[""].shape == (5, 20, 30)


def test_who_writes_weights_has_them_alone(scenario) -> None:
    model = NetwareModel(scenario, collect=0)
    before = model.world["memories"].weights["patterns"]
    agent = model.views("memories")[7]
    agent.weights = {"patterns": -agent.weights["patterns"]}
    after = model.world["memories"].weights["patterns"]
    assert torch.equal(after[7], -before[7]) and torch.equal(after[8], before[8])
    assert after.stride(0) > 0 and before.stride(0) == 0


def test_patterns_of_each_replica_are_written_once_and_come_back(scenario, tmp_path) -> None:
    run = start(scenario, ["replicas=3"], tmp_path / "runs", quiet=True)
    last = checkpoint.latest(run.path / "checkpoints")
    assert last is not None and last.shared_rows[WEIGHTS] == 50
    patterns = last.tensors[WEIGHTS].unflatten(0, (3, 50))
    assert torch.equal(patterns, patterns[:, :1].expand_as(patterns))
    assert not torch.equal(patterns[0], patterns[1])
    assert sum(entry.bytes for entry in last.payload) < last.tensors[WEIGHTS].nbytes / 5
    reader = open_run(run.path)
    for replica in range(3):
        for agent in (0, 49):
            found = reader.weights("memories", agent, replica)["patterns"]
            assert np.array_equal(found, patterns[replica, agent].numpy())
    some = reader.tensors(WEIGHTS, slice(49, 101))[""]
    assert np.array_equal(some, last.tensors[WEIGHTS][49:101].numpy())


@pytest.mark.parametrize(
    "model", [Hopfield(6, 2), DenseMemory(6, 2), GradedHopfield(6, 2), ModernHopfield(6, 2)]
)
def test_a_memory_stores_without_a_draw(model: AbstractPatternMemory) -> None:
    def draw() -> dict[str, torch.Tensor]:
        raise AssertionError("drawn")

    patterns = torch.tensor([[[1.0, -1, 1, -1, 1, 1], [-1, -1, 1, 1, 1, -1]]])
    examples = Examples(patterns, patterns, "patterns")
    stored = model.store(draw, examples, torch.zeros(3, dtype=torch.long))
    assert torch.equal(stored["patterns"], patterns.expand(3, -1, -1))


@dataclass(frozen=True)
class Undrawn(AbstractModel):
    """A model of a user whose one weight is what it was shown, and cannot be drawn."""

    size: int

    def input_size(self) -> int:
        return self.size

    def output_size(self) -> int:
        return self.size

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"seen": (self.size,)}

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, torch.Tensor]:
        raise AssertionError("drawn")

    def store(
        self, draw: Draw, examples: Examples, replica: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        return {"seen": examples.inputs[replica, 0]}

    def forward(
        self, weights: Weights, inputs: torch.Tensor, state: State, tap: Tap = untapped
    ) -> torch.Tensor:
        return weights["seen"][:, None].expand_as(inputs)


def test_weights_that_are_stored_are_not_drawn_before(scenario) -> None:
    model = "populations.memories.model={type: tests.record.test_shared_rows.Undrawn, size: 30}"
    made = NetwareModel(scenario, [model, "rules={}"], collect=0)
    seen = made.world["memories"].weights["seen"]
    assert torch.equal(seen, made.world.examples["letters"].train.inputs[0, :1].expand(50, -1))


def test_rows_are_shared_only_if_all_their_bits_are() -> None:
    rows = torch.randn(4, 30, 40).repeat_interleave(25, 0)
    assert agents_per_row(rows) == 25
    assert torch.equal(for_each_agent(rows[::25], 25), rows)
    zero = rows.clone()
    zero[60, 20, 3] = 0.0
    assert agents_per_row(zero) == 1
    zero[50:75, 20, 3] = 0.0
    assert agents_per_row(zero) == 25
    zero[60, 20, 3] = -0.0
    assert agents_per_row(zero) == 1
    assert agents_per_row(torch.full((100, 40, 50), torch.nan)) == 100
    assert agents_per_row(rows[:99]) == 1
    assert agents_per_row(torch.zeros(1 << 17, dtype=torch.bool)) == 1
