"""Themes: kinds of populations that members of the catalog need, with sizes, tasks and columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any


FILES = Path(__file__).parent / "files"
ACTIVATIONS = ("relu", "tanh", "sigmoid", "identity", "sin", "softplus", "gelu")


@dataclass(frozen=True)
class Kind:
    """A population's entry, its theme, and the task that it is shown or tested on.

    Args:
        theme: Key of `THEMES`.
        entry: The population as YAML has it, without `agents`.
        task: Its task as YAML has it, or None.
        sizes: Inputs and outputs of its model, (0, 0) without one. [1]
    """

    theme: str
    entry: dict[str, Any]
    task: dict[str, Any] | None = None
    sizes: tuple[int, int] = field(default=(0, 0))


def column(chance: Random, size: int = 0, low: float = 0.0, high: float = 1.0) -> Any:
    """Returns one of the ways to write an initial column of one number or of several."""
    ways: list[Any] = [{"uniform": [low, high]}, {"normal": [round((low + high) / 2, 3), 0.5]}]
    if size:
        return {**chance.choice(ways), "size": size}
    return chance.choice([*ways, "uniform", "uniform", "normal", "zeros", 1.0, 0.25])


def plain(chance: Random, lead: str | None = None) -> Kind:
    """Agents with numbers and no network."""
    wide = chance.choice((0, 0, 1, 2, 3))
    state = {name: column(chance, wide) for name in ("x", "output")}
    state["opinion"] = column(chance, chance.choice((0, 0, 0, 2)))
    size = chance.choice((0, 0, 2))
    state |= {name: column(chance, size) for name in ("estimate", "signal")}
    state |= {name: {"uniform": [0, 1]} for name in ("amplitude", "connectivity", "growth")}
    state["worth"] = {"uniform": [-1, 1]}
    if chance.random() < 0.3:
        state["strategy"] = {"uniform": [0, 1], "size": 2}
    return Kind("plain", {"state": state})


def moving(chance: Random, lead: str | None = None) -> Kind:
    """Agents that move in space, some steered by a network."""
    state = {"position": "uniform", "heading": "uniform", "velocity": {"normal": [0, 0.1]}}
    state |= {"x": column(chance), "opinion": column(chance), "output": column(chance, 2)}
    if lead == "steer" or chance.random() < 0.2:
        del state["output"]
        state["input"] = {"normal": [0, 1], "size": 2}
        model = {"type": "multilayer", "inputs": 2, "widths": [3], "outputs": 2}
        return Kind("moving", {"model": model, "state": state}, None, (2, 2))
    return Kind("moving", {"state": state})


def layers(chance: Random, inputs: int, outputs: int, kind: str = "multilayer") -> dict[str, Any]:
    """Returns a network from layer to layer, its optional parameters drawn."""
    widths = [chance.choice((1, 2, 3)) for _ in range(chance.choice((1, 1, 2)))]
    model = {"type": kind, "inputs": inputs, "widths": widths, "outputs": outputs}
    for key, ways in (
        ("activation", ACTIVATIONS),
        ("bias", ("learned", "none")),
        ("initial", ("uniform", "normal", "kaiming_normal", "xavier_uniform", "linear", "zeros")),
        ("spread", (0.1, 1.0)),
    ):
        if chance.random() < 0.3:
            model[key] = chance.choice(ways)
    return model


def examples(chance: Random, lead: str | None) -> tuple[dict[str, Any], int, int]:
    """Returns a task of numbers in and out, and its sizes."""
    many = {"train": chance.choice((3, 8)), "test": chance.choice((2, 5))}
    ways: dict[str, tuple[dict[str, Any], int, int]] = {
        "clusters": ({"type": "clusters", "dimensions": 2, "clusters": 3, **many}, 2, 1),
        "stripes": ({"type": "stripes", "dimensions": 2, "stripes": 3, **many}, 2, 2),
        "shells": ({"type": "shells", "dimensions": 2, **many}, 2, 2),
        "one_hot": ({"type": "one_hot", "labels": [0, 0, 1, 1]}, 4, 2),
        "digits": ({"type": "digits", "classes": [0, 1], "split": 0.9}, 64, 2),
        "table": (
            {"type": "table", "path": str(FILES / "people.csv"), "kind": "classes"},
            2,
            2,
        ),
    }
    task, inputs, outputs = ways.get(lead or "", ways[chance.choice(sorted(ways))])
    if lead == "permuted" or chance.random() < 0.1:
        task = {"type": "permuted", "task": task, "permutation": chance.choice((0, 1, 5))}
    if lead == "multi_head" or chance.random() < 0.1:
        heads = chance.choice((1, 2))
        task = {"type": "multi_head", "task": task, "heads": heads, "head": chance.randrange(heads)}
        outputs *= heads
    return task, inputs, outputs


def shown(chance: Random, state: dict[str, Any], inputs: int) -> dict[str, Any]:
    """Returns how samples reach a population: from its task, as a column, or not at all."""
    way = chance.choice(("task", "task", "state", "none"))
    if way == "state":
        return {"state": {**state, "input": {"normal": [0, 1], "size": inputs}}}
    if way == "none":
        return {"state": state}
    given: dict[str, Any] = {"task": "?"}
    if chance.random() < 0.5:
        given["corruption"] = chance.choice((0.0, 0.25, 1.0))
    if chance.random() < 0.5:
        given["sample"] = chance.choice(("shared", "own"))
    if chance.random() < 0.5:
        given["every"] = chance.choice((1, 2, 3))
    return {"inputs": given, "state": state}


NETWORKS = ("multilayer", "multilayer", "multilayer", "chnnet", "intralinked", "module")


def network(chance: Random, lead: str | None = None) -> Kind:
    """Networks from layer to layer with a task."""
    task, inputs, outputs = examples(chance, lead)
    kind = lead if lead in NETWORKS else chance.choice(NETWORKS)
    model = layers(chance, inputs, outputs, kind)
    if lead in ("entropy_increments", "structure_formation", "nodal_connectivity"):
        model |= {"type": "multilayer", "widths": [3] * 5}
    elif kind == "module":
        given = {"in_features": inputs, "out_features": outputs}
        model = {"type": "module", "path": "torch.nn.Linear", "arguments": given}
    elif kind == "intralinked":
        model |= {"height": chance.choice((1, 2)), "links": chance.choice(("dense", "chain"))}
    entry = {"model": model, **shown(chance, {"x": column(chance)}, inputs)}
    return Kind("network", entry, task, (inputs, outputs))


def recursive(chance: Random, lead: str | None = None) -> Kind:
    """Networks of neurons that answer after several iterations."""
    task, inputs, outputs = examples(chance, chance.choice(("shells", "stripes", "clusters")))
    model: dict[str, Any] = {
        "type": "urn",
        "inputs": inputs,
        "outputs": outputs,
        "neurons": inputs + outputs + 8,
    }
    model["iterations"] = chance.choice((1, 2, 4))
    model["residual"] = chance.choice(("none", "output", "input"))
    if inputs == 2 and outputs == 2 and chance.random() < 0.7:
        model["cube"] = [2, 2, 3]
    entry = {"model": model, **shown(chance, {"x": column(chance)}, inputs)}
    return Kind("recursive", entry, task, (inputs, outputs))


def steered(chance: Random, lead: str | None = None) -> Kind:
    """Networks with a hidden layer that can be moved."""
    task, inputs, outputs = examples(chance, "shells")
    base = {"type": "multilayer", "inputs": inputs, "widths": [3], "outputs": outputs}
    model = {"type": "steered", "base": base}
    state = {"direction": {"normal": [0, 1], "size": 3}, "strength": column(chance)}
    if lead == "control_representation" or chance.random() < 0.5:
        state |= {"removal": column(chance), "contrast": column(chance)}
    return Kind(
        "steered", {"model": model, **shown(chance, state, inputs)}, task, (inputs, outputs)
    )


def adapted(chance: Random, lead: str | None = None) -> Kind:
    """Networks with a low-rank difference."""
    task, inputs, outputs = examples(chance, "shells")
    base = {"type": "multilayer", "inputs": inputs, "widths": [3, 2], "outputs": outputs}
    model = {"type": "low_rank", "base": base, "rank": chance.choice((1, 2))}
    entry = {"model": model, **shown(chance, {"x": column(chance)}, inputs)}
    return Kind("adapted", entry, task, (inputs, outputs))


MEMORIES = ("hopfield", "graded_hopfield", "dense_memory", "exponential_memory", "modern_hopfield")


def memory(chance: Random, lead: str | None = None) -> Kind:
    """Associative memories that were shown patterns."""
    units = chance.choice((3, 8))
    task = {"type": "random_patterns", "units": units, "patterns": chance.choice((1, 2, 3))}
    kind = lead if lead in MEMORIES else chance.choice(MEMORIES)
    model = {"type": kind, "neurons": units, "patterns": chance.randint(1, task["patterns"])}
    if kind == "hopfield":
        model["learning"] = chance.choice(("hebbian", "pseudo_inverse"))
    inputs = {"task": "?", "corruption": chance.choice((0.0, 0.25))}
    if chance.random() < 0.3:
        inputs["every"] = chance.choice((1, 2))
    return Kind("memory", {"model": model, "inputs": inputs}, task, (units, units))


def denoiser(chance: Random, lead: str | None = None) -> Kind:
    """Denoisers of samples of a mixture of Gaussians."""
    task = {"type": "gaussian_mixture", "train": 6, "test": 4}
    kind = lead if lead in ("denoiser", "gaussian_denoiser") else chance.choice(["denoiser"] * 3)
    model: dict[str, Any] = {"type": kind, "levels": 6, "beta_last": 0.3}
    if kind == "denoiser":
        model |= {"widths": [3], "frequencies": chance.choice((1, 2))}
    state = {"x": {"normal": [0, 1]}, "level": chance.choice((0, 3, 6))}
    return Kind("denoiser", {"model": model, "state": state}, task, (1, 1))


def features(chance: Random, lead: str | None = None) -> Kind:
    """Neurashed: graphs of features."""
    task = {"type": "one_hot", "labels": [0, 0, 0, 0, 1, 1, 1, 1]}
    entry: dict[str, Any] = {"model": {"type": "neurashed"}}
    if chance.random() < 0.5:
        entry["inputs"] = {"task": "?", "every": chance.choice((1, 2))}
    return Kind("features", entry, task, (8, 2))


THEMES: Mapping[str, Callable[..., Kind]] = {
    "plain": plain,
    "moving": moving,
    "network": network,
    "recursive": recursive,
    "steered": steered,
    "adapted": adapted,
    "memory": memory,
    "denoiser": denoiser,
    "features": features,
}
