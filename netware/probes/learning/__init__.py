"""Probes of learning."""
