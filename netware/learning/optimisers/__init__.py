"""Optimisers: how a gradient moves what is learnt, one file each."""
