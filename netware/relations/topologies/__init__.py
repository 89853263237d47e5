"""Shapes of graphs: one file a topology."""
