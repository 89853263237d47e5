"""Replica r of R is the single run with that replica's seed."""

from tests.laws import worlds
from tests.laws.cases import blocks, hold
from tests.laws.scenarios import passes


STEPS = 2


@blocks("a replica is the single run with its seed")
def test_a_replica_is_the_single_run_with_its_seed(block):
    def law(seed, data):
        data = {**data, "replicas": 3}
        if not passes(data):  # another graph of chance may not do
            return
        together = worlds.after(worlds.built(data), STEPS)
        for replica, own in enumerate(worlds.replica_seeds(data["seed"], 3)):
            single = worlds.after(worlds.built({**data, "replicas": 1, "seed": own}), STEPS)
            found, expected = worlds.pieces(together, replica), worlds.pieces(single, 0)
            assert worlds.apart(found, expected, data["precision"]) == [], f"replica {replica}"

    hold(law, block)
