import pytest

from netware.draws import Draws
from netware.errors import ScenarioError
from netware.graphs.topologies.grid import Grid
from netware.graphs.topology import Ends


def made(grid: Grid, agents: int) -> list[tuple[int, int]]:
    links = grid.links(Ends("net", agents, agents, True, Draws.of(1)))
    return sorted(zip(links.source.tolist(), links.target.tolist(), strict=True))


@pytest.mark.parametrize("boundary", ["periodic", "open"])
@pytest.mark.parametrize("neighbors", ["von_neumann", "moore"])
@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1), (1, 2), (2, 2), (1, 5), (2, 5), (5, 2), (3, 3), (4, 6)]
)
def test_neighbours_are_those_next_to_each_other(rows, columns, neighbors, boundary):
    expected = set()
    for row in range(rows):
        for column in range(columns):
            for down in (-1, 0, 1):
                for right in (-1, 0, 1):
                    if neighbors == "von_neumann" and down and right:
                        continue
                    below, beside = row + down, column + right
                    if boundary == "periodic":
                        below, beside = below % rows, beside % columns
                    elif not (0 <= below < rows and 0 <= beside < columns):
                        continue
                    if (below, beside) != (row, column):
                        expected.add((row * columns + column, below * columns + beside))
    assert made(Grid(rows, columns, neighbors, boundary), rows * columns) == sorted(expected)


def test_sides_follow_from_the_agents():
    assert made(Grid(), 9) == made(Grid(3, 3), 9)
    assert made(Grid(rows=2), 10) == made(Grid(2, 5), 10) == made(Grid(columns=5), 10)
    assert len(made(Grid(), 25)) == Grid().expected(25, 25, True, None)
    assert len(made(Grid(neighbors="moore"), 25)) == 200


@pytest.mark.parametrize("grid", [Grid(), Grid(3, 4), Grid(rows=4), Grid(columns=11)])
def test_a_grid_that_does_not_hold_all_agents_is_refused(grid):
    with pytest.raises(ScenarioError, match=r"S-GRAPH .* rows x .*\n.*rows x columns = 10 agents"):
        made(grid, 10)
