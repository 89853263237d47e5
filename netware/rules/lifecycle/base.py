"""What births and deaths share: columns of one number per agent that decide."""

from netware.errors import ShapeError
from netware.world import World


def must_be_numbers(world: World, on: str, column: str | None, where: str) -> None:
    """Refuses a column that is not there, or that has several numbers for each agent."""
    if column is None:
        return
    shape = tuple(world[on][column].shape[1:])
    if shape:
        raise ShapeError(
            where,
            found=f"'{column}' of shape {shape} for each agent",
            expected="one number for each agent",
            fix=f"write 'state: {{{column}: uniform}}' under populations.{on}",
        )
