"""The state of a world as named tensors, and back: what a checkpoint holds."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from torch import Tensor

from netware.edges import Edges
from netware.errors import StoreError
from netware.population import shares_one_row
from netware.world import World


def state_out(world: World, built: World, found_again: Collection[str] = ()) -> dict[str, Tensor]:
    """Returns every tensor that a run may have changed since it was built.

    Names are paths: `populations/birds/state/position`, `populations/birds/weights/w1`,
    `edges/talks/source`. Edges that nothing has changed, and those of relations that find theirs
    again when the next step begins, follow from the rest and are left out. A row that all agents
    share stays one row in memory.
    """
    tensors: dict[str, Tensor] = {}
    for name, population in world.populations.items():
        for column, values in population.state.items():
            tensors[f"populations/{name}/state/{column}"] = values
        for weight, values in population.weights.items():
            tensors[f"populations/{name}/weights/{weight}"] = values
    for name, edges in world.edges.items():
        if edges is built.edges[name] or name in found_again:
            continue
        tensors[f"edges/{name}/pointer"] = edges.pointer
        tensors[f"edges/{name}/source"] = edges.source
        if edges.weight is not None:
            tensors[f"edges/{name}/weight"] = edges.weight
        for attribute, values in edges.attributes.items():
            tensors[f"edges/{name}/attributes/{attribute}"] = values
    return {
        name: values if shares_one_row(values) else values.contiguous()
        for name, values in tensors.items()
    }


def state_in(built: World, step: int, tensors: Mapping[str, Tensor]) -> World:
    """Returns the world that `state_out` wrote at `step`, on the device of the world built."""
    world = replace(built, step=step)
    for name, population in world.populations.items():
        state = within(tensors, f"populations/{name}/state/", population.device)
        weights = within(tensors, f"populations/{name}/weights/", population.device)
        same("state", name, population.state, state)
        same("weights", name, population.weights, weights)
        world = world.with_population(population.with_state(state).with_weights(weights))
    for name in world.edges:
        own = within(tensors, f"edges/{name}/", world.draws.keys.device)
        if own:
            world = world.with_edges(name, edges_in(own, world.edges[name]))
    return world


def edges_in(own: Mapping[str, Tensor], built: Edges) -> Edges:
    """Returns the edges of one relation from their tensors, between the ends of those built."""
    attributes = {
        name.removeprefix("attributes/"): values
        for name, values in own.items()
        if name.startswith("attributes/")
    }
    pointer, source, weight = own["pointer"], own["source"], own.get("weight")
    return Edges(pointer, source, built.sources, weight, attributes, built.between)


def within(tensors: Mapping[str, Tensor], prefix: str, device) -> dict[str, Tensor]:
    """Returns the tensors whose names begin with `prefix`, by the rest of the name."""
    return {
        name.removeprefix(prefix): values.to(device)
        for name, values in tensors.items()
        if name.startswith(prefix)
    }


def same(kind: str, population: str, built: Mapping, found: Mapping) -> None:
    """Refuses a checkpoint whose tensors are not those of the scenario."""
    if set(built) != set(found):
        raise StoreError(
            f"checkpoint: populations/{population}/{kind}",
            found=", ".join(sorted(set(built) ^ set(found))) + " on one side only",
            expected=", ".join(sorted(built)),
            fix="resume with the scenario that the run was started with",
        )
