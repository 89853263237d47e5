"""Morphology: probes of the forms that weights and activities of layered networks take."""
