"""What agents compute: one file a model, all agents of a population at once."""
