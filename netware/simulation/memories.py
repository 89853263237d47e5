"""Memories: what probes remember from step to step, kept beside the world."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from netware.axes import AGENT
from netware.errors import ShapeError, StoreError
from netware.probes.base import AbstractRememberingProbe, Memory
from netware.simulation.plan import Plan
from netware.simulation.sight import Sight
from netware.world import World


@dataclass(frozen=True)
class Kept:
    """What one probe remembers.

    Args:
        probe: The probe, with the parameters that it had when its memory began.
        memory: Its tensors.
        identity: Who was where, if it remembers agents that may die and be born.
    """

    probe: AbstractRememberingProbe
    memory: Memory
    identity: Tensor | None = None


@dataclass(frozen=True)
class Memories:
    """What all probes of a plan remember at the end of a step.

    Args:
        step: Steps done. [1]
        kept: What each remembers, by its name.
    """

    step: int
    kept: Mapping[str, Kept]

    @property
    def tensors(self) -> dict[str, Memory]:
        """Returns what each probe remembers, by its name."""
        return {name: kept.memory for name, kept in self.kept.items()}

    @classmethod
    def begun(cls, world: World, plan: Plan) -> "Memories":
        """Returns memories that begin in this world."""
        sight = Sight(world)
        probes = remembering(plan)
        return cls(
            world.step, {name: begun_by(name, probe, sight) for name, probe in probes.items()}
        )

    def at(self, world: World, plan: Plan) -> "Memories":
        """Returns the memories in a world put in place of the one that they have seen last.

        Another world of the same step changes none. In a world of another step they begin: none
        knows what was before it.
        """
        return self if world.step == self.step else Memories.begun(world, plan)

    def after(self, world: World, plan: Plan) -> "Memories":
        """Returns the memories with a world in them to which the last step has led.

        A probe that has other parameters than before begins.
        """
        sight, found = Sight(world), {}
        for name, probe in remembering(plan).items():
            before = self.kept[name]
            same = before.probe == probe
            found[name] = continued(name, before, sight) if same else begun_by(name, probe, sight)
        return Memories(world.step, found)

    def saved(self) -> dict[str, Tensor]:
        """Returns every tensor by a path such as `memories/rate/total`."""
        found: dict[str, Tensor] = {}
        for name, kept in self.kept.items():
            for key, values in kept.memory.items():
                found[f"memories/{name}/{key}"] = values.contiguous()
            if kept.identity is not None:
                found[f"identities/{name}"] = kept.identity.contiguous()
        return found


REMEMBERED = ("memories/", "identities/")


def memories_in(tensors: Mapping[str, Tensor], world: World, plan: Plan) -> Memories:
    """Returns the memories that `saved` wrote at the step of this world, on its device."""
    begun = Memories.begun(world, plan)
    known, own = begun.saved(), {n: v for n, v in tensors.items() if n.startswith(REMEMBERED)}
    kinds, found = ({n: (v.shape, v.dtype) for n, v in one.items()} for one in (known, own))
    if wrong := sorted(n for n in kinds.keys() | found.keys() if kinds.get(n) != found.get(n)):
        raise StoreError(
            f"checkpoint: {wrong[0]}",
            found="a memory that is not as the probe makes it, or not there",
            expected=f"{', '.join(sorted(known)) or 'no probe that remembers'}",
            fix="resume with the scenario and the netware that the run was started with",
        )
    kept = {
        name: Kept(
            one.probe,
            {
                key: own[f"memories/{name}/{key}"].to(values.device)
                for key, values in one.memory.items()
            },
            None if one.identity is None else own[f"identities/{name}"].to(one.identity.device),
        )
        for name, one in begun.kept.items()
    }
    return Memories(world.step, kept)


def remembering(plan: Plan) -> dict[str, AbstractRememberingProbe]:
    """Returns the probes of a plan that remember, by their names."""
    return {
        timed.name: timed.part
        for timed in plan.probes
        if isinstance(timed.part, AbstractRememberingProbe)
    }


def begun_by(name: str, probe: AbstractRememberingProbe, sight: Sight) -> Kept:
    """Returns the memory of a probe that sees its first world."""
    memory = detached(sight.begun_memory(name, probe))
    agents = agents_of(probe, sight.world)
    for key in sorted(probe.memory.keys() | memory.keys()):
        axes = probe.memory.get(key)
        shape = tuple(memory[key].shape) if key in memory else None
        if shape is not None and axes is not None and len(shape) == 1 + len(axes):
            rows = shape[1 + axes.index(AGENT)] if AGENT in axes else agents
            if shape[0] == sight.world.replicas and rows == agents:
                continue
        raise ShapeError(
            f"probes.{name}.{key}",
            found="nothing in its memory" if shape is None else f"a memory of shape {shape}",
            expected="no such memory" if axes is None else f"({', '.join(['replicas', *axes])})",
            fix=f"let 'begin' and 'memory' of {type(probe).__name__} agree",
        )
    return Kept(probe, memory, identity_for(probe, sight.world))


def continued(name: str, before: Kept, sight: Sight) -> Kept:
    """Returns a memory with one more world in it; who is new to it begins."""
    probe, memory = before.probe, before.memory
    identity = identity_for(probe, sight.world)
    if identity is None or before.identity is None:
        return Kept(probe, same_kinds(name, before, sight.next_memory(name, probe, memory)))
    begun, new = sight.begun_memory(name, probe), identity != before.identity
    memory = with_new(probe, memory, begun, new)
    memory = same_kinds(name, before, sight.next_memory(name, probe, memory))
    return Kept(probe, with_new(probe, memory, begun, new), identity)


def with_new(
    probe: AbstractRememberingProbe, memory: Memory, begun: Memory, new: Tensor
) -> dict[str, Tensor]:
    """Returns a memory in which the rows of new agents are those of a memory that begins."""
    found = {}
    for key, values in memory.items():
        axes = probe.memory[key]
        if AGENT in axes:
            place = axes.index(AGENT)
            shape = [len(new), *([1] * place), new.shape[1], *([1] * (len(axes) - place - 1))]
            values = torch.where(new.view(shape), begun[key], values)
        found[key] = values
    return found


def same_kinds(name: str, before: Kept, after: Memory) -> dict[str, Tensor]:
    """Returns a memory if its names, shapes and types are those that it began with."""
    for key in sorted(before.memory.keys() | after.keys()):
        shapes = [
            f"{str(one[key].dtype).removeprefix('torch.')} {tuple(one[key].shape)}"
            if key in one
            else "nothing"
            for one in (after, before.memory)
        ]
        if shapes[0] != shapes[1]:
            raise ShapeError(
                f"probes.{name}.{key}",
                found=f"a memory of {shapes[0]}",
                expected=f"{shapes[1]}, as it began",
                fix=f"let 'remember' of {type(before.probe).__name__} return what 'begin' does",
            )
    return detached(after)


def agents_of(probe: AbstractRememberingProbe, world: World) -> int:
    """Returns the places of a replica of the population that a probe measures, 0 without one."""
    about = probe.about()
    return 0 if about is None else world[about].agents


def identity_for(probe: AbstractRememberingProbe, world: World) -> Tensor | None:
    """Returns who is where, `[replicas, agents]`, if a probe must know: it remembers mortals."""
    about = probe.about()
    if about is None or all(AGENT not in axes for axes in probe.memory.values()):
        return None
    identity = world[about].identity
    return None if identity is None else world[about].per_replica(identity)


def detached(memory: Memory) -> dict[str, Tensor]:
    """Returns a memory without the history of its gradients."""
    return {key: values.detach() for key, values in memory.items()}
