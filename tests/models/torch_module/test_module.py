from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.torch_module.module import Module


NETS = """
import torch

class Policy(torch.nn.Module):
    def __init__(self, inputs, hidden=(8,), outputs=2):
        super().__init__()
        sizes = [inputs] + hidden
        self.body = torch.nn.Sequential()
        for a, b in zip(sizes, sizes[1:]):
            self.body.append(torch.nn.Linear(a, b))
            self.body.append(torch.nn.Tanh())
        self.norm = torch.nn.LayerNorm(sizes[-1])
        self.head = torch.nn.Linear(sizes[-1], outputs, bias=False)
        self.fixed = torch.nn.Parameter(torch.linspace(1, 2, outputs), requires_grad=False)
        self.slope = torch.nn.Parameter(torch.tensor(3.0))
        self.register_buffer("shift", torch.ones(outputs))
        self.drop = torch.nn.Dropout(0.5)

    def forward(self, x):
        return self.head(self.drop(self.norm(self.body(x)))) * self.fixed * self.slope + self.shift

class Table(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.randn(3))

    def forward(self, x):
        return x * self.gain

class Remembers(torch.nn.Linear):
    def forward(self, x):
        self.last = super().forward(x)
        return self.last

class Counts(torch.nn.Linear):
    def __init__(self, *sizes, **more):
        super().__init__(*sizes, **more)
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x):
        self.calls = self.calls + 1
        return super().forward(x)

class Noisy(torch.nn.Linear):
    def forward(self, x):
        return super().forward(x) + torch.randn(())

class Two(torch.nn.Linear):
    def forward(self, x):
        return super().forward(x), x

class Flat(torch.nn.Linear):
    def forward(self, x):
        return super().forward(x).sum()

class Deciding(torch.nn.Linear):
    def forward(self, x):
        return super().forward(x) if x.sum() > 0 else x

class Waves(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("waves", torch.randn(3, 3))
        self.back = torch.nn.Parameter(torch.linalg.inv(self.waves))

    def forward(self, x):
        return x @ self.waves @ self.back

class Overwriting(torch.nn.Linear):
    def forward(self, x):
        y = torch.sigmoid(super().forward(x))
        y[:, 0] = 0
        return y

class Plain:
    pass
"""


@pytest.fixture(autouse=True)
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets `own_nets` be imported, a file of a user's."""
    (tmp_path / "own_nets.py").write_text(NETS)
    monkeypatch.syspath_prepend(tmp_path)


def policy() -> Module:
    return Module("own_nets.Policy", {"inputs": 3, "hidden": (6, 4), "outputs": 2})


def drawn(model: Module, agents: int = 5, seed: int = 1) -> dict[str, Tensor]:
    return model.init(Draws.of(seed).stream(Purpose.WEIGHTS, "p", agents), torch.float64)


def random(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def one_agent(model: Module, weights: dict[str, Tensor], agent: int) -> torch.nn.Module:
    """Returns a module of the user's own with the weights of one agent, to be called alone."""
    arguments = {"inputs": 3, "hidden": [6, 4], "outputs": 2}
    module = type(model.built)(**arguments).double().eval()
    module.load_state_dict({name: w[agent] for name, w in weights.items()}, strict=False)
    return module


def test_sizes_are_found_without_being_told() -> None:
    model = policy()
    assert (model.input_size(), model.output_size()) == (3, 2)
    assert model.weight_shapes() == {
        "slope": (),
        "body.0.weight": (6, 3),
        "body.0.bias": (6,),
        "body.2.weight": (4, 6),
        "body.2.bias": (4,),
        "norm.weight": (4,),
        "norm.bias": (4,),
        "head.weight": (2, 4),
    }


def test_every_agent_computes_what_the_module_computes_alone() -> None:
    model = policy()
    weights = drawn(model)
    weights["slope"] = weights["slope"] + torch.arange(5)
    for samples in (1, 7):
        x = random(5, samples, 3, seed=2)
        y = model.forward(weights, x, {})
        for agent in range(5):
            wanted = one_agent(model, weights, agent)(x[agent])
            assert torch.allclose(y[agent], wanted, rtol=0, atol=1e-12)


def test_single_precision_goes_in_and_comes_out() -> None:
    model = policy()
    weights = {name: w.float() for name, w in drawn(model).items()}
    assert model.forward(weights, random(5, 2, 3, seed=2).float(), {}).dtype == torch.float32


def test_what_the_constructor_draws_is_drawn_for_each_agent_and_the_rest_kept() -> None:
    weights = drawn(policy(), 2000)
    for name, fan_in in (("body.0.weight", 3), ("body.0.bias", 3), ("body.2.bias", 6)):
        half = fan_in**-0.5
        assert 0.99 * half < weights[name].abs().max().item() <= half
        n = weights[name].numel()
        assert abs(weights[name].var().item() / (half**2 / 3) - 1) < 5 * (2 / n) ** 0.5
    assert bool((weights["norm.weight"] == 1).all() and (weights["norm.bias"] == 0).all())
    assert bool((weights["slope"] == 3).all())
    assert not torch.equal(weights["head.weight"][0], weights["head.weight"][1])
    assert torch.equal(drawn(policy(), 3)["head.weight"], weights["head.weight"][:3])


def test_a_module_that_draws_nothing_is_kept_as_it_is() -> None:
    weights = drawn(Module("torch.nn.LayerNorm", {"normalized_shape": 4}, inputs=4))
    assert bool((weights["weight"] == 1).all())
    assert weights["weight"].shape == (5, 4)


def test_buffers_and_fixed_parameters_are_shared_and_not_weights() -> None:
    model = policy()
    assert not {"fixed", "shift"} & set(drawn(model))
    zero = {name: torch.zeros_like(w) for name, w in drawn(model).items()}
    y = model.forward(zero, random(5, 4, 3, seed=2), {})
    assert torch.equal(y, torch.ones_like(y))


def test_a_class_of_torch_s_own_is_a_model() -> None:
    model = Module("torch.nn.Linear", {"in_features": 3, "out_features": 2})
    weights = drawn(model)
    x = random(5, 4, 3, seed=2)
    wanted = torch.baddbmm(weights["bias"][:, None], x, weights["weight"].transpose(1, 2))
    assert torch.allclose(model.forward(weights, x, {}), wanted, rtol=0, atol=1e-12)


def test_the_trace_hears_the_leaves_of_every_agent() -> None:
    model = policy()
    weights, x = drawn(model), random(5, 4, 3, seed=2)
    traced = model.trace(weights, x, {})
    assert list(traced) == [
        *(f"body.{part}" for part in range(4)),
        "norm",
        "drop",
        "head",
        "output",
    ]
    assert torch.equal(traced["output"], model.forward(weights, x, {}))
    first = torch.tanh(x[2] @ weights["body.0.weight"][2].T + weights["body.0.bias"][2])
    assert torch.allclose(traced["body.1"][2], first, rtol=0, atol=1e-12)


def test_a_tap_moves_one_agent_s_leaf_and_the_gradient_goes_through_it() -> None:
    model, x = policy(), random(5, 4, 3, seed=2)
    weights = {name: w.requires_grad_() for name, w in drawn(model).items()}

    def tap(part: str, h: torch.Tensor) -> torch.Tensor:
        factor = torch.tensor([1.0, 1.0, 0.0, 1.0, 2.0], dtype=h.dtype)[:, None, None]
        return factor * h if part == "body.0" else h

    plain, moved = model.forward(weights, x, {}), model.forward(weights, x, {}, tap)
    assert torch.equal(moved[[0, 1, 3]], plain[[0, 1, 3]])
    assert not torch.equal(moved[4], plain[4])
    (slope,) = torch.autograd.grad(moved.sum(), [weights["body.0.weight"]])
    assert slope[2].abs().max() == 0 and slope[4].abs().max() > 0


def test_each_agent_has_a_gradient_of_its_own() -> None:
    model = policy()
    weights = {name: w.requires_grad_() for name, w in drawn(model).items()}
    loss = model.forward(weights, random(5, 4, 3, seed=2), {})[3].square().sum()
    (slope,) = torch.autograd.grad(loss, [weights["body.0.weight"]])
    assert slope[3].abs().max() > 0
    assert slope[[0, 1, 2, 4]].abs().max() == 0


def refusal(path: str, arguments: dict | None = None, inputs: int = 0) -> str:
    with pytest.raises(ScenarioError) as error:
        Module(path, arguments or {}, inputs)
    return str(error.value)


SIZES: Any = {"in_features": 3, "out_features": 2}


def test_a_class_that_is_no_module_is_refused() -> None:
    assert refusal("netware.models.urn.Urn") == (
        "path: 'netware.models.urn.Urn' is no torch.nn.Module\n"
        "  expected: a class that inherits from torch.nn.Module\n"
        "  fix: write 'type: netware.models.urn.Urn' if it is a model of netware's kind"
    )
    assert "own_nets" in refusal("own_nets.Plain")


def test_a_module_that_is_not_there_is_refused() -> None:
    assert "no module named 'nowhere'" in refusal("nowhere.Policy")
    assert "has no class 'Absent'" in refusal("own_nets.Absent")


def test_arguments_that_the_constructor_does_not_take_are_refused() -> None:
    text = refusal("own_nets.Policy", {"width": 3})
    assert text.startswith("arguments: Policy cannot be built: TypeError: ")
    assert text.endswith(
        "  expected: arguments that its constructor takes\n"
        "  fix: change 'arguments' as the message says"
    )


def test_a_module_that_does_not_tell_its_inputs_must_be_told() -> None:
    assert refusal("own_nets.Table") == (
        "inputs: the first layer of own_nets.Table has no 'in_features'\n"
        "  expected: the numbers in one sample\n"
        "  fix: write '{type: module, path: own_nets.Table, inputs: 8}' with your number"
    )
    assert Module("own_nets.Table", inputs=3).output_size() == 3


@pytest.mark.parametrize("name", ["Remembers", "Counts"])
def test_a_module_that_keeps_state_is_refused(name: str) -> None:
    kept = {"Remembers": "last", "Counts": "calls"}[name]
    assert refusal(f"own_nets.{name}", SIZES) == (
        f"path: own_nets.{name}: forward changes its own '{kept}'\n"
        "  expected: no state in the module: all agents share this one instance\n"
        f"  fix: answer without writing into self; keep '{kept}' in the agents' state"
    )


def test_a_module_that_draws_is_refused() -> None:
    assert refusal("own_nets.Noisy", SIZES) == (
        "path: own_nets.Noisy: forward draws random numbers, or begins to train\n"
        "  expected: an answer that depends on weights and samples alone\n"
        "  fix: take the noise out, or draw it in __init__ as a buffer of each agent's own"
    )


def test_a_module_that_decides_by_its_samples_is_called_agent_by_agent_and_says_so() -> None:
    model = Module("own_nets.Deciding", {"in_features": 3, "out_features": 3})
    (note,) = model.notes()
    assert note.startswith("own_nets.Deciding is computed agent by agent, which is slower, since ")
    weights, x = drawn(model), random(5, 1, 3, seed=2)
    y = model.forward(weights, x, {})
    for agent in range(5):
        plain = x[agent] @ weights["weight"][agent].T + weights["bias"][agent]
        wanted = plain if x[agent].sum() > 0 else x[agent]
        assert torch.allclose(y[agent], wanted, rtol=0, atol=1e-12)
    assert {bool(one.sum() > 0) for one in x} == {True, False}


def test_one_that_answers_now_more_now_fewer_numbers_is_refused() -> None:
    text = refusal("own_nets.Deciding", SIZES)
    assert text.startswith("path: own_nets.Deciding: it answers 2 or 3 numbers a sample\n")


def test_eval_mode_is_said() -> None:
    assert policy().notes() == (
        "own_nets.Policy computes in eval mode, also when it learns: Dropout (no dropout; batch "
        "norm keeps its running values)",
    )


def test_a_start_by_fan_in_is_cheaper_and_refused_where_it_would_tear_apart() -> None:
    arguments = {"inputs": 3, "hidden": (6, 4), "outputs": 2}
    weights = drawn(Module("own_nets.Policy", arguments, initial="fan_in"), 2000)
    assert 0.99 * 3**-0.5 < weights["body.0.weight"].abs().max() <= 3**-0.5
    assert bool((weights["slope"] == 3).all())
    with pytest.raises(ScenarioError) as error:
        Module("own_nets.Waves", inputs=3, initial="fan_in")
    assert str(error.value) == (
        "initial: fan_in, and own_nets.Waves draws 'waves', which does not learn\n"
        "  expected: constructor, which draws for each agent what belongs together\n"
        "  fix: leave 'initial' out"
    )


def test_buffers_of_a_construction_are_columns_of_its_agent() -> None:
    model = Module("own_nets.Waves", inputs=3)
    stream = Draws.of(1).stream(Purpose.WEIGHTS, "p", 5)
    weights, state = model.init(stream, torch.float64), model.init_state(stream, torch.float64)
    assert model.state_shapes() == {"fixed.waves": (3, 3)}
    x = random(5, 4, 3, seed=2)
    y = model.forward(weights, x, state)
    # The parameter is the inverse of the buffer, in every construction.
    assert torch.allclose(y, x, rtol=0, atol=1e-3)
    with pytest.raises(ScenarioError, match="agents without the column"):
        model.forward(weights, x, {})


def test_one_that_pytorch_cannot_differentiate_answers_and_does_not_learn() -> None:
    model = Module("own_nets.Overwriting", SIZES)
    weights, x = drawn(model), random(5, 4, 3, seed=2)
    assert not model.forward(weights, x, {})[..., 0].any()
    leaves = {name: values.requires_grad_() for name, values in weights.items()}
    with pytest.raises(ScenarioError, match="no derivative to learn by: RuntimeError: one of the"):
        model.forward(leaves, x, {})


def test_whole_numbers_are_insisted_on() -> None:
    model = Module("torch.nn.Embedding", {"num_embeddings": 4, "embedding_dim": 2}, inputs=3)
    assert model.output_size() == 6
    x = torch.tensor([[[0.0, 3.0, 1.0]]], dtype=torch.float64)
    weights = drawn(model, 1)
    wanted = weights["weight"][0][[0, 3, 1]].reshape(1, 1, 6)
    assert torch.equal(model.forward(weights, x, {}), wanted)
    with pytest.raises(ScenarioError, match="samples that are no whole numbers"):
        model.forward(weights, x + 0.5, {})
    with pytest.raises(ScenarioError, match="forward fails: IndexError"):
        model.forward(weights, x + 9, {})


def test_a_module_that_answers_something_else_is_refused() -> None:
    assert "own_nets.Two: it answers a tuple of 2 to 3 samples" in refusal("own_nets.Two", SIZES)
    assert "own_nets.Flat: it answers () to 3 samples" in refusal("own_nets.Flat", SIZES)


def test_a_wrong_number_of_inputs_is_refused() -> None:
    text = refusal("torch.nn.Linear", SIZES, inputs=5)
    assert text.startswith("path: torch.nn.Linear: forward fails on samples of 5 numbers: ")
