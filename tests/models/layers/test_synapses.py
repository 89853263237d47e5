import json

import pytest
from pydantic import ValidationError

from netware.models.layers.synapses import (
    Connections,
    Places,
    Product,
    Synapses,
    hidden_layers,
)
from netware.models.urn import Urn
from tests.models.joined import MODELS


@pytest.mark.parametrize("name", MODELS)
def test_what_a_model_says_comes_back_from_a_file_as_it_was(name: str) -> None:
    said = MODELS[name].connections()
    assert said.synapses
    assert Connections.from_json(json.loads(json.dumps(said.as_json()))) == said


def test_a_recursion_says_where_its_neurons_are() -> None:
    said = Urn(4, 1, 12, 3, "output", cube=(2, 2, 3), beta=2.0).connections()
    again = Connections.from_json(json.loads(json.dumps(said.as_json())))
    assert again == said and again.recursion is not None
    assert (again.recursion.cube, again.recursion.beta) == ((2, 2, 3), 2.0)
    assert Connections.from_json({}) == Connections()


def test_what_is_no_connections_is_refused() -> None:
    with pytest.raises(ValidationError):
        Connections.from_json({"synapses": [{"weight": "w"}]})


def test_names_and_sizes_of_a_matrix() -> None:
    one = Places("hidden1", 0, 3)
    other = (Places("hidden2", 0, 2), Places("output", 2, 4))
    plain = Synapses("w", "b", (one,), other)
    assert (plain.into(), plain.factors(), plain.sizes()) == (("w", "b"), ("w",), (3, 6))
    assert not plain.inner() and Synapses("u", "", (one,), (one,)).inner()
    low = Synapses("w", "", (one,), other, added=Product("a", "b", 2.0))
    assert (low.into(), low.factors()) == (("w",), ("w", "a", "b"))
    assert hidden_layers((plain, low)) == [other[0]]


def test_parts_that_show_a_layer_are_its_own_name_or_those_given_or_none() -> None:
    assert Places("hidden1", 0, 3).shown_by() == ("hidden1",)
    assert Places("neurons", 0, 3, ("iteration1",)).shown_by() == ("iteration1",)
    assert Places("hidden1", 0, 3, traced=False).shown_by() == ()
