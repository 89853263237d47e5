"""Probes of what agents keep of their inputs: information, elasticity, nodes that matter."""
