"""Probes of unstructured recursive networks."""
