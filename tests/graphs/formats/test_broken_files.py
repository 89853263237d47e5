"""A file that is broken in any way is refused as an error of the scenario, and nothing else."""

import io
import os
from random import Random

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from netware.draws import Draws
from netware.errors import NetwareError
from netware.files.origin import Origin
from netware.graphs.people import people_of
from netware.graphs.topologies.file import File
from netware.graphs.topology import Ends
from netware.tasks.table import Table


MATRIX = np.array([[0, 1.0, 0], [2, 0, 0], [0, 0, 0]])
SIGNS = b"\0 \n , ; \" < > [ ] { } 9 - e nan \xff \xc3 * & ' % # \r"
PIECES = [*SIGNS.split(b" "), b"99999999999999999999"]


def saved(save) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


GRAPHML = b"""<graphml><key id='d' for='edge' attr.name='weight'><default>1</default></key>
<graph edgedefault='directed'><node id='a'/><node id='b'/><edge source='a' target='b'>
<data key='d'>3</data></edge></graph></graphml>"""
GEXF = b"""<gexf><graph defaultedgetype='directed'><nodes><node id='a' label='x'/><node id='b'/>
</nodes><edges><edge source='a' target='b' weight='2'><attvalues><attvalue for='0' value='3'/>
</attvalues></edge></edges></graph></gexf>"""
WHOLE = {
    "a.csv": b"source;target;weight\nann;bob;1,5\nbob;cid;2\n",
    "b.csv": "Zoë,Jürgen\nJürgen,b\n".encode("utf-16"),
    "c.csv": b",a,b\na,0,1\nb,1,0\n",
    "d.txt": b"# c\n\"a b\" c\n%x\nb {'weight': 1}\n",
    "a.graphml": GRAPHML,
    "a.gexf": GEXF,
    "a.gml": b'graph [ node [ id 1 label "a" ] node [ id 2 ] edge [ source 1 target 2 ] ]',
    "a.net": b'*Vertices 3 2\n1 "a"\n*Arcs\n1 3 3\n*Matrix\n1\n2\n',
    "a.json": b'{"directed": true, "nodes": [{"id": 0}], "links": [{"source": 0, "target": 0}]}',
    "a.adjlist": b'a "b c"\nb c\n',
    "a.npy": saved(lambda file: np.save(file, MATRIX)),
    "a.npz": saved(lambda file: scipy.sparse.save_npz(file, scipy.sparse.csr_array(MATRIX))),
    "a.mtx": saved(lambda file: scipy.io.mmwrite(file, scipy.sparse.coo_array(MATRIX))),
}


def broken(data: bytes, random: Random) -> bytes:
    """Returns a file with some bytes put in, taken out, changed, or cut off."""
    for _ in range(random.randint(1, 4)):
        place = random.randrange(len(data) + 1)
        way = random.random()
        if way < 0.4:
            data = data[:place] + random.choice(PIECES) + data[place:]
        elif way < 0.7:
            data = data[:place] + data[place + random.randint(1, 6) :]
        elif way < 0.9:
            data = data[:place] + bytes([random.randrange(256)]) + data[place + 1 :]
        else:
            data = data[:place]
    return data


@pytest.mark.parametrize("name", WHOLE)
def test_a_broken_file_is_read_or_refused(tmp_path, name):
    random, path = Random(name), tmp_path / name
    refused = 0
    for number in range(60):
        path.write_bytes(broken(WHOLE[name], random))
        os.utime(path, ns=(number, number))
        origin = Origin(path, "here")
        works = [
            lambda: File(str(path)).links(Ends("n", 3, 3, True, Draws.of(1))),
            lambda: File(str(path)).links(Ends("n", 3, 2, False, Draws.of(1))),
            lambda origin=origin: people_of(origin, origin.version()).names(),
        ]
        if path.suffix in (".csv", ".npz"):
            works.append(lambda: Table(str(path), ("b",)).arrays())
        for work in works:
            try:
                work()
            except NetwareError as error:
                assert "here" in str(error) or "path" in str(error) or "targets" in str(error)
                refused += 1
    assert refused > 0
