"""What probes of averages over time share: the sums that the rule `order_moments` keeps."""

from torch import Tensor

from netware.population import Population


def mean_powers(population: Population, column: str) -> tuple[Tensor, Tensor, Tensor]:
    """Returns <phi>, <phi^2> and <phi^4> of each replica; no numbers before the first is summed."""
    sums = population[column].double()
    count, first, second, fourth = population.per_replica(sums)[:, 0].unbind(-1)
    return first / count, second / count, fourth / count
