"""Neurashed: a graph of features whose amplification is what learns."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log
from typing import Annotated, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from netware.draws import Stream
from netware.errors import ScenarioError
from netware.models.base import State, Tap, Weights, untapped
from netware.models.neurashed.base import NOTHING, AbstractNeurashed
from netware.models.neurashed.feature_graph import FeatureGraph, Node, appendix, figure_5, pathways
from netware.parameters import Count, Index, NonNegative


Depth = Annotated[int, Field(ge=1, le=4096)]


@dataclass(frozen=True)
class Neurashed(AbstractNeurashed):
    """Passes scores up a graph of features, each node that fires amplifying what it hears.

    S_F = lambda_F (level 1),   S_F = lambda_F sum_{f -> F} S_f   if F fires, else S_F = 0,
    Z_j = sum_{f -> F_j} eta_{f F_j} S_f

    Which nodes fire depends on the input alone; the softmax of the logits Z gives the classes.
    All agents have the same graph, each has amplifications of its own. They are kept as
    logarithms, as growth takes them past the largest number; the logarithm of 0 is kept as
    -1e30. Scores and logits stop at the largest number.

    Args:
        graph: `figure_5`, two classes of four patterns (14 and 6 nodes); `figure_5_shared`, the
            same with one node 7 for both (13 and 6); `pathways`, those of theorem 1, which share
            nodes of every level; `appendix`, three classes that share features; or `explicit`.
        common: Nodes of a level that all pathways share, of `pathways`. [1]
        specific: Nodes of a level that are one pathway's own, of `pathways`. [1]
        classes: Classes, of `pathways`. [1]
        patterns: Pathways of each class, of `pathways`. [1]
        depth: Levels without that of the classes, of `pathways`. [1]
        private: Features that class 3 alone fires, of `appendix`. [1]
        firing: Table of the nodes of level 1 that each pattern fires, 0 or 1, a row a pattern, of
            `explicit`.
        levels: Nodes of the levels 2, 3, ..., of `explicit`: `{from: [1, 2], threshold: 2}` fires
            if at least 2 of the nodes 1 and 2 of the level below do; `all` for all of them, 1 if
            left out. Nodes count from 1.
        readout: For each class the nodes of the last level that it hears, of `explicit`.
        reads: What an input is: `patterns`, the one-hot number of a row of `firing`, or
            `features`, a number for each node of level 1, which fires above 1/2.
        initial: How lambda begins: `uniform` on (0, amplification], or `constant`.
        amplification: The largest lambda at the beginning, or that of all. [1]
        eta: What all eta begin with. [1]

    Shapes: inputs `(agents, samples, patterns)` or `(agents, samples, nodes)`, outputs
    `(agents, samples, classes)`; weights `log_lambda1 ..` of `(agents, nodes)`, `log_eta` of
    `(agents, edges)`, of the edges into classes, node by node. The trace has S of each level as
    `level1 ..`.

    Source: Su (2024), Envisioning future deep learning theories: some basic concepts and
    characteristics, section 2 and appendix; arXiv:2112.09741.
    Departs from it: a node hears the level below alone; how nodes fire in the graphs of theorem 1
    (shared nodes with any that they hear, others with all) is not printed.
    """

    graph: Literal["figure_5", "figure_5_shared", "pathways", "appendix", "explicit"] = "figure_5"
    common: Index = 5
    specific: Index = 5
    classes: Count = 3
    patterns: Count = 1
    depth: Depth = 2
    private: Count = 1
    firing: tuple[tuple[Literal[0, 1], ...], ...] = ()
    levels: tuple[tuple[Node, ...], ...] = ()
    readout: tuple[tuple[Count, ...], ...] = ()
    reads: Literal["patterns", "features"] = "patterns"
    initial: Literal["uniform", "constant"] = "uniform"
    amplification: NonNegative = 0.01
    eta: NonNegative = 1.0

    def __post_init__(self):
        """Refuses a graph that cannot be, and one that is written but not asked for."""
        if self.graph != "explicit" and (self.firing or self.levels or self.readout):
            raise ScenarioError(
                "graph",
                found=f"'{self.graph}' together with firing, levels or readout",
                expected="'explicit' for a graph of your own",
                fix="write 'graph: explicit'",
            )
        if self.graph == "explicit" and not self.firing:
            raise ScenarioError(
                "firing",
                found="an explicit graph without a table of firing",
                expected="which nodes of level 1 each pattern fires",
                fix="write 'firing: [[1, 1, 0], [0, 1, 1]]', a row a pattern",
            )
        _ = self.features.sizes

    @cached_property
    def features(self) -> FeatureGraph:
        """Returns the graph."""
        if self.graph == "pathways":
            shape = (self.common, self.specific, self.classes, self.patterns, self.depth)
            return pathways(*shape)
        if self.graph == "appendix":
            return appendix(self.private)
        if self.graph == "explicit":
            return FeatureGraph(self.firing, self.levels, self.readout)
        return figure_5(shared=self.graph == "figure_5_shared")

    def input_size(self) -> int:
        """Returns the patterns, or the nodes of level 1."""
        firing = self.features.firing
        return len(firing) if self.reads == "patterns" else len(firing[0])

    def output_size(self) -> int:
        """Returns the classes."""
        return len(self.features.readout)

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Returns log_lambda1, log_lambda2, ..., log_eta."""
        sizes = self.features.sizes
        shapes: dict[str, tuple[int, ...]] = {
            f"log_lambda{level}": (nodes,) for level, nodes in enumerate(sizes, 1)
        }
        return shapes | {"log_eta": (sum(len(heard) for heard in self.features.readout),)}

    def init(self, stream: Stream, dtype: torch.dtype) -> dict[str, Tensor]:
        """Draws lambda from (0, amplification], or makes all alike; eta is `eta`."""
        sizes = self.features.sizes
        drawn = stream.uniform(size=(sum(sizes),), dtype=dtype)
        size = logarithm(self.amplification)
        started = (1 - drawn).log() + size if self.initial == "uniform" else drawn * 0 + size
        weights = {
            f"log_lambda{level}": part.clamp_min(NOTHING).contiguous()
            for level, part in enumerate(started.split(list(sizes), 1), 1)
        }
        shape = (len(drawn), *self.weight_shapes()["log_eta"])
        return weights | {"log_eta": drawn.new_full(shape, logarithm(self.eta))}

    def units(self) -> int:
        """Returns the numbers that one sample needs: every pair of nodes of two levels."""
        sizes = (*self.features.sizes, self.output_size())
        pairs = max(below * above for below, above in pairwise(sizes))
        return self.input_size() + sum(sizes) + 2 * pairs

    def fired(self, inputs: Float[Tensor, "agents samples inputs"]) -> tuple[Tensor, ...]:
        """Tells which nodes of each level fire, `(agents, samples, nodes)`."""
        if self.reads == "patterns":
            inputs = inputs @ self.features.placed(inputs).firing
        return self.features.fired(inputs)

    def log_trace(
        self, weights: Weights, inputs: Float[Tensor, "agents samples inputs"]
    ) -> dict[str, Tensor]:
        """Returns ln S of each level as `level1 ..` and ln Z as `output`, -1e30 or less for 0."""
        placed = self.features.placed(inputs)
        traced: dict[str, Tensor] = {}
        heard: Tensor = inputs.new_zeros(())
        for level, fires in enumerate(self.fired(inputs), 1):
            score = weights[f"log_lambda{level}"][:, None].expand_as(fires)
            if level > 1:
                deaf = placed.joins[level - 2] == 0
                score = score + heard[..., None].masked_fill(deaf, NOTHING).logsumexp(2)
            heard = score.masked_fill(~fires, NOTHING).clamp_min(NOTHING)
            traced[f"level{level}"] = heard
        sent = heard[..., None] + weights["log_eta"][:, None, placed.numbers]
        return traced | {"output": sent.masked_fill(~placed.readout, NOTHING).logsumexp(2)}

    def forward(
        self,
        weights: Weights,
        inputs: Float[Tensor, "agents samples inputs"],
        state: State,
        tap: Tap = untapped,
    ) -> Float[Tensor, "agents samples outputs"]:
        """Computes Z for every agent and sample; the parts are S of each level, as `level1 ..`.

        Levels hand logarithms on, which S itself could not hold: a tap may read S, not change it.
        """
        traced = self.log_trace(weights, inputs)
        output = number(traced.pop("output"))
        if tap is not untapped:
            for part, score in traced.items():
                s = number(score)
                if tap(part, s) is not s:
                    raise ScenarioError(
                        "model",
                        found=f"'{part}' of a neurashed, which cannot be changed on the way",
                        expected="a model whose hidden layers can be steered",
                        fix="write 'type: multilayer' there",
                    )
        return output


def logarithm(value: float) -> float:
    """Returns ln x, -1e30 for 0."""
    return log(value) if value > 0 else NOTHING


def number(logarithm: Tensor) -> Tensor:
    """Returns e^x, the largest number where that is larger."""
    return logarithm.clamp(max=log(torch.finfo(logarithm.dtype).max) - 1e-3).exp()
