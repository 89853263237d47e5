"""What a whole run costs beyond its kernels: schedule, guard, probes every 10 steps, recording.

Times a run of 1e5 agents as `netware run` does it, with probes every 10 steps, a panel of 32 agents
and checkpoints, against the bare rules applied to the same world.

    python benchmarks/overhead.py [--quick] [--out FILE]

Times are processor seconds of one thread, which others on the machine do not lengthen. Both ways
must do all steps and end in the same state bit by bit, and the run must have written down its
probes, its panel and a checkpoint.
"""

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import torch
from timing import arguments, must, written

from netware.record.reader import open_run
from netware.rules.base import Acting
from netware.running.run import carry_on, create, recorder_of
from netware.scenario.yaml.load import parse
from netware.simulation.build import planned
from netware.simulation.model import NetwareModel
from netware.world import World


CONSENSUS = """
netware: 1
name: overhead_consensus
seed: 1
steps: {steps}
populations:
  nodes: {{agents: {agents}, state: {{x: {{normal: [0, 1], size: 16}}}}}}
relations:
  talks:
    type: association
    between: [nodes, nodes]
    topology: {{type: erdos_renyi, mean_degree: 10}}
rules:
  agree: {{type: average_consensus, on: nodes, over: talks, state: x, gain: 0.02}}
probes:
  disagreement: {{type: disagreement, on: nodes, state: x, every: 10}}
record: {{panel: 32, checkpoint: {steps}}}
"""
FLOCK = """
netware: 1
name: overhead_flock
seed: 1
steps: {steps}
space: {{dimensions: 2, box: {box}}}
populations:
  birds: {{agents: {agents}, state: {{position: uniform, heading: uniform}}}}
rules:
  fly: {{type: vicsek, on: birds, radius: 1.0, speed: 0.03, noise: 1.0}}
probes:
  order: {{type: order_parameter, on: birds, every: 10}}
record: {{panel: 32, checkpoint: {steps}}}
"""


def bare(plan, steps: int) -> tuple[float, World]:
    """Returns the seconds that the rules alone take, and the world after them."""
    model = NetwareModel(plan, collect=0)
    world, rules = model.world, model.plan.rules
    for timed in rules:
        timed.part.apply(world, Acting(timed.name))
    begun = time.process_time()
    for _ in range(steps):
        for timed in rules:
            world = timed.part.apply(world, Acting(timed.name))
        world = world.advanced()
    return time.process_time() - begun, world


def whole(plan, steps: int) -> tuple[float, World]:
    """Returns the seconds of a run from its first step to its last checkpoint, and its world."""
    model = NetwareModel(plan, collect=0)
    for timed in model.plan.rules:
        timed.part.apply(model.world, Acting(timed.name))
    with tempfile.TemporaryDirectory() as folder:
        run = create(plan, Path(folder))
        begun = time.process_time()
        carry_on(run, plan, model, recorder_of(plan), begun, True, True)
        spent = time.process_time() - begun
        run.close()
        must_be_recorded(run.path, steps)
    return spent, model.world


def must_be_recorded(folder: Path, steps: int) -> None:
    """Holds a run to its probe at every tenth step, its panel at every step and a checkpoint."""
    run = open_run(folder)
    probed, panel = run.metrics["step"].unique(), run.agents["panel"]
    must("probes are written down", list(probed) == list(range(0, steps + 1, 10)))
    must("the panel is written down", panel["step"].values.tolist() == list(range(steps + 1)))
    must("it has 32 agents", panel.sizes["agent"] == 32 and len(panel.data_vars) > 0)
    must("a checkpoint is written", run.checkpoints[-1].name == f"step-{steps:012}")


def must_be_the_same(alone: World, run: World, begun: World, steps: int) -> None:
    """Holds the bare rules and the run to the same state after all steps."""
    must(f"both have done {steps} steps", alone.step == run.step == steps)
    for name, population in run.populations.items():
        for column, values in population.state.items():
            must(f"{name} agree on {column}", torch.equal(values, alone[name][column]))
            must(f"{column} of {name} changes", not torch.equal(values, begun[name][column]))


def main() -> None:
    given = arguments(__doc__ or "").parse_args()
    torch.set_num_threads(given.threads)
    agents, steps, times = 100_000, 50 if given.quick else 200, 3 if given.quick else 5
    figures: dict[str, Any] = {}
    lines = [f"{agents:,} agents, {steps} steps, {given.threads} threads, median of {times} pairs"]
    for text in (CONSENSUS, FLOCK):
        box = (agents / 4) ** 0.5
        plan = planned(parse(text.format(agents=agents, steps=steps, box=box), "overhead"))
        begun, pairs = NetwareModel(plan, collect=0).world, []
        for _ in range(times):
            (kernel, alone), (run, world) = bare(plan, steps), whole(plan, steps)
            must_be_the_same(alone, world, begun, steps)
            pairs.append((kernel, run))
        ratio = median(run / kernel for kernel, run in pairs)
        kernel, run = (median(one) / steps * 1e3 for one in zip(*pairs, strict=True))
        figures[plan.scenario.name] = {"rules": kernel, "run": run, "overhead": ratio - 1}
        lines.append(
            f"{plan.scenario.name:<20} rules {kernel:7.3f} ms/step   run {run:7.3f} ms/step   "
            f"overhead {100 * (ratio - 1):5.1f} %   (target 20 %)"
        )
    print("\n".join(lines))
    written(given.out, figures)


if __name__ == "__main__":
    main()
