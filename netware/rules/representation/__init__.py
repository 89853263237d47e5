"""Representation: reading what hidden layers stand for, and controlling agents through it."""
