"""Criticality: rules of systems that have a critical point, or find it by themselves."""
