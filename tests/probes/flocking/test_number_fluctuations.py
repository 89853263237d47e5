from dataclasses import replace

import pytest
import torch

from netware.errors import ScenarioError
from netware.probes.flocking.number_fluctuations import NumberFluctuations
from tests.rules.flocking.birds import birds, swarm


def test_it_counts_boxes_by_hand():
    # 8 agents on a side of 4: all but one in the lower left quarter.
    position = torch.full((8, 2), 0.5, dtype=torch.float64)
    position[7] = 3.9
    world = birds(position, torch.zeros(8, 2), box=4.0, periodic=True)
    read = NumberFluctuations("birds", fewest=0.5, most=2.0).read(world)
    assert read["mean_number"].tolist() == [[2.0, 0.5]]
    quarters = torch.tensor([7.0, 0, 0, 1]).double()
    small = torch.tensor([7.0, *[0] * 14, 1]).double()
    expected = torch.stack([quarters.var(unbiased=False), small.var(unbiased=False)]).sqrt()
    assert (read["deviation"][0] - expected).abs().max() < 1e-12
    slope = (expected[0] / expected[1]).log() / torch.tensor(4.0).log()
    assert read["exponent"].item() == pytest.approx(slope.item())


@pytest.mark.parametrize("dimensions", [2, 3])
def test_agents_anywhere_fluctuate_by_the_square_root(dimensions):
    world = swarm(8192, dimensions, 4, box=8.0, periodic=True)
    read = NumberFluctuations("birds").read(world)
    assert read["exponent"].tolist() == [pytest.approx(0.5, abs=0.06)] * 4
    clumped = world.with_state("birds", position=(world["birds"]["position"] / 8).pow(3) * 8)
    assert NumberFluctuations("birds").read(clumped)["exponent"].min() > 0.7


def test_too_few_agents_and_open_space_are_refused():
    with pytest.raises(ScenarioError, match="0 sizes of boxes for 6 agents, 2 to 128 in each"):
        NumberFluctuations("birds").read(swarm(6, periodic=True))
    with pytest.raises(ScenarioError, match="an open space"):
        NumberFluctuations("birds").read(swarm(600))


def test_the_dead_are_in_no_box_and_sizes_stay_the_same():
    world = swarm(600, periodic=True)
    everyone = NumberFluctuations("birds", fewest=4.0, most=200.0).read(world)
    alive = torch.arange(600) % 3 > 0
    fewer = world.with_state("birds", alive=alive, identity=torch.arange(600))
    read = NumberFluctuations("birds", fewest=4.0, most=200.0).read(fewer)
    own = world["birds"]["position"][alive]
    alone = world.with_population(replace(world["birds"], agents=400, state={"position": own}))
    expected = NumberFluctuations("birds", fewest=4.0, most=200.0).read(alone)
    assert read["deviation"].shape == everyone["deviation"].shape
    for name in ("exponent", "deviation", "mean_number"):
        torch.testing.assert_close(read[name], expected[name])
    none = world.with_state("birds", alive=torch.zeros(600, dtype=torch.bool))
    assert all(one.isnan().all() for one in NumberFluctuations("birds").read(none).values())
