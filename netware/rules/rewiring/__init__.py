"""Rewiring: rules that change who is joined to whom."""
