"""No edge joins agents of two replicas, or a place where no one lives."""

import torch

from tests.laws import worlds
from tests.laws.cases import blocks, hold


@blocks("no edge outlives its ends")
def test_every_edge_joins_two_that_live_in_one_replica(block):
    def law(seed, data):
        model = worlds.built(data)
        for step in range(data["steps"] + 1):
            found = worlds.arrays(model)
            for name in data.get("relations", {}):
                ends = zip(worlds.ends(model, name), ("source", "target"), strict=True)
                replicas = []
                for population, end in ends:
                    there = worlds.alive(model, population)
                    rows = found[f"{name}/{end}"].long()
                    assert bool(there.flatten()[rows].all()), f"{name} after {step} steps"
                    replicas.append(rows // there.shape[1])
                assert torch.equal(*replicas), f"{name} joins replicas"
            worlds.after(model, 1)

    hold(law, block)
