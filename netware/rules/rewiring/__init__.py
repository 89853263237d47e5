"""Rewiring: rules that change which agents are joined."""
