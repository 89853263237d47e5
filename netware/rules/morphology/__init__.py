"""Morphology: rules by which the connectivities of nodes and of layers grow."""
