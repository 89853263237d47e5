"""What scenarios of all families give after a few steps is what they gave when this was written.

`python tests/unchanged/test_results.py` writes the results of today into `results.json`: a commit
that does so says which results it means to change, and why.
"""

import json
from pathlib import Path

import pytest
import torch

from netware import NetwareModel
from netware.scenario.yaml.load import load


HERE = Path(__file__).parent
SCENARIOS = HERE.parents[1] / "scenarios"
RESULTS = HERE / "results.json"
# Processors round in their own ways. Moments of an optimiser are sums of slopes that nearly cancel.
ROUNDING, MOMENTS = 2e-5, 1e-3
STEPS = 3
NAMES = (
    "altafini_2013",
    "apt_2009_merge_split",
    "boyd_2006_gossip",
    "challet_zhang_1997_minority",
    "cucker_smale_2007",
    "decentralised_digits",
    "deffuant_2000",
    "emergent_morphology",
    "eurich_2002_avalanches",
    "golkar_2019_clnp",
    "golkar_2020_urn_locality",
    "ha_2017_hypernetwork",
    "hegselmann_krause_2002",
    "ho_2020_ddpm",
    "holme_newman_2006",
    "jadbabaie_2003_switching",
    "maynard_smith_1973_hawk_dove",
    "memory_consensus",
    "moran_1958",
    "neural_flock",
    "nowak_may_1992",
    "olfati_saber_2005_kalman",
    "onsager_1944_ising",
    "ramsauer_2021_modern",
    "sanger_1989",
    "stanley_2009_hyperneat",
    "su_2021_neurashed",
    "wang_2023_failover",
    "wang_2023_netware",
    "zou_2023_steering",
)


def built(name: str) -> NetwareModel:
    """Builds a scenario small: three steps, one replica, what happens later left out."""
    path = SCENARIOS / f"{name}.yaml"
    given = load(path).data
    early = [
        {**event, "at": [step for step in at_of(event) if step < STEPS]}
        for event in given.get("events") or []
        if min(at_of(event)) < STEPS
    ]
    changes = [f"steps={STEPS}", "replicas=1", f"events={json.dumps(early)}", "device=cpu"]
    return NetwareModel(path, changes, seed=7, collect=0)


def at_of(event: dict) -> list[int]:
    at = event["at"]
    return at if isinstance(at, list) else [at]


def results(name: str) -> dict[str, float]:
    """Sums of every column and weight, and every reading, after three steps."""
    model = built(name)
    for _ in range(STEPS):
        model.step()
    found: dict[str, float] = {}
    for population in model.world.populations.values():
        for column, values in {**population.state, **population.weights}.items():
            numbers = values.double()
            found[f"{population.name}.{column}"] = float(numbers.sum())
            found[f"{population.name}.|{column}|"] = float(numbers.abs().sum())
    for timed in model.plan.probes:
        for quantity, values in model.sight.read(timed.name, timed.part).items():
            whole = values.double()
            found[f"{timed.name}.{quantity}"] = float(whole[~whole.isnan()].sum())
    for relation, edges in model.world.edges.items():
        found[f"{relation}.edges"] = float(edges.count)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_results_are_those_of_before(name: str) -> None:
    expected, found = json.loads(RESULTS.read_text())[name], results(name)
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        scale = max(abs(value), abs(expected.get(key.replace(".", ".|", 1) + "|", 0.0)), 1.0)
        near = MOMENTS if ".first." in key or ".second." in key else ROUNDING
        assert abs(found[key] - value) <= near * scale, f"{key}: {found[key]} for {value}"


if __name__ == "__main__":
    torch.set_num_threads(1)
    RESULTS.write_text(json.dumps({name: results(name) for name in NAMES}, indent=1) + "\n")
