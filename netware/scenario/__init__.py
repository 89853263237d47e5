"""What is asked for: names and numbers read from YAML with their places, and no tensors."""
