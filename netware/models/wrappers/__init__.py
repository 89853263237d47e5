"""Models around other models."""
