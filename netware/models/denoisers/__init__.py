"""Denoisers: models that tell the noise in a sample of a diffusion."""
