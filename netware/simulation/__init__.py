"""The clock: the order of a step, the Mesa model, building a world, and its state out and in."""
