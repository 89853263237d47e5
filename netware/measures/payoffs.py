"""Games on edges: payoff matrices, strategies as rows of shares, and who may play.

A strategy is a row of shares, one for each pure strategy, that sum to 1: a pure strategy has a
single 1. So the mean of a neighbourhood's rows is what a player meets, and can flow along edges.
"""

from functools import cache
from typing import Annotated

import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor

from netware.draws import Stream
from netware.edges import Edges
from netware.errors import ScenarioError, ShapeError
from netware.parameters import Real
from netware.population import Population


MOST_STRATEGIES = 256

Row = Annotated[tuple[Real, ...], Field(min_length=1, max_length=MOST_STRATEGIES)]
Matrix = Annotated[tuple[Row, ...], Field(min_length=1, max_length=MOST_STRATEGIES)]


def check_square(payoff: Matrix, rule: str) -> None:
    """Refuses a payoff matrix that has not as many rows as each row has numbers."""
    wrong = next((row for row in payoff if len(row) != len(payoff)), None)
    if wrong is not None:
        raise ScenarioError(
            f"{rule}.payoff",
            found=f"{len(payoff)} rows, and a row of {len(wrong)}",
            expected="a square matrix: row = own strategy, column = the other's",
            fix="write 'payoff: [[-1, 2], [0, 1]]', one row for each strategy",
        )


@cache
def table(payoff: Matrix, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Returns the payoff matrix as a tensor, made once."""
    return torch.tensor(payoff, dtype=dtype, device=device)


def as_rows(
    chosen: Int[Tensor, " agents"], strategies: int, dtype: torch.dtype
) -> Float[Tensor, "agents strategies"]:
    """Returns pure strategies, given by their numbers, as rows with a single 1."""
    rows = torch.zeros((len(chosen), strategies), dtype=dtype, device=chosen.device)
    return rows.scatter_(1, chosen[:, None], 1.0)


def begun(population: Population, column: str, strategies: int, stream: Stream) -> Tensor:
    """Returns pure strategies to begin with: each agent's largest share, or drawn if none is given.

    The first of equal shares counts as the largest; draws take all strategies alike.
    """
    given = given_rows(population, column, strategies)
    chosen = stream.integers(strategies) if given is None else given.argmax(1)
    return as_rows(chosen, strategies, population.dtype)


def given_rows(population: Population, column: str, strategies: int) -> Tensor | None:
    """Returns the column of strategies if the scenario gives it, after a look at its shape."""
    if column not in population.state:
        return None
    given = population[column]
    if given.shape[1:] != (strategies,):
        raise ShapeError(
            f"populations.{population.name}.state.{column}",
            found=f"shape {tuple(given.shape[1:])} for each agent",
            expected=f"({strategies},), one number for each strategy",
            fix=f"write '{column}: {{uniform: [0, 1], size: {strategies}}}', or leave it out",
        )
    return given


def check_players(population: Population, edges: Edges, over: str, rule: str) -> None:
    """Refuses a relation that does not join the population with itself."""
    if (edges.sources, edges.targets) != (population.total, population.total):
        raise ShapeError(
            f"rules.{rule}.over",
            found=f"'{over}', which joins {edges.sources} agents with {edges.targets}",
            expected=f"a relation between [{population.name}, {population.name}]",
            fix=f"write 'between: [{population.name}, {population.name}]' under '{over}'",
        )


def payoffs(
    edges: Edges, play: Float[Tensor, "agents strategies"], payoff: Tensor
) -> Float[Tensor, "targets strategies"]:
    """Returns what each pure strategy earns each target: u_ik = sum_j a_ij sum_s A_ks x_js."""
    return edges.total(play) @ payoff.T
