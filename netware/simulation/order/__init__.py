"""Which part comes before which within a step."""
