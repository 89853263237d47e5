"""Memories: models that store patterns and recall what they are reminded of."""
