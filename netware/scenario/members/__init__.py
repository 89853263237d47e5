"""From the names in a scenario to classes and instances."""
