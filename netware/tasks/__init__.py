"""What agents learn from or are tested on: one file a task."""
