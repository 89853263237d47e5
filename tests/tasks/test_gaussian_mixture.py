import pytest
import torch

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.tasks.gaussian_mixture import GaussianMixture


def test_components_have_their_weights_centres_and_widths() -> None:
    weights, means, stds = (0.5, 0.2, 0.3), ((0.0, 5.0), (9.0, -1.0), (-9.0, 0.0)), (1.0, 0.1, 3.0)
    data = GaussianMixture(weights, means, stds, 20_000, 10).make(
        "mixture", Draws.of(4), torch.float64
    )
    x, label = data.train.inputs[0], data.train.targets[0].argmax(1)
    for k in range(3):
        own = x[label == k]
        # Four standard errors of a share, a mean and a standard deviation.
        assert len(own) / 20_000 == pytest.approx(weights[k], abs=4 * 0.5 / 20_000**0.5)
        error = 4 * stds[k] / len(own) ** 0.5
        assert torch.allclose(own.mean(0), torch.tensor(means[k]).double(), rtol=0, atol=error)
        assert own.std(0).tolist() == pytest.approx([stds[k]] * 2, abs=error)
    assert data.test.inputs.shape == (1, 10, 2)


def test_replicas_draw_points_of_their_own_and_a_run_the_same_again() -> None:
    task = GaussianMixture(train=50, test=5)
    first = task.make("mixture", Draws.of(4, 2), torch.float32).train
    again = task.make("mixture", Draws.of(4, 2), torch.float32).train
    assert torch.equal(first.inputs, again.inputs)
    assert not torch.equal(first.inputs[0], first.inputs[1])
    assert bool((first.targets.sum(2) == 1).all())
    assert (task.input_size(), task.output_size()) == (1, 2)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            {"weights": (0.5, 0.7)},
            "weights: weights that sum to 1.2\n  expected: a sum of 1\n"
            "  fix: write [0.416667, 0.583333]",
        ),
        (
            {"stds": (0.5,)},
            "stds: 1 stds for 2 weights\n  expected: one of each for every component\n"
            "  fix: write 2 stds",
        ),
        (
            {"means": ((0.0,), (1.0, 2.0))},
            "means: means of 1, 2 dimensions\n  expected: as many numbers in each, one or more\n"
            "  fix: write 'means: [[-2.0], [1.0]]' for points on a line",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(given, text) -> None:
    with pytest.raises(ScenarioError) as error:
        GaussianMixture(**given)
    assert str(error.value) == text
