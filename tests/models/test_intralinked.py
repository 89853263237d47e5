import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.intralinked import Intralinked
from netware.models.multilayer import Multilayer


MODELS = [
    Intralinked(3, 2, widths, height, links, 1.0, "tanh", "uniform")
    for links in ("dense", "chain")
    for height, widths in ((2, (6,)), (3, (6, 3)), (5, (10, 5)))
]
NAMES = [f"{model.links}-{model.height}" for model in MODELS]


def drawn(model: Intralinked, agents: int = 4, seed: int = 1) -> dict[str, Tensor]:
    return model.init(Draws.of(seed).stream(Purpose.WEIGHTS, "p", agents), torch.float64)


def random(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def by_the_book(model: Intralinked, weights: dict[str, Tensor], agent: int, x: Tensor) -> Tensor:
    """Computes one sample of one agent neuron by neuron, from the equation."""
    h = x
    for layer, width in enumerate(model.widths, 1):
        ahead = h @ weights[f"w{layer}"][agent] + weights[f"b{layer}"][agent]
        g = torch.zeros(width, dtype=x.dtype)
        for j in range(width):
            group, place = divmod(j, model.height)
            c = weights[f"c{layer}"][agent, group]
            heard = range(place) if model.links == "dense" else range(max(0, place - 1), place)
            first = place * (place - 1) // 2 if model.links == "dense" else 0
            g[j] = ahead[j]
            for before in heard:
                g[j] += c[first + before] * g[group * model.height + before]
            g[j] = torch.tanh(g[j])
        h = g
    last = len(model.widths) + 1
    return h @ weights[f"w{last}"][agent] + weights[f"b{last}"][agent]


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_neurons_hear_the_earlier_ones_of_their_group(model: Intralinked) -> None:
    weights = drawn(model)
    for samples in (1, 5):
        x = random(4, samples, 3, seed=2)
        y = model.forward(weights, x, {})
        for agent in range(4):
            for sample in range(samples):
                wanted = by_the_book(model, weights, agent, x[agent, sample])
                assert (y[agent, sample] - wanted).abs().max() < 1e-12


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_the_trace_ends_in_the_output(model: Intralinked) -> None:
    weights, x = drawn(model), random(4, 5, 3, seed=2)
    traced = model.trace(weights, x, {})
    hidden = [f"hidden{layer}" for layer in range(1, len(model.widths) + 1)]
    assert list(traced) == [*hidden, "output"]
    assert [traced[name].shape[2] for name in hidden] == list(model.widths)
    assert torch.equal(traced["output"], model.forward(weights, x, {}))


def test_a_height_of_one_is_the_plain_network() -> None:
    linked = Intralinked(3, 2, (4, 5), height=1)
    plain = Multilayer(3, 2, (4, 5))
    assert linked.weight_shapes() == plain.weight_shapes()
    weights, x = drawn(linked), random(4, 5, 3, seed=2)
    assert torch.equal(linked.forward(weights, x, {}), plain.forward(weights, x, {}))
    assert linked.layers() == ("w1", "w2", "w3")


def test_links_are_drawn_apart_from_the_weights() -> None:
    for initial in ("uniform", "kaiming_normal"):
        model = Intralinked(3, 2, (400,), 2, link_spread=0.5, initial=initial)
        weights = drawn(model, 30)
        plain = Multilayer(3, 2, (400,), initial=initial)
        alone = plain.init(Draws.of(1).stream(Purpose.WEIGHTS, "p", 30), torch.float64)
        assert torch.equal(weights["w1"], alone["w1"])
        c = weights["c1"].flatten()
        assert 0.49 < c.abs().max().item() <= 0.5
        # 6 000 pairs of independent numbers: their correlation is within 5 / sqrt(6 000) of 0.
        beside = torch.stack([c, weights["w1"][:, 0, :200].flatten()])
        assert abs(torch.corrcoef(beside)[0, 1].item()) < 5 / 6000**0.5
    without = drawn(Intralinked(3, 2, (4,), 2, link_spread=0.0))
    assert without["c1"].abs().max() == 0


def test_links_may_be_learnt() -> None:
    model = MODELS[1]
    weights = {name: w.requires_grad_() for name, w in drawn(model).items()}
    x = random(4, 5, 3, seed=2)

    def loss(*leaves: Tensor) -> Tensor:
        return model.forward(dict(zip(weights, leaves, strict=True)), x, {}).square().sum()

    assert torch.autograd.gradcheck(loss, list(weights.values()))


def test_a_width_that_groups_do_not_fill_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        Intralinked(3, 2, (6, 10), height=3)
    assert str(error.value) == (
        "widths[1]: 10 units in groups of 3\n  expected: a multiple of height, 3\n  fix: write 12"
    )
