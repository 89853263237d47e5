"""What changes the world at a step: one file a rule."""
