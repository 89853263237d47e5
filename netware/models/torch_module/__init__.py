"""A user's own torch module as a model."""
