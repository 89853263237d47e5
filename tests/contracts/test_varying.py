"""Every parameter of a rule that may vary: replicas of two values are two runs with numbers."""

from typing import Any, get_type_hints

import pytest
import torch

from netware.scenario.members import catalog
from netware.scenario.members.signature import varies
from netware.simulation.model import NetwareModel
from tests.contracts.testbeds import bed_of, model, scenario


STEPS = 3
# Where another pair than (0.2, 0.7) is in the range, or makes a difference and no explosion.
PAIRS = {
    ("gossip", "share"): (0.1, 0.4),
    ("deffuant", "mu"): (0.1, 0.4),
    ("hebbian", "rate"): (0.001, 0.004),
    ("low_rank_control", "optimiser.rate"): (0.01, 0.03),
    ("log_linear_learning", "temperature"): (0.05, 50.0),
    ("spatial_dilemma", "b"): (0.2, 1.9),
}
# In the first bed that takes these, the memories of all agents are the same, and learnt.
BEDS = {"gradient": "learners", "weight_consensus": "learners"}
BESIDE = {"gradient": {"task": "task"}, "log_linear_learning": {"revision": "all"}}


def fields_that_vary() -> list[tuple[str, str]]:
    found = []
    for rule in catalog.names("rules"):
        hints = get_type_hints(catalog.find("rules", rule), include_extras=True)
        found += [(rule, name) for name, hint in hints.items() if varies(hint)]
        found += [(rule, "optimiser.rate")] * ("optimiser" in hints)
    return found


FIELDS = fields_that_vary()


def scenario_of(rule: str) -> dict[str, Any]:
    plain = bed_of("rules", rule)
    if rule in BEDS:
        plain = {**scenario(BEDS[rule]), "rules": plain["rules"]}
    if rule in BESIDE:
        plain = {**plain, "rules": {"it": plain["rules"]["it"] | BESIDE[rule]}}
    return plain


def run(plain: dict[str, Any], field: str, value: Any) -> NetwareModel:
    part, _, name = field.rpartition(".")
    rule = {**plain["rules"]["it"]}
    rule |= {part: {"type": "adam", name: value}} if part else {name: value}
    made = model({**plain, "rules": {**plain["rules"], "it": rule}})
    for _ in range(STEPS):
        made.step()
    return made


def columns(made: NetwareModel, replica: int) -> dict[str, torch.Tensor]:
    them = made.world["them"]
    every = {**them.state, **them.weights}
    return {name: them.per_replica(values)[replica] for name, values in every.items()}


def test_rules_of_many_families_vary() -> None:
    assert len({rule for rule, _ in FIELDS}) >= 18


@pytest.mark.parametrize(("rule", "field"), FIELDS, ids=[".".join(one) for one in FIELDS])
def test_a_replica_of_two_values_is_the_run_with_its_number(rule, field) -> None:
    plain = scenario_of(rule)
    pair = PAIRS.get((rule, field), (0.2, 0.7))
    both = run(plain, field, {"per_replica": list(pair)})
    singles = [run(plain, field, value) for value in pair]
    for replica, single in enumerate(singles):
        expected = columns(single, replica)
        for name, values in columns(both, replica).items():
            if values.is_floating_point():
                torch.testing.assert_close(
                    values, expected[name], rtol=1e-4, atol=1e-5, msg=f"{name} of {replica}"
                )
            else:
                assert torch.equal(values, expected[name]), name
    first, second = (columns(single, 0) for single in singles)
    assert any(not torch.equal(first[name], second[name]) for name in first)


ZERO = [
    *(("average_consensus", "gain"), ("continuous_consensus", "gain"), ("deffuant", "mu")),
    *(("deffuant", "threshold"), ("delayed_consensus", "gain"), ("gossip", "share")),
    *(("gradient", "optimiser.rate"), ("hebbian", "rate"), ("leader_following", "gain")),
    *(("noise", "sd"), ("noise_prediction", "optimiser.rate"), ("signed_consensus", "gain")),
    *(("switching_consensus", "gain"), ("weight_consensus", "gain")),
]


@pytest.mark.parametrize("written", [0.0, {"per_replica": [0.0, 0.0]}], ids=["number", "each"])
@pytest.mark.parametrize(("rule", "field"), ZERO, ids=[".".join(one) for one in ZERO])
def test_zero_is_the_control_nothing_moves(rule, field, written) -> None:
    plain = scenario_of(rule)
    before, after = model(plain).world["them"], run(plain, field, written).world["them"]
    state = {name for name in before.state if name != "output" or not before.weights}
    for name in (one for one in state if "." not in one):
        assert torch.equal(after.state[name], before.state[name]), name
    for name, values in before.weights.items():
        assert torch.equal(after.weights[name], values), name


@pytest.mark.parametrize("written", [0.0, {"per_replica": [0.0, 0.0]}], ids=["number", "each"])
def test_without_a_strength_birds_fly_straight_on(written) -> None:
    plain = scenario_of("cucker_smale")
    before, after = model(plain).world["them"], run(plain, "strength", written).world["them"]
    assert torch.equal(after["velocity"], before["velocity"])
    assert not torch.equal(after["position"], before["position"])
