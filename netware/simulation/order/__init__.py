"""Who comes before whom within a step."""
