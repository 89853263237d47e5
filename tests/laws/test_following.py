"""Weights that follow from others are at every moment what their relation makes of these."""

from random import Random

from tests.laws import worlds
from tests.laws.cases import blocks, hold
from tests.laws.draft import CADENCE, Plain
from tests.laws.scenarios import about, passes, valid


KINDS = (
    "generation",
    "layer_generation",
    "synapse_generation",
    "inheritance",
    "unfolding",
)
NOISE = {"rule": "noise", "state": "embedding", "sd": 0.5}


def generated(seed: int) -> Plain | None:
    """Returns a valid scenario in which agents make weights of others in every step.

    What they make them of may change by chance: their own weights, and what the others send them.
    """
    data, chance = valid(about(seed, *(("relations", kind) for kind in KINDS))), Random(seed + 7)
    if data is None or "makes" not in data.get("relations", {}):
        return None
    relations = {
        name: {key: v for key, v in part.items() if part["type"] not in KINDS or key not in CADENCE}
        for name, part in data["relations"].items()
    }
    changes = [
        {"at": chance.choice((0, 1, 2)), "on": "a", "rule": "lesion", "fraction": 0.5},
        {"at": chance.choice((0, 1, 2)), "on": "b", **NOISE},
        {"at": chance.choice((0, 1, 2)), "on": "a", "rule": "noise", "state": "weights", "sd": 0.5},
    ]
    data = {**data, "relations": relations}
    for event in changes:
        more = {**data, "events": [*data.get("events", []), event]}
        data = more if passes(more) else data
    return data if passes(data) else None


@blocks("weights follow")
def test_weights_that_follow_are_made_of_the_sources_of_that_moment(block):
    def law(seed, data):
        model = worlds.built(data)
        for step in range(data["steps"] + 1):
            found, expected = worlds.state_and_weights(model), worlds.made_again(model)
            assert worlds.apart(found, expected, data["precision"]) == [], f"after {step} steps"
            worlds.after(model, 1)

    hold(law, block, generated)
