"""Probes of associative memories."""
