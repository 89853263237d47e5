import pytest
import torch
from torch import Tensor, nn

from netware.models.base import Intervention, Recording, Steering
from netware.models.torch_module.calls import Call


AGENTS, SAMPLES = 3, 4
PARTS = frozenset({"0", "1", "2"})
MODULE = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 5), nn.Linear(5, 2)).eval()


def drawn() -> tuple[dict[str, Tensor], Tensor]:
    generator = torch.Generator().manual_seed(1)
    own = {
        name: torch.randn(AGENTS, *values.shape, generator=generator)
        for name, values in MODULE.named_parameters()
    }
    return own, torch.randn(AGENTS, SAMPLES, 2, generator=generator)


def test_agent_by_agent_gives_what_one_vmap_gives() -> None:
    own, x = drawn()
    one, other = (Call(batched).all(MODULE, {}, own, x) for batched in (True, False))
    torch.testing.assert_close(one, other)


@pytest.mark.parametrize("batched", [True, False])
def test_shared_tensors_and_taps_reach_every_agent(batched: bool) -> None:
    own, x = drawn()
    shared = {"3.bias": own.pop("3.bias")[0]}
    heard = Recording()
    y = Call(batched).all(MODULE, shared, own, x, heard, PARTS)
    assert list(heard.parts) == ["0", "1", "2"]
    for agent in range(AGENTS):
        hidden = x[agent] @ own["0.weight"][agent].T + own["0.bias"][agent]
        torch.testing.assert_close(heard.parts["0"][agent], hidden)
        third = hidden.tanh() @ own["2.weight"][agent].T + own["2.bias"][agent]
        torch.testing.assert_close(heard.parts["2"][agent], third)
        torch.testing.assert_close(y[agent], third @ own["3.weight"][agent].T + shared["3.bias"])


def test_what_a_tap_changes_is_received_the_same_way_by_both() -> None:
    own, x = drawn()
    leaves = {name: values.clone().requires_grad_() for name, values in own.items()}
    shift = torch.arange(AGENTS, dtype=torch.float32)[:, None, None].expand(-1, 1, 5)
    found = []
    for batched in (True, False):
        heard = Recording()
        tap = Steering({"0": Intervention(shift), "2": Intervention(-shift)}, heard)
        y = Call(batched).all(MODULE, {}, leaves, x, tap, PARTS)
        slopes = torch.autograd.grad(y.square().sum(), list(leaves.values()))
        assert list(heard.parts) == ["0", "1", "2"]
        found.append((y.detach(), heard.parts, slopes))
    torch.testing.assert_close(found[0], found[1])


def test_samples_one_by_one_are_heard_together() -> None:
    own, x = drawn()
    heard = Recording()
    y = Call(single=True).all(MODULE, {}, own, x, heard, PARTS)
    other = Recording()
    torch.testing.assert_close(y, Call().all(MODULE, {}, own, x, other, PARTS))
    torch.testing.assert_close(heard.parts, other.parts)
    torch.testing.assert_close(y, Call(False, single=True).all(MODULE, {}, own, x))


def test_hooks_that_write_into_a_module_leave_nothing_of_a_vmap() -> None:
    with pytest.warns(FutureWarning, match="weight_norm"):
        module = nn.Sequential(nn.utils.weight_norm(nn.Linear(2, 3)))
    own = {
        name: values.detach().expand(2, *values.shape).clone()
        for name, values in module.named_parameters()
    }
    before = module[0].weight
    x = torch.ones(2, 4, 2)
    y = Call(slow=True).all(module, {}, own, x)
    torch.testing.assert_close(y[1], module(x[1]).detach())
    assert module[0].weight.shape == before.shape
    assert not torch._C._functorch.is_batchedtensor(module[0].weight)
