"""Running: one scenario as a run folder, many as a sweep."""
