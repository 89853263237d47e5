from dataclasses import dataclass

import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from netware.draws import Draws, Purpose, Stream
from netware.models.base import (
    AbstractModel,
    Intervention,
    Recording,
    State,
    Steering,
    Tap,
    Weights,
    affine,
    untapped,
)
from netware.tasks.base import Examples


@dataclass(frozen=True)
class Scale(AbstractModel):
    """Multiplies a sample by one number: the smallest model there can be."""

    inputs: int

    def input_size(self) -> int:
        return self.inputs

    def output_size(self) -> int:
        return self.inputs

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"factor": (1,), "unused": (2, 3)}

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        agents = len(stream.words())
        shapes = self.weight_shapes().items()
        return {name: torch.ones((agents, *shape), dtype=dtype) for name, shape in shapes}

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        return inputs * weights["factor"][:, None]


def random(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_affine_is_x_w_plus_b_for_one_sample_and_for_many() -> None:
    for samples in (1, 2, 50):
        x, w, b = random(4, samples, 7, seed=1), random(4, 7, 3, seed=2), random(4, 3, seed=3)
        wanted = torch.stack([x[i] @ w[i] + b[i] for i in range(4)])
        assert torch.allclose(affine(x, w, b), wanted, rtol=0, atol=1e-12)
        assert torch.allclose(affine(x, w), wanted - b[:, None], rtol=0, atol=1e-12)


def test_affine_keeps_many_samples_feature_major() -> None:
    y = affine(random(4, 50, 7, seed=1), random(4, 7, 3, seed=2))
    assert y.transpose(1, 2).is_contiguous()


def test_affine_may_be_differentiated() -> None:
    x, w, b = random(2, 5, 3, seed=1), random(2, 3, 4, seed=2), random(2, 4, seed=3)
    leaves = [values.requires_grad_() for values in (x, w, b)]
    assert torch.autograd.gradcheck(affine, leaves)


def test_a_model_whose_author_forgot_a_method_cannot_be_made() -> None:
    class Forgetful(AbstractModel):
        input_size, output_size = Scale.input_size, Scale.output_size
        weight_shapes, forward = Scale.weight_shapes, Scale.forward

    with pytest.raises(TypeError, match=r"abstract method '?init"):
        Forgetful()  # pyright: ignore[reportAbstractUsage]


def test_a_model_without_more_traces_its_output() -> None:
    model = Scale(inputs=3)
    weights = model.init(Draws.of(1, 2).stream(Purpose.WEIGHTS, "p", 5), torch.float64)
    assert weights["unused"].shape == (10, 2, 3)
    x = random(10, 4, 3, seed=4)
    assert torch.equal(model.trace(weights, x, {})["output"], model.forward(weights, x, {}))
    assert (model.layers(), model.state_shapes(), model.weight_reads()) == ((), {}, 1)
    assert model.parameter_count() == 7
    assert model.flops() == 14


def test_a_model_without_memory_is_taught_nothing() -> None:
    model = Scale(inputs=3)
    weights = {"factor": torch.ones(2, 1), "unused": torch.zeros(2, 2, 3)}
    examples = Examples(torch.ones(1, 4, 3), torch.ones(1, 4, 3), "patterns")
    assert model.store(lambda: weights, examples, torch.zeros(2, dtype=torch.long)) == weights


def test_an_intervention_takes_out_and_adds_and_other_parts_stay_as_they_are() -> None:
    h = torch.tensor([[[3.0, 4.0], [1.0, 0.0]]])
    change = Intervention(torch.tensor([[[0.0, 10.0]]]), torch.tensor([[[1.0, 0.0]]]))
    steering = Steering({"hidden1": change})
    assert steering("hidden1", h).tolist() == [[[0.0, 14.0], [0.0, 10.0]]]
    assert steering("hidden2", h) is h


def test_a_recording_after_steering_has_what_others_receive() -> None:
    h, recording = torch.ones(1, 2, 2), Recording()
    steering = Steering({"b": Intervention(torch.full((1, 1, 2), 2.0))}, recording)
    assert steering("a", h) is h and steering("b", h).tolist() == [[[3.0, 3.0], [3.0, 3.0]]]
    assert list(recording.parts) == ["a", "b"] and recording.parts["b"].unique().item() == 3
