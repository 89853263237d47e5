"""What a probe reads is what NumPy finds in the state, agent by agent, of the living alone."""

import numpy as np
import pytest

from tests.laws import references, worlds
from tests.laws.cases import blocks, hold


CLOSE = {"float32": 2e-5, "float64": 1e-9}


def own_edges(model, relation: str, replica: int, places: list[int]) -> references.Pairs:
    """Returns the edges of one replica between the agents at some places, by their order."""
    found = worlds.pieces_of_edges(model, relation, replica)
    order = {place: row for row, place in enumerate(places)}
    return [(order[s], order[t], w) for s, t, w in found if s in order and t in order]


def expected(model, data, name: str, replica: int) -> dict:
    """Returns what a reference finds in one replica, or nothing where there is none."""
    part = data["probes"][name]
    kind, on = part["type"], part.get("on")
    if kind == "algebraic_connectivity":
        on = worlds.ends(model, part["over"])[0]
    if kind == "headcount":
        return {"living": int(worlds.alive(model, on)[replica].sum())}
    places = worlds.alive(model, on)[replica].nonzero()[:, 0].tolist() if on else []
    if not places:
        return {}
    if kind == "algebraic_connectivity":
        edges = own_edges(model, part["over"], replica, places)
        many = len(places)
        return references.algebraic_connectivity(many, edges) if many > 1 else {}
    if kind not in references.OF_COLUMN:
        return {}
    column, reference, keys = references.OF_COLUMN[kind]
    found = worlds.column(model, on, part.get("state", column), replica)
    if found is None:
        return {}
    given = {key: part[key] for key in keys if key in part}
    if kind in references.OVER_EDGES:
        given["edges"] = own_edges(model, part["over"], replica, places)
    return reference(found[places], **given)


@blocks("probes are numpy")
def test_a_probe_reads_what_numpy_finds(block):
    def law(seed, data):
        model = worlds.built(data)
        for step in range(data["steps"] + 1):
            found = worlds.readings(model)
            for name in data.get("probes", {}):
                for replica in range(data["replicas"]):
                    for quantity, value in expected(model, data, name, replica).items():
                        read = float(found[f"{name}.{quantity}"][replica])
                        close = pytest.approx(float(value), 1e-6, CLOSE[data["precision"]] * 10)
                        assert read == close, f"{name}.{quantity} after {step} steps"
            worlds.after(model, 1)

    hold(law, block)


@blocks("amplitude is numpy")
def test_the_amplitude_of_channels_is_what_numpy_finds(block):
    def law(seed, data):
        names = [n for n, part in data.get("probes", {}).items() if part["type"] == "connectivity"]
        model = worlds.after(worlds.built({**data, "precision": "float64"}), 1)
        for name in names:
            weights = worlds.layered(model, data["probes"][name]["on"])
            first = worlds.readings(model)[f"{name}.amplitude"][..., 0].numpy().ravel()
            there = worlds.alive(model, data["probes"][name]["on"]).numpy().ravel()
            own = references.connectivity(weights)["amplitude"]
            np.testing.assert_allclose(first[there], own[there], rtol=1e-9, atol=1e-12)

    hold(law, block)
