"""Probes of representations and relations."""
