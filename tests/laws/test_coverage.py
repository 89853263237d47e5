"""The generator reaches every member of the catalog, and most of what it composes is valid."""

from collections import Counter

import pytest

from tests.laws.scenarios import MEMBERS, appearing, valid


LEAST_VALID = 0.4
TRIES = 12
"""Scenarios composed about a member, at most, until one is valid."""


@pytest.fixture(scope="module")
def found() -> list:
    return [data for seed in range(len(MEMBERS)) if (data := valid(seed)) is not None]


@pytest.mark.slow
def test_every_member_of_the_catalog_is_in_some_valid_scenario(found):
    seen = Counter(member for data in found for member in appearing(data))
    for index, member in enumerate(MEMBERS):
        more = (valid(k * len(MEMBERS) + index) for k in range(1, TRIES))
        seen[member] += seen[member] or any(data and member in appearing(data) for data in more)
    assert [member for member in MEMBERS if not seen[member]] == []


def test_most_scenarios_that_are_composed_are_valid(found):
    assert len(found) > LEAST_VALID * len(MEMBERS)
