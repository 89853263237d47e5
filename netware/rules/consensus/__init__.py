"""Rules by which agents agree on a value."""
