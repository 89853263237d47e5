"""Flocking: probes of order, fluctuations and clusters of moving agents."""
