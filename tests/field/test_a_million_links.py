"""A large list is read in the time that its parser takes, and once."""

import io
import random
import time

import pyarrow.csv
import torch

from netware.draws import Draws
from netware.graphs.topologies.file import File
from netware.graphs.topology import Ends


AGENTS, EDGES = 75_879, 200_000


def test_a_large_list_takes_no_more_than_some_readings(tmp_path) -> None:
    random.seed(1)
    draw = random.randrange
    lines = [f"{draw(AGENTS)}\t{draw(AGENTS)}\n" for _ in range(EDGES)]
    path = tmp_path / "ties.txt"
    path.write_text("# directed\n# FromNodeId\tToNodeId\n" + "".join(lines))
    body = "".join(lines).encode()
    options = pyarrow.csv.ParseOptions(delimiter="\t")

    def parsed() -> None:
        pyarrow.csv.read_csv(io.BytesIO(body), parse_options=options)

    file, ends = File(str(path), "directed"), Ends("t", AGENTS, AGENTS, True, Draws.of(1))

    def timed(work) -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    plain = min(timed(parsed) for _ in range(3))
    first = timed(lambda: file.links(ends))
    again = min(timed(lambda: file.links(ends)) for _ in range(3))
    assert first < 40 * plain + 0.5, "the reader loops over lines"
    assert again < first / 3, "a file that has not changed is not read again"
    expected = {tuple(map(int, line.split())) for line in lines}
    links = file.links(ends)
    found = torch.stack([links.source, links.target], 1).tolist()
    assert len(found) == len(expected) and {(s, t) for s, t in found} == expected
    assert file.expected(AGENTS, AGENTS, True, None) == len(expected)
