import pytest

from netware.graphs.formats.edge_list import known_ends


@pytest.mark.parametrize(
    ("names", "ends"),
    [
        (["source", "target"], (0, 1)),
        (["Weight", "To", "From"], (2, 1)),
        (["FromNodeId", "ToNodeId"], (0, 1)),
        (["Source Node", "Target Node"], (0, 1)),
        (["id", "node_1", "node_2"], (1, 2)),
        (["Person B", "Person A"], (1, 0)),
        (["a", "b"], None),
        (["0", "1", "2"], None),
        (["person", "friend"], None),
        (["source", "source", "target"], None),
        (["source"], None),
    ],
)
def test_two_ends_are_known_by_their_names(names, ends):
    assert known_ends(names) == ends
