"""Graphs that a run has left, and where to draw their nodes."""
