"""What the laws know of the engine: build, step, save, resume, and every array by its name."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, replace
from typing import Any, get_type_hints

import torch
import yaml
from torch import Tensor

from netware.axes import AGENT
from netware.draws import replica_seeds
from netware.errors import NetwareError, StateError
from netware.scenario.members import catalog
from netware.scenario.yaml.load import parse
from netware.simulation.build import Blueprint, planned
from netware.simulation.model import NetwareModel
from netware.simulation.schedule import Schedule


Arrays = dict[str, Tensor]
CLOSE = {"float32": 1e-5, "float64": 1e-10}
"""How close numbers are that are the same but for rounding, on the scale of the largest."""
ALL_ORDERS = ("synchronous", "sequential", "shuffled", "by_population", "pairs")
FAMILIES = catalog.FAMILIES
__all__ = ["FAMILIES", "NetwareError", "NetwareModel", "StateError", "replica_seeds"]


class WithoutAliases(yaml.SafeDumper):
    """Writes equal parts out each time, as people do."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def members(family: str) -> tuple[str, ...]:
    """Names the members of a family."""
    return catalog.names(family)


def parameters(family: str, name: str) -> dict[str, tuple[Any, bool]]:
    """Returns the type of each parameter of a member, and whether it must be given."""
    cls = catalog.find(family, name)
    hints = get_type_hints(cls, include_extras=True)
    return {one.name: (hints[one.name], is_required(one)) for one in fields(cls) if one.init}


def is_required(field: Field) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def orders_of(rule: str) -> frozenset[str]:
    """Returns the orders that a rule honours."""
    cls = catalog.find("rules", rule)
    return frozenset(cls.orders if cls.phase == "act" else ALL_ORDERS)


def text_of(plain: Mapping[str, Any]) -> str:
    """Returns a scenario as YAML."""
    return yaml.dump(
        dict(plain), Dumper=WithoutAliases, sort_keys=False, default_flow_style=None, width=100
    )


def plan_of(plain: Mapping[str, Any]) -> Blueprint:
    """Checks a scenario, as `netware check` does."""
    return planned(parse(text_of(plain), "law.yaml"))


def built(plain: Mapping[str, Any]) -> NetwareModel:
    """Checks and builds a scenario."""
    return NetwareModel(plan_of(plain), collect=0)


def reparsed(model: NetwareModel) -> NetwareModel:
    """Builds what `netware check` writes out of a scenario, every default filled in."""
    return built(catalog.resolved(model.blueprint.scenario))


def after(model: NetwareModel, steps: int) -> NetwareModel:
    """Takes steps."""
    for _ in range(steps):
        model.step()
    return model


def saved(model: NetwareModel) -> tuple[int, Arrays]:
    """Returns what a checkpoint holds, as copies: nothing of the model lives on in it."""
    return model.world.step, {name: values.clone() for name, values in model.saved().items()}


def resumed(plain: Mapping[str, Any], checkpoint: tuple[int, Arrays]) -> NetwareModel:
    """Builds the scenario again and goes on from a checkpoint."""
    model = built(plain)
    model.restore(*checkpoint)
    return model


def renewed(model: NetwareModel) -> NetwareModel:
    """Returns a model with the edges that the next step begins with; no checkpoint holds them."""
    model.world = model.plan.with_found(model.world)
    return model


def state_and_weights(model: NetwareModel) -> Arrays:
    """Returns every state and weight by a name such as `a/state/x`."""
    found: Arrays = {}
    for name, population in model.world.populations.items():
        found |= {f"{name}/state/{column}": v for column, v in population.state.items()}
        found |= {f"{name}/weights/{weight}": v for weight, v in population.weights.items()}
    return found


def arrays(model: NetwareModel) -> Arrays:
    """Returns every state, weight and edge, edges by names such as `talks/source`."""
    found = state_and_weights(model)
    for name, edges in model.world.edges.items():
        found |= {f"{name}/source": edges.source, f"{name}/target": edges.target}
        if edges.weight is not None:
            found[f"{name}/weight"] = edges.weight
        found |= {f"{name}/{one}": values for one, values in edges.attributes.items()}
    return found


def readings(model: NetwareModel) -> Arrays:
    """Returns what every probe reads now, `[replicas, ...]`, by `probe.quantity`."""
    return {
        f"{timed.name}.{quantity}": values
        for timed in model.plan.probes
        for quantity, values in model.sight.read(timed.name, timed.part).items()
    }


def unreadable(model: NetwareModel) -> set[str]:
    """Names the probes that cannot be read at the start."""
    found = set()
    for timed in model.plan.probes:
        try:
            model.sight.read(timed.name, timed.part)
        except Exception:
            found.add(timed.name)
    return found


def everything(model: NetwareModel) -> Arrays:
    """Returns all arrays and all readings."""
    return {**arrays(model), **readings(model)}


def pieces(model: NetwareModel, replica: int) -> Arrays:
    """Returns one replica of everything, edges by the ids of their ends."""
    found: Arrays = {}
    for name, population in model.world.populations.items():
        for kind in ("state", "weights"):
            for column, values in getattr(population, kind).items():
                found[f"{name}/{kind}/{column}"] = population.per_replica(values)[replica]
    for name, edges in model.world.edges.items():
        sources, targets = (model.world[end].agents for end in ends(model, name))
        own = edges.target // targets == replica
        found[f"{name}/source"] = edges.source[own] - replica * sources
        found[f"{name}/target"] = edges.target[own] - replica * targets
        if edges.weight is not None:
            found[f"{name}/weight"] = edges.weight[own]
    return found | {name: values[replica] for name, values in readings(model).items()}


def ends(model: NetwareModel, relation: str) -> tuple[str, str]:
    """Names the two populations that a relation joins."""
    return model.world.edges[relation].ends


def alive(model: NetwareModel, population: str) -> Tensor:
    """Tells who is at each place, `[replicas, places]`."""
    own = model.world[population]
    there = own.alive
    return own.per_replica(torch.ones(own.total, dtype=torch.bool) if there is None else there)


def ids(model: NetwareModel, population: str) -> Tensor:
    """Returns the id of who is at each place, `[replicas, places]`; -1 where no one ever was."""
    own = model.world[population]
    return own.per_replica(own.names)


def differing(one: Arrays, other: Arrays) -> list[str]:
    """Names what is not the same bit by bit; numbers that are none (nan) are alike."""
    assert one.keys() == other.keys(), sorted(one.keys() ^ other.keys())
    return [name for name in one if not same_bits(one[name], other[name])]


def same_bits(one: Tensor, other: Tensor) -> bool:
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if not one.is_floating_point():
        return torch.equal(one, other)
    return torch.equal(one.nan_to_num(0.5), other.nan_to_num(0.5)) and torch.equal(
        one.isnan(), other.isnan()
    )


def apart(one: Arrays, other: Arrays, precision: str) -> list[str]:
    """Names what differs by more than rounding."""
    assert one.keys() == other.keys(), sorted(one.keys() ^ other.keys())
    return [name for name in one if not same(one[name], other[name], CLOSE[precision])]


def same(one: Tensor, other: Tensor, close: float) -> bool:
    """Tells whether integers are equal, and numbers up to rounding on the scale of the largest."""
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if not one.is_floating_point():
        return torch.equal(one, other)
    if not torch.equal(one.isnan(), other.isnan()):
        return False
    one, other = one.nan_to_num(), other.nan_to_num()
    scale = max(1.0, float(other.abs().max())) if other.numel() else 1.0
    return bool((one - other).abs().le(close * scale).all())


def is_not_finite(error: StateError) -> bool:
    """Tells whether a run ended because its numbers grew beyond all bounds."""
    return "finite" in str(error)


def pieces_of_edges(
    model: NetwareModel, relation: str, replica: int
) -> list[tuple[int, int, float]]:
    """Returns source, target and weight of each edge of one replica, by places within it."""
    found, edges = pieces_of(model, relation, replica), model.world.edges[relation]
    own = edges.target // model.world[ends(model, relation)[1]].agents == replica
    weight = edges.weights(torch.float64)[own].tolist()
    return list(zip(*(values.tolist() for values in found), weight, strict=True))


def pieces_of(model: NetwareModel, relation: str, replica: int) -> tuple[Tensor, Tensor]:
    """Returns both ends of the edges of one replica, by places within it."""
    edges = model.world.edges[relation]
    sources, targets = (model.world[end].agents for end in ends(model, relation))
    own = edges.target // targets == replica
    return edges.source[own] - replica * sources, edges.target[own] - replica * targets


def places_of_the_living(model: NetwareModel, replica: int) -> dict[str, list[int]]:
    """Returns the places of the living of each population in one replica."""
    return {
        name: alive(model, name)[replica].nonzero()[:, 0].tolist()
        for name in model.world.populations
    }


def with_arrays_of(
    small: NetwareModel, model: NetwareModel, replica: int, places: Mapping[str, list[int]]
) -> NetwareModel:
    """Returns a model whose agents are those at these places of a replica of another, and edges."""
    world = replace(small.world, step=model.world.step)
    for name, population in model.world.populations.items():
        rows = torch.tensor(places[name]) + replica * population.agents
        state = {column: values[rows] for column, values in population.state.items()}
        weights = {weight: values[rows] for weight, values in population.weights.items()}
        world = world.with_population(world[name].with_state(state).with_weights(weights))
    for name, edges in model.world.edges.items():
        first, second = ends(model, name)
        own = (edges.target // model.world[second].agents == replica).nonzero()[:, 0]
        source, target = (
            torch.tensor([places[end].index(place) for place in found.tolist()], dtype=torch.long)
            for end, found in zip((first, second), pieces_of(model, name, replica), strict=True)
        )
        weight = None if edges.weight is None else edges.weight[own]
        sizes = len(places[first]), len(places[second])
        attributes = {key: values[own] for key, values in edges.attributes.items()}
        again = type(edges).from_pairs(source, target, *sizes, weight, attributes)
        world = world.with_edges(name, again)
    small.world = world
    small._memories = replace(
        small._memories,
        kept={
            name: replace(
                kept, memory=model.sight.part(name, kept.probe, model.sight.memories[name], replica)
            )
            for name, kept in small._memories.kept.items()
        },
    )
    return small


def readings_of_the_living(
    model: NetwareModel, replica: int, places: Mapping[str, list[int]]
) -> Arrays:
    """Returns what every probe reads of one replica, agent by agent of the living."""
    found: Arrays = {}
    for timed in model.plan.probes:
        for quantity, values in model.sight.read(timed.name, timed.part).items():
            own, axes = values[replica : replica + 1], timed.part.quantities.get(quantity, ())
            if AGENT in axes:
                about = timed.part.about()
                assert about is not None
                rows = torch.tensor(places[about])
                own = own.index_select(1 + axes.index(AGENT), rows)
            found[f"{timed.name}.{quantity}"] = own
    return found


def made_again(model: NetwareModel) -> Arrays:
    """Returns every state and weight after generators and parents have written theirs once more."""
    again = built(catalog.resolved(model.blueprint.scenario))
    again.world = Schedule(model.plan).made(model.world)
    return state_and_weights(again)


def column(model: NetwareModel, population: str, name: str, replica: int) -> Any:
    """Returns one replica of a column of state as an array in float64, or None."""
    own = model.world[population]
    if name not in own.state:
        return None
    return own.per_replica(own.state[name])[replica].double().numpy()


def layered(model: NetwareModel, population: str) -> list[Any]:
    """Returns the weights between the layers of a population's model, as arrays."""
    own = model.world[population]
    return [own.weights[name].double().numpy() for name in own.wrapped().layers()]
