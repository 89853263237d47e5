"""Switching consensus: agents hear others over one relation now and over another then."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from netware.draws import Purpose
from netware.graphs.laplacian import diffused
from netware.needs.base import Needs
from netware.needs.state import HasColumn
from netware.parameters import Column, Count, NonNegative, PopulationName, RelationName
from netware.rules.base import AbstractRule, Acting, Reads, beside, must_join
from netware.varying.base import Varying
from netware.world import World


Relations = Annotated[tuple[RelationName, ...], Field(min_length=1, max_length=1000)]


@dataclass(frozen=True)
class SwitchingConsensus(AbstractRule):
    """Moves each agent's state towards those it hears over the relation whose turn it is.

    x(t + 1) = (I - gain L_s(t)) x(t),   s(t) = one of the relations for `dwell` steps, then another

    If every graph is balanced and strongly connected, disagreement falls at least by
    1 - gain min_s lambda_2(L_s) a step for small gains; if only their union is connected over
    every stretch of time, the agents agree all the same.

    Args:
        on: Population whose agents agree.
        over: Relations that are used.
        state: Column of state to agree on.
        gain: Step length, the epsilon of the literature. [1]
        order: `turn`, one after another and from the first again; or `drawn`, any of them with
            the same probability, other ones in every replica.
        dwell: Steps from one switch to the next. [steps]

    Reads: state; edges of the relations, with their weights.
    Writes: state.

    Source: Olfati-Saber and Murray (2004), IEEE Trans. Autom. Control 49, 1520,
    doi:10.1109/TAC.2004.834113; Jadbabaie, Lin and Morse (2003), ibid. 48, 988,
    doi:10.1109/TAC.2003.812781, for graphs that are connected only together.
    Departs from it: acts in discrete time.
    """

    on: PopulationName
    over: Relations
    state: Column = "output"
    gain: Varying[NonNegative] = 0.1
    order: Literal["turn", "drawn"] = "turn"
    dwell: Count = 1

    reads: ClassVar[Reads] = "edges"
    needs: ClassVar[Needs] = (HasColumn("state", floating=True),)

    def prepare(self, world: World, acting: Acting) -> World:
        """Refuses relations with others."""
        for relation in self.over:
            must_join(world, self.on, relation, f"rules.{acting.rule}.over")
        return world

    def apply(self, world: World, acting: Acting) -> World:
        """Returns the world after one step of agreement."""
        x, spell = world[self.on][self.state], world.step // self.dwell
        gain = beside(acting.value(world, self, "gain"), x)
        if self.order == "turn":
            now = world.edges[self.over[spell % len(self.over)]]
            return world.with_state(self.on, **{self.state: diffused(now, x, gain)})
        stream = world.draws.stream(Purpose.RULE, acting.rule, 1, spell)
        chosen = stream.integers(len(self.over))[world[self.on].replica]
        moved = torch.stack([diffused(world.edges[one], x, gain) for one in self.over])
        return world.with_state(self.on, **{self.state: taken(moved, chosen)})


def taken(moved: Tensor, chosen: Tensor) -> Tensor:
    """Returns, for each agent, its row of the relation that was chosen for it."""
    return moved[chosen, torch.arange(len(chosen), device=chosen.device)]
