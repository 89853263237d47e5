"""Criticality: probes of order, fluctuations and avalanches."""
