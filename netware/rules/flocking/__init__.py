"""Flocking: rules by which agents turn and move with those near them."""
