"""What the process is told: its memory and its threads, for Python and the command line."""
