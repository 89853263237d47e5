"""What members need of the world: one file a kind of need."""
