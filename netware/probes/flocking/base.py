"""What probes of averages over time share: the sums that the rule `order_moments` keeps."""

from torch import Tensor

from netware.errors import ShapeError
from netware.population import Population


def mean_powers(population: Population, column: str) -> tuple[Tensor, Tensor, Tensor]:
    """Returns <phi>, <phi^2> and <phi^4> of each replica; no numbers before the first is summed."""
    sums = population[column]
    if sums.shape[1:] != (4,):
        raise ShapeError(
            f"populations.{population.name}.state.{column}",
            found=f"shape {tuple(sums.shape[1:])} for each agent",
            expected="(4,): how many, and the sums of phi, phi^2 and phi^4",
            fix="name the column that the rule 'order_moments' writes",
        )
    count, first, second, fourth = population.per_replica(sums)[:, 0].unbind(-1)
    return first / count, second / count, fourth / count
