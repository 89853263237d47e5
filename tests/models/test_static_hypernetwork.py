import torch

from netware.draws import Draws, Purpose
from netware.models.static_hypernetwork import StaticHypernetwork


def drawn(model: StaticHypernetwork, agents: int, dtype=torch.float64) -> dict[str, torch.Tensor]:
    return model.init(Draws.of(3).stream(Purpose.WEIGHTS, "makers", agents), dtype)


def test_a_layer_of_4240_numbers_makes_12544() -> None:
    model = StaticHypernetwork(16, 16, 7, 4, 4)
    assert model.parameter_count() == 4240 and model.output_size() == 12544


def test_with_size_1_it_makes_the_matrix_of_a_dense_layer() -> None:
    model = StaticHypernetwork(3, 2, 1, 4, 5)
    weights, z = drawn(model, 1), torch.ones(1, 1, 4, dtype=torch.float64)
    a = (z[0, 0] @ weights["w"][0] + weights["b"][0]).view(3, 5)
    kernel = a @ weights["w_out"][0] + weights["b_out"][0]
    assert torch.allclose(model.forward(weights, z, {}).view(3, 2), kernel)


def test_kernels_begin_with_the_variance_that_their_layer_wants() -> None:
    model = StaticHypernetwork(16, 16, 3, 4, 4, gain=2.0)
    z = Draws.of(5).stream(Purpose.STATE, "z", 400).normal(size=(1, 4), dtype=torch.float64)
    kernels = model.forward(drawn(model, 400), z, {})
    wanted = 2.0 / (16 * 3)
    assert abs(kernels.square().mean().item() / wanted - 1) < 0.1


def test_the_trace_holds_what_lies_between_the_two_maps() -> None:
    model = StaticHypernetwork(3, 2, 2, 4, 5)
    weights, z = drawn(model, 2), torch.ones(2, 3, 4, dtype=torch.float64)
    traced = model.trace(weights, z, {})
    assert traced["hidden1"].shape == (2, 3, 15) and traced["output"].shape == (2, 3, 24)
