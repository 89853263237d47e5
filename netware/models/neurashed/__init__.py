"""Neurashed: feature graphs that learn by their own rule."""
