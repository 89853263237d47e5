"""Cost of a step as the number of agents grows from 1e3 to 1e6, netware and its peers.

Average consensus on a random graph of mean degree 10, one number an agent, as in consensus.py; and
Vicsek's rule at 4 agents per radius squared, as in flocking.py. A peer is left out where a single
step of it would take too long. Writes a table and a figure, with machine, date and command. What
must hold before anything is timed is said in those two.
"""

import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import consensus
import flocking
import numpy as np
import torch
from matplotlib.axes import Axes
from timing import arguments, must, written

from netware.analysis.style import CYCLE, DOUBLE, INK, QUIET, Plate, Provenance, plate, styled
from netware.process.settings import keep_freed_memory


SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
QUICK = SIZES[:3]
DENSITY = 4
MOST_LOOPS = 100_000
RESULTS = Path(__file__).with_name("results")
OWN = "netware"
COLORS = dict(zip((OWN, "torch.mm", "networkx", "mesa", "k-d tree"), CYCLE, strict=False))

Times = dict[int, dict[str, float]]


def measured(sizes: tuple[int, ...], quick: bool, threads: int) -> dict[str, Times]:
    """Returns seconds a step of every contender, by what is simulated and by size."""
    found: dict[str, Times] = {"average consensus, mean degree 10": {}, "Vicsek, density 4": {}}
    agree, fly = found.values()
    for agents in sizes:
        agree[agents] = consensus.measured(agents, 1, agents <= MOST_LOOPS, quick, threads)
        print(row(agents, agree[agents]), "  consensus", flush=True)
        fly[agents] = flocking.measured(agents, DENSITY, quick, threads)
        print(row(agents, fly[agents]), "  Vicsek", flush=True)
    each = [taken for times in found.values() for one in times.values() for taken in one.values()]
    must("all that is drawn took time", min(each) > 0)
    return found


def row(agents: int, times: Mapping[str, float]) -> str:
    """Returns a line of the table: milliseconds a step, and how many times netware's."""
    own = times[OWN]
    others = "".join(
        f"   {name} {taken * 1e3:10.3f} ({taken / own:6.1f} x)"
        for name, taken in times.items()
        if name != OWN
    )
    each = f"{own / agents * 1e9:6.1f} ns an agent"
    return f"  {agents:9,} agents: {OWN} {own * 1e3:9.3f}  {each}{others}"


def exponent(times: Times) -> float:
    """Returns the slope of log cost over log size, of netware at the largest three sizes."""
    sizes = sorted(times)[-3:]
    cost = [times[agents][OWN] for agents in sizes]
    return float(np.polyfit(np.log(sizes), np.log(cost), 1)[0])


def machine(threads: int) -> str:
    """Says where and when this was measured, and by which command."""
    # The machine's load is the mean over five minutes, the benchmark itself being one of it.
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} {platform.machine()} cores, "
        f"{threads} thread{'s' * (threads > 1)}, Python {platform.python_version()}, "
        f"torch {version('torch')}, mesa {version('mesa')}, networkx {version('networkx')}, "
        f"load of the machine {os.getloadavg()[1]:.1f}"
    )


def table(found: Mapping[str, Times], threads: int) -> str:
    """Returns the figures as text."""
    clock = "processor time" if threads == 1 else "wall time"
    lines = [
        f"$ python benchmarks/{' '.join([Path(__file__).name, *sys.argv[1:]])}",
        machine(threads),
    ]
    lines += [f"Milliseconds per step ({clock}, median)."]
    for name, times in found.items():
        lines += ["", f"{name}: cost grows as agents to the power {exponent(times):.2f} at the end"]
        lines += [row(agents, times[agents]) for agents in times]
    return "\n".join(lines) + "\n"


def drawn(found: Mapping[str, Times], threads: int) -> Plate:
    """Draws cost over size, a panel for each simulation, a curve for each contender."""
    where = Provenance(
        "benchmarks/scaling.py",
        version("netware"),
        title="Cost of a step",
        caption=table(found, threads),
    )
    with styled():
        figure = plate(DOUBLE, 2.9, where, machine(threads))
        for axes, (name, times) in zip(figure.subplots(1, 2), found.items(), strict=True):
            draw_panel(axes, name, times)
        figure.axes[0].set_ylabel("seconds per step")
    return figure


def draw_panel(axes: Axes, name: str, times: Times) -> None:
    """Draws one simulation, and the slope of a cost that is in proportion to the agents."""
    contenders = dict.fromkeys(one for each in times.values() for one in each)
    for contender in contenders:
        sizes = [agents for agents in times if contender in times[agents]]
        cost = [times[agents][contender] for agents in sizes]
        width = 1.6 if contender == OWN else 1.0
        axes.plot(
            sizes, cost, "o-", color=COLORS[contender], lw=width, ms=3, label=contender, zorder=3
        )
    ends = np.array([min(times), max(times)])
    last = times[int(ends[1])][OWN]
    axes.plot(ends, 0.3 * last * ends / ends[1], ":", color=QUIET, lw=0.8, label="cost ~ agents")
    axes.set(xscale="log", yscale="log", xlabel="agents")
    axes.set_title(name[0].upper() + name[1:], color=INK)
    axes.legend(loc="lower right")


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument(
        "--results", type=Path, help="folder for scaling.txt and scaling.png; none with --quick"
    )
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    keep_freed_memory()
    sizes = QUICK if options.quick else SIZES
    found = measured(sizes, options.quick, options.threads)
    text = table(found, options.threads)
    print(text, end="")
    folder = options.results or (None if options.quick else RESULTS)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scaling.txt").write_text(text)
        (folder / "scaling.png").write_bytes(drawn(found, options.threads).render("png"))
    written(options.out, {"threads": options.threads, "seconds_per_step": found})


if __name__ == "__main__":
    main()
