"""Small scenarios that the tests of the simulation share."""

from pathlib import Path

from netware.simulation.model import NetwareModel


RING = """
netware: 1
name: ring
seed: 7
steps: 20
replicas: 2
populations:
  nodes:
    agents: 6
    state: {x: [1, -1, 1, -1, 2, 0.5], y: uniform}
relations:
  talks: {type: association, between: [nodes, nodes], topology: {type: ring, k: 2}}
rules:
  agree: {type: average_consensus, on: nodes, over: talks, state: x, gain: 0.2}
probes:
  disagreement: {type: disagreement, on: nodes, state: x}
"""


def write(folder: Path, text: str = RING, name: str = "scenario.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def model(folder: Path, *overrides: str, text: str = RING) -> NetwareModel:
    return NetwareModel(write(folder, text), overrides)
