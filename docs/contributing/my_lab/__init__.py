"""A rule, a probe, a model and a relation of one's own, each in one file."""
