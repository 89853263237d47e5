"""Writes what a run leaves behind: metrics, agents over time, checkpoints, and how far it came."""
