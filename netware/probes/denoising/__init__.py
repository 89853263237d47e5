"""Probes of denoising."""
