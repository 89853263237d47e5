from pathlib import Path

import pytest

from netware.errors import ScenarioError
from netware.files.origin import Origin
from netware.graphs.formats.gexf import gexf


HEAD = """<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">
<graph defaultedgetype="directed"><attributes class="edge"><attribute id="0" title="kind"
type="string"><default>friend</default></attribute></attributes>"""
NODES = """<nodes><node id="a" label="Ann"><viz:size value="3"/><nodes><node id="b" label="Bob"/>
</nodes></node></nodes>"""


def read(folder: Path, edges: str):
    path = folder / "graph.gexf"
    path.write_text(f"{HEAD}{NODES}<edges>{edges}</edges></graph></gexf>")
    return gexf(Origin(path, "here"))


def test_attributes_have_their_titles_and_defaults(tmp_path):
    value = '<attvalues><attvalue for="0" value="boss"/></attvalues>'
    edges = f'<edge source="a" target="b"/><edge source="b" target="a" type="mutual">{value}</edge>'
    found = read(tmp_path, edges)
    assert found.ids == ["a", "b"] and found.labels == ["Ann", "Bob"]
    assert found.columns["kind"].texts() == ["friend", "boss"]
    assert found.directed is not None and found.directed.tolist() == [True, False]
    assert found.weight is None, "no edge has a weight"


def test_a_weight_that_is_left_out_is_1(tmp_path):
    found = read(tmp_path, '<edge source="a" target="b"/><edge source="b" target="a" weight="3"/>')
    assert (found.weight, found.left_out) == ("weight", 1.0)


def test_a_value_that_changes_with_time_is_refused(tmp_path):
    value = '<attvalue for="0" value="boss" start="1"/><attvalue for="0" value="friend" start="2"/>'
    with pytest.raises(ScenarioError, match="which changes with time"):
        read(tmp_path, f'<edge source="a" target="b"><attvalues>{value}</attvalues></edge>')
