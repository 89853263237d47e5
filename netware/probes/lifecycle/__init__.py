"""Probes of births and deaths."""
