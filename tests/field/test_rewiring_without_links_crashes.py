"""Where no link is left, there is nothing to rewire, and the run goes on."""

from pathlib import Path

import pytest

import netware
from netware import NetwareModel


CASE = Path(__file__).parent / "cases/03-rewiring-without-links-crashes/scenario.yaml"
RULES = ["random_rewiring", "preferential_rewiring", "homophily"]


@pytest.mark.parametrize("rule", RULES)
def test_a_run_goes_on_without_links(rule, tmp_path):
    run = netware.run(netware.load(CASE, [f"rules.r.type={rule}"]), out=tmp_path)
    assert run.status["state"] == "done"


@pytest.mark.parametrize("rule", RULES)
def test_there_may_be_no_links_from_the_beginning(rule):
    none = "relations.g.topology={type: erdos_renyi, p: 0.0}"
    model = NetwareModel(CASE, [f"rules.r.type={rule}", none, "rules.die.rate=0.0"])
    for _ in range(3):
        model.step()
    assert model.world.edges["g"].count == 0
    assert int(model.world["p"].alive.sum()) == 6
