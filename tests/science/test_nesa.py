"""NESA: Golkar (2019), arXiv:1911.11691, section 4. The harder a task, the more layers a URN makes
for it, if its outputs may be done before the last iteration.
"""

from pathlib import Path

import numpy as np
import pytest

from netware.probes.recursion.depth_used import DepthUsed
from netware.simulation.model import NetwareModel


S, ITERATIONS, AGENTS = 100, 5, 2
STRIPES = (2, 3, 6)


def scenario(residual: str, steps: int, seed: int) -> str:
    lines = [f"netware: 1\nname: depth\nseed: {seed}\nsteps: {steps}\ntasks:"]
    lines += [f"  s{n}: {{type: stripes, stripes: {n}, train: 2000, test: 500}}" for n in STRIPES]
    lines += ["populations:"]
    lines += [
        f"  urns{n}: {{agents: {AGENTS}, model: {{type: urn, inputs: 2, outputs: 2, neurons: {S}, "
        f"iterations: {ITERATIONS}, residual: {residual}}}}}"
        for n in STRIPES
    ]
    lines += ["rules:"]
    lines += [
        f"  learn{n}: {{type: gradient, on: urns{n}, task: s{n}, batch: 100, "
        "optimiser: {type: adam, rate: 0.001}, "
        "weight_l1: 1.6e-4, activity_l1: 1.0e-3}"
        for n in STRIPES
    ]
    return "\n".join(lines)


def stopped(model: NetwareModel, n: int, agent: int, accumulates: bool) -> list[float]:
    """Returns the accuracy of one URN, were it stopped at iteration 0, 1, ..."""
    test, weights = model.world.examples[f"s{n}"].test, model.world[f"urns{n}"].weights
    x, label = test.inputs[0].double().numpy(), test.targets[0].argmax(1).numpy()
    w, b = (weights[name][agent].double().numpy() for name in ("w", "b"))
    h = np.zeros((len(x), S))
    h[:, :2] = x
    shares = [float((label == 0).mean())]
    for _ in range(ITERATIONS):
        new = np.maximum(h @ w + b, 0)
        if accumulates:
            new[:, -2:] += h[:, -2:]
        h = new
        shares.append(float((h[:, -2:].argmax(1) == label).mean()))
    return shares


def depth(shares: list[float]) -> int:
    near = [abs(share - shares[-1]) <= 0.02 for share in shares]
    return next(at for at in range(len(shares)) if all(near[at:]))


def trained(folder: Path, residual: str, steps: int, seed: int) -> NetwareModel:
    path = folder / "depth.yaml"
    path.write_text(scenario(residual, steps, seed))
    model = NetwareModel(path, collect=0)
    for _ in range(steps):
        model.step()
    return model


@pytest.mark.t1
def test_nesa_depth_grows_with_the_difficulty_of_the_task(tmp_path: Path) -> None:
    model = trained(tmp_path, "output", 80, 11)
    found = {}
    for n in STRIPES:
        each = [stopped(model, n, agent, True) for agent in range(AGENTS)]
        found[n] = [depth(shares) for shares in each]
        assert np.mean([shares[-1] for shares in each]) >= 0.9, (n, each)
        read = DepthUsed(f"urns{n}", f"s{n}").read(model.world)["depth"][0].tolist()
        assert read == found[n]
    two, three, six = (np.mean(found[n]) for n in STRIPES)
    assert two <= 2.0 and two < three < six and six >= two + 2, found


@pytest.mark.t1
def test_nesa_a_plain_urn_needs_all_its_iterations(tmp_path: Path) -> None:
    """The control: outputs that do not accumulate are done at the last iteration, always."""
    model = trained(tmp_path, "none", 15, 11)
    for agent in range(AGENTS):
        shares = stopped(model, 2, agent, False)
        if shares[-1] > 0.95:
            assert depth(shares) == ITERATIONS
    read = DepthUsed("urns2", "s2").read(model.world)
    assert read["accuracy"].max() > 0.95
    assert (read["depth"][read["accuracy"] > 0.95] >= ITERATIONS - 1).all()
