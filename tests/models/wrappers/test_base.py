import pytest
import torch

from netware.errors import ScenarioError
from netware.models.memories.hopfield import Hopfield
from netware.models.multilayer import Multilayer
from netware.models.urn import Urn
from netware.models.wrappers.base import hidden_width, in_context, parts, refuse_waiting


def test_parts_are_what_is_traced_with_their_widths() -> None:
    assert parts(Multilayer(3, 2, (4, 5))) == {"hidden1": 4, "hidden2": 5, "output": 2}
    assert list(parts(Urn(2, 1, 9, 3))) == ["iteration1", "iteration2", "iteration3", "output"]


def test_a_layer_that_is_not_there_is_refused() -> None:
    assert hidden_width(Multilayer(3, 2, (4, 5)), "hidden2", "layer") == 5
    with pytest.raises(ScenarioError) as error:
        hidden_width(Multilayer(3, 2, (4, 5)), "output", "rules.read.layer")
    assert str(error.value) == (
        "rules.read.layer: no hidden layer 'output' in Multilayer\n"
        "  expected: one of hidden1, hidden2\n"
        "  fix: write 'hidden1'"
    )
    with pytest.raises(ScenarioError, match="a model with hidden layers that it traces"):
        hidden_width(Multilayer(3, 2), "hidden1", "layer")


def test_a_context_is_one_number_of_every_sample() -> None:
    x = torch.arange(12.0).reshape(2, 2, 3)
    changed = in_context(x, 1, -1.0)
    assert bool((changed[..., 1] == -1).all())
    assert torch.equal(changed[..., ::2], x[..., ::2]) and x[0, 0, 1] == 1


def test_a_memory_that_waits_is_refused() -> None:
    with pytest.raises(ScenarioError) as error:
        refuse_waiting(Hopfield(4, 2))
    assert str(error.value) == (
        "base: a model that waits to be asked, Hopfield\n"
        "  expected: a model that answers its input at every step\n"
        "  fix: write 'base: {type: multilayer, ...}'"
    )
