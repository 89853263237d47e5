import torch

from netware.space.all_pairs import MOST_PAIRS, AllPairs, padded, shorter
from netware.space.box import Space


def test_blocks_cover_every_row_of_every_replica_once():
    for replicas, agents in ((1, 1), (3, 5), (1, 3000), (2, 600), (500, 40)):
        everyone = AllPairs.of(torch.zeros(replicas * agents, 2), replicas)
        blocks = [everyone.block(cut) for cut in everyone.cuts()]
        rows = [
            (r, i)
            for block in blocks
            for r in range(block.first, block.last)
            for i in range(block.top, block.bottom)
        ]
        assert sorted(rows) == [(r, i) for r in range(replicas) for i in range(agents)]
        for block in blocks:
            many = (block.last - block.first) * (block.bottom - block.top) * agents
            assert many <= max(MOST_PAIRS["cpu"], agents)


def test_the_shorter_way_round():
    gap = torch.tensor([0.0, 1.0, -4.0, 9.5])
    assert shorter(gap.clone(), Space(2, 10.0)).tolist() == [0.0, 1.0, 4.0, 0.5]
    assert shorter(gap.clone(), Space(2, 10.0, False)).tolist() == gap.tolist()


def test_no_agents_at_all():
    assert AllPairs.of(torch.zeros(0, 2), 1).cuts() == []


def test_rows_are_filled_up_with_zeros():
    rows = torch.ones(2, 17)
    assert padded(rows).shape == (2, 32) and padded(rows).sum() == 34
    assert torch.equal(padded(torch.ones(3, 16)), torch.ones(3, 16))
