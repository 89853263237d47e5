"""Replica r of R is the single run with that replica's seed."""

import torch

from tests.laws import worlds
from tests.laws.cases import blocks, hold


CLOSE = {"float32": 1e-5, "float64": 1e-10}
STEPS = 2


def same(one: torch.Tensor, other: torch.Tensor, close: float) -> bool:
    """Tells whether integers are equal, and numbers up to rounding on the scale of the largest."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if not one.is_floating_point():
        return torch.equal(one, other)
    if not torch.equal(one.isnan(), other.isnan()):
        return False
    one, other = one.nan_to_num(), other.nan_to_num()
    scale = max(1.0, float(other.abs().max())) if other.numel() else 1.0
    return bool((one - other).abs().le(close * scale).all())


@blocks("a replica is the single run with its seed")
def test_a_replica_is_the_single_run_with_its_seed(block):
    def law(seed, data):
        data = {**data, "replicas": 3}
        together = worlds.after(worlds.built(data), STEPS)
        for replica, own in enumerate(worlds.replica_seeds(data["seed"], 3)):
            single = worlds.after(worlds.built({**data, "replicas": 1, "seed": own}), STEPS)
            found, expected = worlds.pieces(together, replica), worlds.pieces(single, 0)
            assert found.keys() == expected.keys()
            close = CLOSE[data["precision"]]
            wrong = [name for name in found if not same(found[name], expected[name], close)]
            assert wrong == [], f"replica {replica}"

    hold(law, block)
