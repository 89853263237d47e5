import pytest
import torch
from torch import Tensor

from netware.errors import ScenarioError, ShapeError
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.rules.learning.hebbian import Against, Hebbian
from netware.tasks.base import Examples, TaskData
from tests.rules.learners import drawn, examples, learnt, world_of


LINEAR = Multilayer(6, 3, (), bias="none", initial="uniform", spread=0.3)


def spread_out(seed: int, samples: int = 400) -> tuple[TaskData, Tensor]:
    """Draws samples with variances 1, 1/2, 1/4 .. along directions at random; returns these."""
    generator = torch.Generator().manual_seed(seed)
    axes = torch.linalg.qr(torch.randn(6, 6, generator=generator)).Q
    z = torch.randn(1, samples, 6, generator=generator)
    z = z - z.mean(1, keepdim=True)
    z = torch.linalg.qr(z[0]).Q[None] * samples**0.5 * 2.0 ** (-torch.arange(6) / 2)
    whole = Examples(z @ axes.T + 3.0, torch.zeros(1, samples, 3), "numbers")
    return TaskData(whole, whole), axes


def trained(against: Against, steps: int = 400, seed: int = 2) -> tuple[Tensor, Tensor]:
    data, axes = spread_out(seed)
    world = world_of(drawn(LINEAR, 4), data=data)
    rule = Hebbian("nets", "task", 0.2, against, "mean")
    return learnt(world, rule, steps)["nets"].weights["w1"], axes


def test_sangers_units_are_the_principal_components_in_their_order() -> None:
    w, axes = trained("earlier")
    cosine = (w.transpose(1, 2) @ axes).abs()
    assert (cosine[:, range(3), range(3)] - 1).abs().max() < 1e-3
    assert (w.norm(dim=1) - 1).abs().max() < 1e-3


def test_ojas_units_are_all_the_first() -> None:
    w, axes = trained("own")
    assert ((w.transpose(1, 2) @ axes[:, 0]).abs() - 1).abs().max() < 1e-3


def test_hebbs_units_know_no_bounds() -> None:
    """Along each principal direction they grow by 1 + rate (its variance) a step, for ever."""
    first, axes = trained("nothing", 0)
    last, _ = trained("nothing", 60)
    factor = (1 + 0.2 * 2.0 ** -torch.arange(6)) ** 60
    wanted = (first.transpose(1, 2) @ axes) * factor
    torch.testing.assert_close(last.transpose(1, 2) @ axes, wanted, rtol=1e-3, atol=1.0)
    assert last.norm(dim=1).min() > 100 * first.norm(dim=1).max()


def test_about_zero_the_mean_is_learnt_first() -> None:
    data, axes = spread_out(2)
    world = world_of(drawn(LINEAR, 4), data=data)
    w = learnt(world, Hebbian("nets", "task", 0.005, "own"), 400)["nets"].weights["w1"]
    moment = torch.linalg.eigh(data.train.inputs[0].T @ data.train.inputs[0] / 400)
    first = moment.eigenvectors[:, -1]
    assert ((w.transpose(1, 2) @ first).abs() - 1).abs().max() < 1e-3
    assert (first @ axes[:, 0]).abs() < 0.9


@pytest.mark.parametrize("against", ["nothing", "own", "earlier"])
def test_a_step_of_a_deep_network_is_the_equation_unit_by_unit(against) -> None:
    model = Multilayer(3, 2, (4,), activation="tanh")
    data = examples(5, 1, 7, (3, 2), "numbers")
    world = world_of(drawn(model, 2), data=data)
    before = world["nets"]
    after = learnt(world, Hebbian("nets", "task", 0.1, against))["nets"]
    x = data.train.inputs.expand(2, -1, -1)
    hidden, output = model.trace(before.weights, x, {}).values()
    for name, sent, heard in (("w1", x, hidden), ("w2", hidden, output)):
        w = before.weights[name]
        for i in range(w.shape[1]):
            for j in range(w.shape[2]):
                change = (sent[:, :, i] * heard[:, :, j]).mean(1)
                if against == "own":
                    change = change - w[:, i, j] * heard[:, :, j].square().mean(1)
                if against == "earlier":
                    for k in range(j + 1):
                        change = change - w[:, i, k] * (heard[:, :, k] * heard[:, :, j]).mean(1)
                wanted = w[:, i, j] + 0.1 * change
                torch.testing.assert_close(after.weights[name][:, i, j], wanted)
    assert torch.equal(after.weights["b1"], before.weights["b1"])


def test_what_has_no_layers_is_refused() -> None:
    data = examples(5, 1, 7, (3, 2), "numbers")
    with pytest.raises(ScenarioError, match="which is not layer upon layer"):
        learnt(world_of(drawn(Urn(3, 2, 8), 2), data=data), Hebbian("nets", "task"))
    with pytest.raises(ShapeError, match="samples of 3 numbers"):
        learnt(world_of(drawn(LINEAR, 2), data=data), Hebbian("nets", "task"))
