"""What `precision: float64` promises: no number on the way is rounded to float32.

What PyTorch makes of whole numbers, of Python's and of nothing has its default type, float32. Where
that is float64 the same run must give the same bits, and what a bed keeps must be of that type.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import torch

from netware.errors import NetwareError
from netware.scenario.members import catalog
from netware.simulation.model import NetwareModel
from netware.simulation.snapshot import state_out
from tests.contracts.testbeds import BEDS, bed_of, model, scenario


STEPS = 3
# A count of updates, whose type PyTorch's optimisers prescribe; exact up to 2^24 of them.
COUNTS = ".updates"
WEIGHTED = {
    "talks": {
        "type": "influence",
        "between": ["them", "them"],
        "topology": {"type": "watts_strogatz", "k": 2, "p": 0.3},
        "weakest": 0.1,
        "strongest": 0.7,
    }
}


@contextmanager
def by_default(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def run(plain: dict[str, Any]) -> NetwareModel:
    made = model(plain, precision="float64")
    for _ in range(STEPS):
        made.step()
    return made


def is_the_same_by_any_default(plain: dict[str, Any]) -> None:
    made = run(plain)
    with by_default(torch.float64):
        other = run(plain)
    found, expected = (state_out(one.world, one.built) for one in (made, other))
    for name, values in expected.items():
        assert torch.equal(found[name], values), name
        wide = not values.is_floating_point() or values.dtype == torch.float64
        assert wide or name.endswith(COUNTS), f"{name} is {values.dtype}"
    for name, probe in made.blueprint.members.probes.items():
        read = probe.member.read(made.world)
        with by_default(torch.float64):
            again = probe.member.read(other.world)
        for quantity in read:
            one, two = read[quantity].double(), again[quantity].double()
            torch.testing.assert_close(one, two, rtol=0, atol=0, equal_nan=True, msg=name)


def varied(family: str, name: str) -> Iterator[dict[str, Any]]:
    """Yields the bed of a member with each choice of each of its parameters, one at a time."""
    plain = bed_of(family, name)
    yield plain
    yield {**plain, "relations": WEIGHTED}
    cls, part = catalog.find(family, name), plain[family]["it"]
    for key, hint in get_type_hints(cls).items():
        if get_origin(hint) is Literal:
            for choice in get_args(hint):
                yield {**plain, family: {"it": {**part, key: choice}}}


def tried(family: str, name: str) -> None:
    """Tries all that the bed takes, which is at least the first."""
    first, *others = varied(family, name)
    is_the_same_by_any_default(first)
    for plain in others:
        with suppress(NetwareError):
            is_the_same_by_any_default(plain)


@pytest.mark.parametrize("name", catalog.names("rules"))
def test_a_rule_computes_in_float64(name) -> None:
    tried("rules", name)


@pytest.mark.parametrize("name", catalog.names("probes"))
def test_a_probe_measures_in_float64(name) -> None:
    tried("probes", name)


@pytest.mark.parametrize("bed", BEDS)
def test_a_bed_stays_in_float64(bed) -> None:
    is_the_same_by_any_default(scenario(bed))
