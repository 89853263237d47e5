"""Two populations that are born and die side by side live as each does alone."""

from pathlib import Path

import pytest
import torch

from netware.simulation.model import NetwareModel
from tests.simulation.worlds import write


HEAD = "netware: 1\nname: mortal\nseed: 4\nsteps: 12\nreplicas: 2\n"
PEOPLE = {
    "a": "  a: {agents: 9, capacity: 14, state: {x: uniform}}\n",
    "b": "  b: {agents: 5, capacity: 20, state: {x: normal}}\n",
}
RULES = {
    "a": "  die_a: {type: death, on: a, rate: 0.2}\n  bear_a: {type: birth, on: a, rate: 0.2}\n",
    "b": "  die_b: {type: death, on: b, rate: 0.2}\n  bear_b: {type: birth, on: b, rate: 0.4}\n",
}


def lived(tmp_path: Path, names: str) -> NetwareModel:
    people, rules = ("".join(each[name] for name in names) for each in (PEOPLE, RULES))
    text = f"{HEAD}populations:\n{people}rules:\n{rules}"
    model = NetwareModel(write(tmp_path, text), collect=0)
    for _ in range(12):
        model.step()
    return model


@pytest.mark.parametrize("name", ["a", "b"])
def test_each_of_two_mortal_populations_lives_as_it_does_alone(tmp_path: Path, name: str) -> None:
    together = lived(tmp_path, "ab").world[name]
    alone = lived(tmp_path, name).world[name]
    first = together["identity"] < together.initial_agents
    assert int((first & together["alive"]).sum()) < 2 * together.initial_agents, "some died"
    assert bool((~first & together["alive"]).any()), "some were born"
    assert together.state.keys() == alone.state.keys()
    for column, values in together.state.items():
        torch.testing.assert_close(values, alone[column], rtol=0, atol=0, msg=column)
