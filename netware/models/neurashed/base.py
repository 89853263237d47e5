"""The contract of a neurashed: a graph of features that fire by their inputs alone."""

from abc import abstractmethod

from jaxtyping import Float
from torch import Tensor

from netware.models.base import AbstractModel, Weights
from netware.models.neurashed.feature_graph import FeatureGraph
from netware.parameters import LARGEST


NOTHING = -LARGEST


class AbstractNeurashed(AbstractModel):
    """An agent whose weights are logarithms of amplifications, one for each node of a graph.

    Its weights are `log_lambda1 ..` of the levels, and `log_eta` of the edges into classes.
    """

    @property
    @abstractmethod
    def features(self) -> FeatureGraph:
        """Returns the graph."""

    @abstractmethod
    def fired(self, inputs: Float[Tensor, "agents samples inputs"]) -> tuple[Tensor, ...]:
        """Tells which nodes of each level fire, `(agents, samples, nodes)`."""

    @abstractmethod
    def log_trace(
        self, weights: Weights, inputs: Float[Tensor, "agents samples inputs"]
    ) -> dict[str, Tensor]:
        """Returns ln of each level's scores as `level1 ..`, and of the logits as `output`."""
