"""What `netware check` says of edges, and `netware list` of members and sections."""

from dataclasses import replace
from pathlib import Path
from textwrap import indent

import pytest

from netware.commands.describe import SECTIONS, cost_of, edges_in, listing
from netware.errors import ScenarioError
from netware.scenario.members.catalog import describe, schema
from netware.simulation.build import blueprint
from netware.simulation.estimate import Cost, estimate
from tests.simulation.worlds import write


TWO = """
netware: 1
name: two
seed: 7
steps: 20
replicas: 2
space: {dimensions: 2, box: 4.0, periodic: true}
populations:
  nodes: {agents: 6, state: {x: uniform, position: uniform}}
relations:
  talks: {type: association, between: [nodes, nodes], topology: {type: ring, k: 2}}
  near: {type: proximity, of: nodes, radius: 1.0}
"""


def costs(folder: Path) -> tuple:
    plan = blueprint(write(folder, TWO), ())
    return plan, estimate(plan.scenario, plan.members)


def without(cost: Cost, *names: str) -> Cost:
    return replace(cost, edges=24, uncounted=names)


def test_edges_are_counted_where_the_world_is_built(tmp_path) -> None:
    said = cost_of(
        write(tmp_path, TWO),
        [
            "relations={talks: {type: association, "
            "between: [nodes, nodes], topology: {type: ring, k: 2}}}"
        ],
    )
    assert "# edges    24 at step 0\n" in said


def test_edges_that_are_found_again_are_said_to_be(tmp_path) -> None:
    said = cost_of(write(tmp_path, TWO), ())
    line = next(one for one in said.splitlines() if one.startswith("# edges"))
    assert line.endswith(" at step 0; those of near are found again as it runs")


def test_what_is_unknown_is_never_said_to_be_none(tmp_path) -> None:
    plan, cost = costs(tmp_path)
    again = "those of near are found again as it runs"
    assert edges_in(plan, without(cost), None) == f"about 24; {again}"
    assert edges_in(plan, without(cost, "talks"), None) == f"about 24; unknown in talks; {again}"
    assert edges_in(plan, without(cost, "talks", "near"), None) == (
        f"unknown in talks, near; {again}"
    )


def test_a_member_is_listed_with_its_equation_quantities_and_needs() -> None:
    said = listing("probes", "order_parameter")
    assert "  measures order" in said
    assert "  needs " in said
    one = describe("probes", "order_parameter")
    assert one.equation and indent(one.equation, "  ") in said
    assert "Args:" not in one.equation


@pytest.mark.parametrize("what", ["sections", *SECTIONS])
def test_sections_are_listed_with_all_their_keys(what) -> None:
    said = listing(what, None)
    keys = [line.split(":")[0].strip() for line in said.splitlines() if line[2] != " "]
    held = schema() if what == "sections" else schema()["$defs"][SECTIONS[what]]
    assert keys == list(held["properties"])
    assert "None" not in said and "$ref" not in said


def test_one_key_of_a_section() -> None:
    assert listing("populations", "agents").startswith("  agents: an integer")
    with pytest.raises(ScenarioError, match="S-ENUM 'agnets'"):
        listing("populations", "agnets")
