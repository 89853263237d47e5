"""One document to others: overrides, sweeps, changes."""
