"""CLN-1: Golkar, Kagan and Cho (2019), arXiv:1903.04476. What a network has frozen it never
forgets: its answers to a task stay the same bits, whatever it learns afterwards.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from netware.simulation.model import NetwareModel


TASKS, STEPS = 3, 8
LEARN = "type: gradient, on: nets, batch: 100, weight_l1: 3.0e-4, activity_l1: 0.003"


def scenario(model: str, seed: int, rate: float) -> str:
    """Writes a sequence of three tasks, each to be frozen at its last step."""
    lines = [
        f"netware: 1\nname: sequence\nseed: {seed}\nsteps: {TASKS * STEPS}\nreplicas: 2\ntasks:",
        *(
            f"  task{k}: {{type: multi_head, head: {k}, heads: {TASKS}, "
            f"task: {{type: permuted, permutation: {k}, task: {{type: digits}}}}}}"
            for k in range(TASKS)
        ),
        f"populations:\n  nets: {{agents: 2, model: {model}}}\nrules:",
    ]
    for k in range(TASKS):
        first, last = k * STEPS, (k + 1) * STEPS - 1
        lines += [
            f"  learn{k}: {{{LEARN}, task: task{k}, optimiser: {{type: adam, rate: {rate}}}, "
            f"from: {first}, until: {last}}}",
            f"  keep{k}: {{type: freeze, on: nets, task: task{k}, threshold: 0.05, at: {last}}}",
        ]
    return "\n".join(lines)


def logits(model: NetwareModel, task: int) -> Tensor:
    """Computes the answers of the task's head to its test images."""
    nets = model.world["nets"]
    images = model.world.examples[f"task{task}"].test.inputs[:1].expand(nets.total, -1, -1)
    return nets.forward(images)[..., 10 * task : 10 * task + 10]


def widths(seed: int) -> str:
    rng = np.random.default_rng(seed)
    drawn = rng.integers(60, 160, int(rng.integers(1, 4))).tolist()
    return f"{{type: multilayer, inputs: 64, widths: {drawn}, outputs: 30}}"


def urn(seed: int) -> str:
    neurons = int(np.random.default_rng(seed).integers(160, 220))
    residual = ("none", "output", "input")[seed % 3]
    return (
        f"{{type: urn, inputs: 64, neurons: {neurons}, outputs: 30, iterations: 3, "
        f"residual: {residual}}}"
    )


MODELS = [(widths, seed) for seed in range(4)] + [(urn, seed) for seed in range(3)]


@pytest.mark.t1
@pytest.mark.parametrize(("model", "seed"), MODELS)
def test_cln_1_zero_forgetting_is_exact(model, seed: int, tmp_path: Path) -> None:
    rate = float(np.random.default_rng(seed + 100).uniform(1e-3, 3e-3))
    path = tmp_path / "sequence.yaml"
    path.write_text(scenario(model(seed), seed, rate))
    made = NetwareModel(path, collect=0)
    at_freezing: list[Tensor] = []
    for step in range(TASKS * STEPS):
        made.step()
        for task, before in enumerate(at_freezing):
            assert torch.equal(logits(made, task), before), f"task {task} at step {step}"
        if (step + 1) % STEPS == 0:
            at_freezing.append(logits(made, len(at_freezing)))
    # They are answers worth keeping, and the tasks that came later were learnt.
    label = made.world.examples["task0"].test.targets[0].argmax(1)
    for task in range(TASKS):
        share = (at_freezing[task].argmax(-1) == label).double().mean(1)
        assert share.min() > (0.8 if model is widths and task == 0 else 0.3)


@pytest.mark.t1
@pytest.mark.parametrize(("model", "seed"), [(widths, 0), (urn, 1)])
def test_cln_1_without_protection_the_answers_change(model, seed: int, tmp_path: Path) -> None:
    path = tmp_path / "sequence.yaml"
    unkept = [
        line for line in scenario(model(seed), seed, 0.002).splitlines() if "freeze" not in line
    ]
    path.write_text("\n".join(unkept))
    made = NetwareModel(path, collect=0)
    for _ in range(STEPS):
        made.step()
    before = logits(made, 0)
    made.step()
    after_one = (logits(made, 0) - before).abs().max().item()
    for _ in range(2 * STEPS - 1):
        made.step()
    after = (logits(made, 0) - before).abs().max().item()
    label = made.world.examples["task0"].test.targets[0].argmax(1)
    share = [(y.argmax(-1) == label).double().mean().item() for y in (before, logits(made, 0))]
    assert after_one > 1e-2 and after > 1e-2
    assert share[1] < share[0] - 0.05


@pytest.mark.t1
def test_cln_1_masks_alone_would_not_do_interference_must_be_cut(tmp_path: Path) -> None:
    """The weights from free to frozen units are zero: let one be, and the answers change."""
    path = tmp_path / "sequence.yaml"
    path.write_text(scenario(widths(3), 3, 0.002))
    made = NetwareModel(path, collect=0)
    for _ in range(STEPS):
        made.step()
    before = logits(made, 0)
    nets = made.world["nets"]
    last = f"w{len(nets.wrapped().layers())}"
    held = nets[f"frozen.{last}"]
    leak = torch.where(held & (nets.weights[last] == 0), 0.1, nets.weights[last])
    made.world = made.world.with_weights("nets", {last: leak})
    before_leaking = logits(made, 0)
    for _ in range(STEPS):
        made.step()
    assert (before_leaking - before).abs().max() > 1e-2
    assert (logits(made, 0) - before_leaking).abs().max() > 1e-2
