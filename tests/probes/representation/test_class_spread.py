import pytest
import torch

from netware.errors import ScenarioError
from netware.probes.representation.class_spread import ClassSpread
from tests.simulation.worlds import model


TEXT = """
netware: 1
name: kin
seed: 3
steps: 20
populations:
  them:
    agents: 5
    state: {x: [1, 4, 2, 7, 3], y: zeros, z: uniform}
relations:
  path: {type: association, between: [them, them], topology: {type: path}}
"""


def read(folder, **named) -> dict[str, float]:
    made = model(folder, text=TEXT)
    found = ClassSpread("them", **named).read(made.world)
    return {name: values.item() for name, values in found.items()}


def test_within_is_the_largest_difference_in_a_class_between_that_of_means(tmp_path) -> None:
    # Ends 0 and 4 are a class, 1 and 3, and 2 alone: means 2, 5.5 and 2.
    assert read(tmp_path, state="x") == {"within": 3.0, "between": 3.5}


def test_agents_that_are_all_alike_differ_in_nothing(tmp_path) -> None:
    assert read(tmp_path, state="y") == {"within": 0.0, "between": 0.0}


def test_classes_of_one_agent_have_no_spread(tmp_path) -> None:
    found = read(tmp_path, state="x", equal=("z",))
    assert found == {"within": 0.0, "between": 6.0}


def test_negative_columns_have_no_zero_among_them(tmp_path) -> None:
    made = model(tmp_path, text=TEXT)
    world = made.world.with_state("them", x=torch.tensor([-3.0, -5, -4, -5, -3]))
    found = ClassSpread("them", "x").read(world)
    assert found["within"].item() == 0 and found["between"].item() == 2


def test_a_column_that_is_not_there_is_refused(tmp_path) -> None:
    with pytest.raises(ScenarioError, match=r"ClassSpread\.equal: no column 'w' in 'them'"):
        read(tmp_path, state="x", equal=("w",))
