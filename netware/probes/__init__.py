"""What reads the world and changes nothing: one file a probe."""
