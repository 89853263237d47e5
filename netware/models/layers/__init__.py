"""What models of layers share: activations, initial draws, geometry, conversion."""
