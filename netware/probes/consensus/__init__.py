"""Probes of agreement and opinions."""
