"""What lesions share: which agents are hit, and who has weights to lose."""

from jaxtyping import Bool
from torch import Tensor

from netware.errors import ScenarioError
from netware.rules.base import Acting, must_own
from netware.world import World


def check_weights(world: World, acting: Acting, on: str) -> None:
    """Refuses agents without weights, and those whose weights others make."""
    if not world[on].weights:
        raise ScenarioError(
            f"rules.{acting.rule}.on",
            found=f"agents of '{on}' without weights",
            expected="agents with a model, or a column of state to lose",
            fix="write 'state_lesion' and 'state: <column>', or choose another population",
        )
    must_own(world, acting, on, f"rules.{acting.rule}.on")


def hit_agents(world: World, acting: Acting, on: str, fraction: float) -> Bool[Tensor, " agents"]:
    """Returns which agents are hit: the first of each replica in a random order."""
    population = world[on]
    order = acting.stream(world, on, "agents").order(population.present)
    return population.share_of_present(fraction, order)


def zero_where(values: Tensor, hit: Bool[Tensor, " agents"]) -> Tensor:
    """Returns values, agents first, that are 0 for the agents that are hit."""
    return values.masked_fill(hit.view(-1, *[1] * (values.dim() - 1)), 0)
