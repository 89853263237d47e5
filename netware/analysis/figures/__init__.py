"""Kinds of figures: one file each, looked up by name."""
