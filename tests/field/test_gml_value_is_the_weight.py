"""The weight of an edge may have another name: `value` in GML, and any that the scenario says."""

import pytest

import netware
from netware.commands.describe import cost_of


CASE = "06-gml-value-is-the-weight"
GRAPHML = """<graphml><key id="w" for="edge" attr.name="{name}" attr.type="double"/>
<graph edgedefault="directed"><node id="0"/><node id="1"/><node id="2"/>
<edge source="0" target="1"><data key="w">2</data></edge>
<edge source="1" target="2"><data key="w">5</data></edge></graph></graphml>"""


def test_the_value_of_gml_is_the_weight(opinions) -> None:
    assert opinions(CASE) == [0, 0.8, 1.5]


@pytest.mark.parametrize("name", ["Weight", "WEIGHT", "weights"])
def test_the_name_may_be_written_in_capitals(opinions, name) -> None:
    files = {"ties.graphml": GRAPHML.format(name=name).encode()}
    assert opinions(CASE, files, ("relations.ties.topology.path=ties.graphml",)) == [0, 0.8, 1.5]


def test_another_name_is_said_and_can_be_taken(case, tmp_path) -> None:
    path = case(CASE, {"ties.graphml": GRAPHML.format(name="strength").encode()})
    changes = ["relations.ties.topology.path=ties.graphml"]
    word = "columns of numbers not used: 'strength'"
    assert word in cost_of(path, changes)
    model = netware.NetwareModel(path, [*changes, "relations.ties.topology.weight=strength"])
    model.step()
    assert model.world["people"]["opinion"].tolist() == pytest.approx([0, 0.8, 1.5])
    run = netware.run(path, changes, out=tmp_path)
    assert word in (run.path / "log.txt").read_text()
