import json
from pathlib import Path

import pytest

from netware.errors import ScenarioError
from netware.files.origin import Origin
from netware.graphs.formats.node_link import node_link


def read(folder: Path, data):
    path = folder / "graph.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return node_link(Origin(path, "here"))


def test_nodes_without_ids_go_by_their_places(tmp_path):
    data = {
        "nodes": [{"name": "ann", "age": 3}, {"name": "bob", "age": 4}],
        "links": [{"source": 1, "target": 0, "value": 2}],
    }
    found = read(tmp_path, data)
    assert found.ids == ["0", "1"] and found.labels == ["ann", "bob"] and found.directed is None
    assert found.nodes["age"].numbers()[0].tolist() == [3, 4]
    assert found.source.tolist() == [1] and found.columns["value"].texts() == ["2"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "no JSON"),
        ("[1]", "lists 'nodes' and 'links'"),
        ({"nodes": [], "edges": 3}, "lists 'nodes' and 'links'"),
        ({"nodes": [{"id": 1}, {}], "links": []}, "'id' of all or of none"),
        ({"nodes": [{"id": 1}, {"id": "1"}], "links": []}, "written alike"),
        ({"nodes": [{"id": 1}], "links": [{"source": 1}]}, "link 1 without"),
        ({"nodes": [{"id": 1}], "links": [{"source": 1, "target": 2}]}, "which is no node"),
    ],
)
def test_what_is_no_graph_is_refused(tmp_path, data, message):
    with pytest.raises(ScenarioError, match=message):
        read(tmp_path, data)
