"""Weight consensus: agents average the weights of their networks with those they hear."""

from dataclasses import dataclass
from typing import ClassVar

from netware.errors import ScenarioError
from netware.graphs.laplacian import diffused, diffused_at
from netware.parameters import NonNegative, PopulationName, RelationName
from netware.population import WEIGHTS
from netware.rules.base import (
    IN_PAIRS,
    AbstractRule,
    Acting,
    Activation,
    Phase,
    Reads,
    beside,
    must_join,
    must_own,
    with_rows,
)
from netware.varying.base import Varying
from netware.world import World


@dataclass(frozen=True)
class WeightConsensus(AbstractRule):
    """Moves every weight of each agent's network towards that weight of those it hears.

    w_i <- w_i + gain sum_j a_ij (w_j - w_i),   w_i all weights of agent i

    After a rule of local learning, such as `gradient` on each agent's own share of the data, this
    is decentralised training: all networks come to one that has learnt from everybody's data,
    though no data are ever sent. On an undirected graph the mean of the weights is kept; it
    converges for 0 < gain < 2 / lambda_n, and surely for gain < 1 / (largest degree).

    Args:
        on: Population whose networks are averaged.
        over: Relation whose edges say which agents hear which: a -> b lets b hear a.
        gain: Step length, the epsilon of the literature. [1]

    Reads: weights; edges of `over`, with their weights.
    Writes: weights.

    Source: Lian et al. (2017), Adv. Neural Inf. Process. Syst. 30, 5330, arXiv:1705.09056
    (decentralised SGD).
    Departs from it: averaging acts in the phase `learn`, after or before the gradient as the
    scenario lists the rules; moments of an optimiser stay with their agent.
    """

    on: PopulationName
    over: RelationName
    gain: Varying[NonNegative] = 0.1

    reads: ClassVar[Reads] = "edges"
    phase: ClassVar[Phase] = "learn"
    orders: ClassVar[frozenset[Activation]] = IN_PAIRS

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses agents without weights."""
        must_join(world, self.on, self.over, f"rules.{acting.rule}.over")
        must_own(world, acting, self.on, f"rules.{acting.rule}.on")
        if not world[self.on].weights:
            raise ScenarioError(
                f"rules.{acting.rule}.on",
                found=f"'{self.on}', whose agents have no weights",
                expected="agents with a network",
                fix=f"write 'model: {{type: multilayer, ...}}' under populations.{self.on}",
            )
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after one step of agreement on every weight."""
        edges, active = world.edges[self.over], acting.agents
        each, agreed = acting.value(world, self, "gain"), {}
        for name, w in world[self.on].held(WEIGHTS).items():
            gain = beside(each, w)
            if active is None:
                agreed[name] = diffused(edges, w, gain)
            else:
                agreed[name] = with_rows(w, active, diffused_at(edges, w, gain, active))
        return world.with_weights(self.on, agreed)
