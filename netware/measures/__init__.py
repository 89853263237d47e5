"""Formulas that rules and probes share."""
