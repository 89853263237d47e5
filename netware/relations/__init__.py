"""Typed relations between agents: which edges there are, and what flows along them."""
