"""All mistakes of a scenario at once, with line and column."""
