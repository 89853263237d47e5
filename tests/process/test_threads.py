"""The user's own number of threads is there again after a run, also after one that failed."""

import pytest
import torch

from netware.errors import StateError
from netware.process.threads import threads_restored
from netware.running.run import resume, start
from netware.space.box import Space
from netware.space.neighbors import candidates, each
from tests.simulation.worlds import write


GREEDY = """
import torch

from netware.simulation.agents import NetwareAgent


class Greedy(NetwareAgent):
    def step(self):
        torch.set_num_threads(3)
        self.x = float("nan") if self.netware.steps > 2 else self.x
"""


@pytest.fixture
def two_threads():
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(1)


def test_threads_are_restored_after_an_exception(two_threads) -> None:
    with pytest.raises(ValueError, match="mine"), threads_restored() as threads:
        torch.set_num_threads(5)
        raise ValueError("mine")
    assert threads == torch.get_num_threads() == 2


def test_a_block_of_pairs_that_fails_leaves_the_threads_as_they_were(two_threads) -> None:
    def fails(block):
        raise ValueError("in a block")

    pairs = candidates(torch.rand(40_000, 2) * 100, 1.0, Space(2, 100.0), 1)
    assert len(pairs.cuts()) > 1
    with pytest.raises(ValueError, match="in a block"):
        each(pairs, fails)
    assert torch.get_num_threads() == 2


def test_a_run_gives_the_threads_back_when_it_ends_and_when_it_fails(
    tmp_path, monkeypatch, two_threads
) -> None:
    (tmp_path / "greedy_agents.py").write_text(GREEDY)
    monkeypatch.syspath_prepend(tmp_path)
    path = write(tmp_path)
    arguments = ["populations.nodes.agent=greedy_agents.Greedy", "activation=sequential"]
    ran = start(path, [*arguments, "steps=2"], tmp_path / "runs", quiet=True)
    assert ran.step == 2 and torch.get_num_threads() == 2
    with pytest.raises(StateError):
        start(path, [*arguments, "steps=5"], tmp_path / "runs", quiet=True)
    assert torch.get_num_threads() == 2
    resume(ran.path, quiet=True)
    assert torch.get_num_threads() == 2
