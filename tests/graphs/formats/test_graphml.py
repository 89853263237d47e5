from pathlib import Path

import pytest

from netware.errors import ScenarioError
from netware.files.origin import Origin
from netware.graphs.formats.graphml import graphml


KEYS = """<key id="d0" for="edge" attr.name="weight" attr.type="double"><default>2.5</default></key>
<key id="v_name" for="node" attr.name="name" attr.type="string"/>"""
NODES = """<node id="a"><data key="v_name">Ann</data></node>
<node id="b"><data key="v_name">Bob</data></node>"""


def read(folder: Path, graph: str, head: str = "", encoding: str = "utf-8"):
    path = folder / "graph.graphml"
    path.write_bytes(f"{head}<graphml>{KEYS}{graph}</graphml>".encode(encoding))
    return graphml(Origin(path, "here"))


def test_defaults_and_names_are_those_of_the_keys(tmp_path):
    edges = (
        '<edge source="a" target="b"/><edge source="b" target="a"><data key="d0">1</data></edge>'
    )
    found = read(tmp_path, f'<graph edgedefault="directed">{NODES}{edges}</graph>')
    assert found.columns["weight"].texts() == ["2.5", "1"] and found.labels == ["Ann", "Bob"]
    assert found.directed is not None and found.directed.all()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_any_encoding_that_xml_can_name_is_read(tmp_path, encoding):
    nodes = '<node id="Jürgen"/><node id="Zoë"/><edge source="Jürgen" target="Zoë"/>'
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    found = read(tmp_path, f'<graph edgedefault="directed">{nodes}</graph>', head, encoding)
    assert found.ids == ["Jürgen", "Zoë"]


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        ("<graph/><graph/>", "2 graphs"),
        ('<graph edgedefault="directed"><hyperedge/></graph>', "more than two ends"),
        (f'<graph edgedefault="directed"><node id="x"><graph/></node>{NODES}</graph>', "inside"),
        (f'<graph edgedefault="directed">{NODES}<edge source="a"/></graph>', "without 'target'"),
        (f'<graph edgedefault="directed">{NODES}<edge source="a" target="c"/></graph>', "no node"),
        (f'<graph edgedefault="directed">{NODES}{NODES}</graph>', "two nodes 'a'"),
        (
            f'<graph>{NODES}<edge source="a" target="b" directed="true"/>'
            '<edge source="b" target="a"/></graph>',
            "an edge without a direction",
        ),
    ],
)
def test_what_the_format_does_not_mean_is_refused(tmp_path, graph, message):
    with pytest.raises(ScenarioError, match=message):
        read(tmp_path, graph)
