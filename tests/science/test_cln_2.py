"""CLN-2: Golkar, Kagan and Cho (2019), arXiv:1903.04476. Three tasks in a row fit into a network of
two layers of 200 units: the units in use add up, and every task is answered well to the end.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.probes.learning.capacity_used import CapacityUsed
from netware.simulation.model import NetwareModel


SCENARIO = Path(__file__).parents[2] / "scenarios" / "golkar_2019_clnp.yaml"
WIDTHS = (200, 200)
FLOORS = {"digits": 0.96, "permuted": 0.95, "again": 0.88}
ENDS = (30, 60, 90)


def right(weights: dict[str, np.ndarray], images: np.ndarray, head: int) -> np.ndarray:
    """Returns the digits that one network answers with one head."""
    h = images
    for layer in (1, 2):
        h = np.maximum(h @ weights[f"w{layer}"] + weights[f"b{layer}"], 0)
    y = h @ weights["w3"] + weights["b3"]
    return y[:, 10 * head : 10 * head + 10].argmax(1)


def used(frozen: Tensor) -> Tensor:
    """Counts the units of a layer whose every weight is frozen."""
    return frozen.all(1).sum(1)


@pytest.mark.t1
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cln_2_three_tasks_fit_and_are_kept(seed: int) -> None:
    few = [f"populations.{name}.agents=2" for name in ("pruned", "forgetful")]
    model = NetwareModel(SCENARIO, [f"seed={seed}", *few], collect=0)
    counts, told = [torch.zeros(2, 2, dtype=torch.int64)], []
    for step in range(1, ENDS[-1] + 1):
        model.step()
        if step in ENDS:
            nets = model.world["pruned"]
            counts.append(torch.stack([used(nets[f"frozen.w{layer}"]) for layer in (1, 2)]))
            told.append(CapacityUsed("pruned", "digits").read(model.world)["frozen"][0].T)
    for before, after, probe in zip(counts[:-1], counts[1:], told, strict=True):
        assert bool((after >= before).all()) and torch.equal(probe.long(), after)
    assert bool((counts[1] > 10).all()), "the first task needs some units"
    assert bool((counts[1].amax(1) < 0.7 * torch.tensor(WIDTHS)).all()), "and leaves room"
    assert bool((counts[-1].amax(1) <= torch.tensor(WIDTHS)).all())
    shares: dict[str, dict[str, list[float]]] = {"pruned": {}, "forgetful": {}}
    for population, found in shares.items():
        nets = model.world[population]
        for head, (task, _) in enumerate(FLOORS.items()):
            test = model.world.examples[task].test
            images, digit = test.inputs[0].double().numpy(), test.targets[0].argmax(1).numpy()
            found[task] = [
                float((right(own, images, head) == digit).mean())
                for agent in range(2)
                for own in [{n: w[agent].double().numpy() for n, w in nets.weights.items()}]
            ]
    for task, floor in FLOORS.items():
        assert np.mean(shares["pruned"][task]) >= floor, (task, shares)
    # The control: without freezing the first task is not answered as well at the end.
    assert np.mean(shares["forgetful"]["digits"]) < np.mean(shares["pruned"]["digits"]) - 0.05
