"""Fields that no scenario can write are refused in netware's own words."""

from dataclasses import dataclass

import pytest

from netware.errors import ScenarioError
from netware.scenario.members.signature import parameters


class Opaque:
    """Nothing that YAML could write."""


@dataclass(frozen=True)
class Strange:
    """Holds something that no scenario can write."""

    plain: int
    from_: Opaque


def test_the_field_is_named_and_no_word_of_pydantic_comes_through() -> None:
    with pytest.raises(ScenarioError) as caught:
        parameters(Strange)
    assert "field 'from' of a type that a scenario cannot write" in str(caught.value)
    assert "pydantic" not in str(caught.value).lower() and "arbitrary" not in str(caught.value)
