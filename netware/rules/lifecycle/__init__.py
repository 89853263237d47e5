"""Births and deaths."""
