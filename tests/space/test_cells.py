import torch

from netware.space.all_pairs import MOST_PAIRS
from netware.space.box import Space
from netware.space.cells import FEWEST, Cells, cells_across


def test_cells_are_wider_than_the_radius_and_not_many_more_than_agents():
    for box, radius in ((10.0, 1.0), (10.0, 0.3), (7.3, 2.4), (1000.0, 0.01)):
        for agents in (1, 700, 10_000):
            for dimensions in (2, 3):
                across = cells_across(radius, Space(dimensions, box), agents)
                assert box / across > radius
                assert across**dimensions <= max(FEWEST**dimensions, 3 * agents)
    assert cells_across(1.0, Space(2, 2.9), 100) < FEWEST
    assert cells_across(1.0, Space(2, 2.9, False), 100) >= FEWEST


def test_every_agent_is_a_target_once_and_every_block_holds_whole_targets():
    space = Space(2, 60.0)
    position = 60 * torch.rand(20_000, 2, generator=torch.Generator().manual_seed(1))
    cells = Cells.of(position, 1.0, space, 2)
    assert torch.equal(cells.agents.sort().values, torch.arange(20_000))
    blocks = [cells.block(cut) for cut in cells.cuts()]
    assert [block.first for block in blocks][1:] == [block.last for block in blocks][:-1]
    assert blocks[0].first == 0 and blocks[-1].last == 20_000
    assert sum(block.after - block.before for block in blocks) == int(cells.length.sum())
    most = MOST_PAIRS["cpu"] + int(cells.length.sum(1).max())
    assert all(0 < block.after - block.before <= most for block in blocks)
    assert len(blocks) > 1


def test_results_come_back_in_the_order_of_the_agents():
    space = Space(2, 60.0)
    position = 60 * torch.rand(2000, 2, generator=torch.Generator().manual_seed(2))
    cells = Cells.of(position, 1.0, space, 1)
    assert torch.equal(cells.restored(position[cells.agents]), position)
    assert torch.equal(cells.restored(position[cells.agents, 0]), position[:, 0])
    assert torch.equal(cells.arranged(position), position[cells.listed])
