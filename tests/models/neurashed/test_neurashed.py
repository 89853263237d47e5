"""Neurashed: scores by the equations of section 2, node by node, and beyond the largest number."""

from math import exp, log

import pytest
import torch
from torch import Tensor

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.models.neurashed.neurashed import NOTHING, Neurashed
from netware.scenario.yaml.load import parse
from netware.simulation.build import planned


GRAPHS = [
    Neurashed(initial="uniform", amplification=2.0),
    Neurashed(graph="figure_5_shared", amplification=2.0),
    Neurashed(graph="pathways", common=2, specific=1, classes=3, patterns=2, depth=4),
    Neurashed(graph="appendix", private=2, amplification=3.0),
]
NAMES = [model.graph for model in GRAPHS]


def drawn(model: Neurashed, agents: int = 3, dtype=torch.float64) -> dict[str, Tensor]:
    return model.init(Draws.of(1).stream(Purpose.WEIGHTS, "p", agents), dtype)


def every_pattern(model: Neurashed, agents: int = 3) -> Tensor:
    return torch.eye(model.input_size(), dtype=torch.float64).expand(agents, -1, -1)


def by_the_book(model: Neurashed, weights: dict[str, Tensor], agent: int, pattern: int):
    """Computes the scores of one sample of one agent with Python's numbers."""
    graph, levels = model.features, []
    fires = [bool(bit) for bit in graph.firing[pattern]]
    scores = [
        exp(w) if on else 0.0 for w, on in zip(weights["log_lambda1"][agent], fires, strict=True)
    ]
    levels.append(scores)
    for level, nodes in enumerate(graph.levels, 2):
        before, heard = fires, [node["from"] for node in nodes]
        counts = [sum(before[f - 1] for f in ears) for ears in heard]
        wanted = [node.get("threshold", 1) for node in nodes]
        need = [len(e) if n == "all" else int(n) for n, e in zip(wanted, heard, strict=True)]
        fires = [count >= n for count, n in zip(counts, need, strict=True)]
        amplified = weights[f"log_lambda{level}"][agent]
        scores = [
            exp(w) * sum(levels[-1][f - 1] for f in ears) if on else 0.0
            for w, ears, on in zip(amplified, heard, fires, strict=True)
        ]
        levels.append(scores)
    eta, edge, logits = weights["log_eta"][agent], 0, [0.0] * len(graph.readout)
    for node in range(1, len(scores) + 1):
        for j, ears in enumerate(graph.readout):
            if node in ears:
                logits[j] += exp(eta[edge]) * scores[node - 1]
                edge += 1
    return levels, logits


@pytest.mark.parametrize("model", GRAPHS, ids=NAMES)
def test_scores_and_logits_are_those_of_the_equations(model: Neurashed) -> None:
    weights = drawn(model)
    generator = torch.Generator().manual_seed(4)
    shape = weights["log_eta"].shape
    weights["log_eta"] = torch.randn(shape, generator=generator, dtype=torch.float64)
    traced = model.trace(weights, every_pattern(model), {})
    answers = model.forward(weights, every_pattern(model), {})
    for agent in range(3):
        for pattern in range(model.input_size()):
            levels, logits = by_the_book(model, weights, agent, pattern)
            for level, scores in enumerate(levels, 1):
                assert traced[f"level{level}"][agent, pattern].tolist() == pytest.approx(scores)
            assert answers[agent, pattern].tolist() == pytest.approx(logits, rel=1e-12)
            assert logits.count(0.0) < len(logits)


def test_features_are_read_as_patterns_are() -> None:
    model = Neurashed()
    by_features = Neurashed(reads="features")
    assert (model.input_size(), by_features.input_size()) == (8, 14)
    table = torch.tensor(model.features.firing, dtype=torch.float64).expand(3, -1, -1)
    weights = drawn(model)
    shown, told = by_features.forward(weights, table, {}), every_pattern(model)
    assert torch.equal(shown, model.forward(weights, told, {}))


def test_logarithms_go_on_where_numbers_end() -> None:
    model = Neurashed()
    weights = {name: w + (500.0 if "lambda" in name else 0.0) for name, w in drawn(model).items()}
    plain = model.log_trace(drawn(model), every_pattern(model))
    grown = model.log_trace(weights, every_pattern(model))
    fires = plain["level2"] > NOTHING
    torch.testing.assert_close((grown["level2"] - plain["level2"])[fires].mean().item(), 1000.0)
    answers = model.forward(weights, every_pattern(model), {})
    assert answers.isfinite().all()
    # 32 bits end at e^88, and stay finite there as well.
    small = {name: w.float() for name, w in weights.items()}
    assert model.forward(small, every_pattern(model).float(), {}).isfinite().all()


def test_an_amplification_of_nothing_gives_nothing() -> None:
    model = Neurashed(graph="appendix", initial="constant", amplification=0.0)
    weights = drawn(model)
    assert (weights["log_lambda1"] == NOTHING).all()
    assert (model.forward(weights, every_pattern(model), {}) == 0).all()
    figure = Neurashed()
    silent = figure.trace(drawn(figure), torch.zeros(3, 1, 8).double(), {})
    assert all((score == 0).all() for score in silent.values())


def test_amplifications_begin_as_they_are_asked_to() -> None:
    weights = drawn(Neurashed(), agents=2000)
    lam = weights["log_lambda1"].exp()
    assert 0 < lam.min() and lam.max() <= 0.01
    # Mean of 28 000 uniform numbers: within 5 sd of 0.005.
    assert abs(lam.mean() - 0.005) < 5 * 0.01 / 12**0.5 / 28_000**0.5
    alike = drawn(Neurashed(initial="constant", amplification=0.5, eta=2.0))
    assert (alike["log_lambda2"] == log(0.5)).all() and (alike["log_eta"] == log(2.0)).all()


def test_a_graph_of_your_own_in_yaml_is_the_named_one() -> None:
    text = """
netware: 1
name: own
seed: 1
steps: 1
tasks: {kinds: {type: one_hot, labels: [0, 1, 1]}}
populations:
  nets:
    agents: 2
    model:
      type: neurashed
      graph: explicit
      firing: [[1, 1, 0], [0, 1, 1], [1, 1, 1]]
      levels:
        - [{from: [1, 2]}, {from: [2, 3], threshold: all}, {from: [1, 2, 3], threshold: 2}]
        - [{from: [1, 3]}, {from: [2]}]
      readout: [[1], [1, 2]]
rules: {grow: {type: neurashed_growth, on: nets, task: kinds}}
"""
    plan = planned(parse(text, "own.yaml"))
    model = plan.members.models["nets"]
    assert isinstance(model, Neurashed)
    assert model.features.sizes == (3, 3, 2)
    fires = model.fired(torch.eye(3)[None])
    assert fires[1][0].int().tolist() == [[1, 0, 1], [1, 1, 1], [1, 1, 1]]
    assert fires[2][0].int().tolist() == [[1, 0], [1, 1], [1, 1]]
    with pytest.raises(ScenarioError, match="treshold"):
        planned(parse(text.replace("threshold: 2", "treshold: 2"), "own.yaml"))
    with pytest.raises(ScenarioError, match=r"own.yaml:15.*threshold 5 of 3 nodes"):
        planned(parse(text.replace("threshold: 2", "threshold: 5"), "own.yaml"))


def test_tables_that_are_not_asked_for_and_those_that_lack_are_refused() -> None:
    with pytest.raises(ScenarioError, match="write 'graph: explicit'"):
        Neurashed(firing=((1,),))
    with pytest.raises(ScenarioError, match="without a table of firing"):
        Neurashed(graph="explicit")
