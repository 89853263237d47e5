"""A probe over a relation between other agents is refused, at the line of the relation's name."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from netware import NetwareModel, cli
from netware.errors import ScenarioError
from netware.needs.base import refuse_unmet
from netware.simulation.build import blueprint
from netware.simulation.construction import world_of


CASE = Path(__file__).parent / "cases/09-convergence-rate-over-strangers/scenario.yaml"
PROBES = (
    "type: convergence_rate, on: b, over: g, state: x",
    "type: tie_difference, on: b, over: g, state: x",
)
MEASURED = "type: algebraic_connectivity, over: h"


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("agents", [6, 4])
def test_edges_of_others_are_refused(probe: str, agents: int) -> None:
    with pytest.raises(ScenarioError, match=r"(?s)'g', whose.*between agents of 'b'"):
        NetwareModel(CASE, [f"probes.rate={{{probe}}}", f"populations.b.agents={agents}"])


def test_the_problem_is_at_the_relation_that_the_probe_names() -> None:
    plan = blueprint(CASE)
    with pytest.raises(ScenarioError) as error:
        refuse_unmet("probes", "rate", plan.members.probes["rate"].member, world_of(plan))
    (problem,) = error.value.problems
    assert problem.where.endswith("probes.rate.over")


def test_spins_do_not_feel_the_edges_of_others() -> None:
    rules = "rules={spin: {type: ising, on: a, over: g}, cold: {type: ising, on: b, over: k}}"
    own = "relations.k={type: association, between: [b, b], topology: {type: ring}}"
    spins = "probes.rate={type: magnetisation, on: b, over: g}"
    with pytest.raises(ScenarioError, match="between agents of 'b'"):
        NetwareModel(CASE, [rules, own, spins])


def test_a_graph_between_two_populations_has_no_spectrum() -> None:
    ties = "relations.h={type: association, between: [a, b], topology: {type: one_to_one}}"
    with pytest.raises(ScenarioError, match=r"(?s)from 'a' to 'b'.*agents of one population"):
        NetwareModel(CASE, [ties, f"probes.rate={{{MEASURED}}}"])


def test_a_relation_of_its_own_is_measured() -> None:
    model = NetwareModel(CASE, ["probes.rate.on=a"])
    assert 0 <= model.reading("rate", "convergence_rate") <= 4


def test_check_refuses_what_a_run_would() -> None:
    done = CliRunner().invoke(cli.app, ["check", str(CASE)])
    assert isinstance(done.exception, ScenarioError)
    assert "scenario.yaml:11:47: probes.rate.over: 'g', whose edges" in str(done.exception)
