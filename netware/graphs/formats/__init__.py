"""Formats of graph files, one file each: bytes in, a `ReadGraph` out."""
