"""The ways to vary, by the key that tells them apart in YAML."""

from netware.varying.among_agents import Normal, OfColumn, PerReplica, Uniform, Values
from netware.varying.base import AbstractVarying
from netware.varying.in_time import Cosine, Ramp, Staircase


# `steps` stands last: it is also a key of a ramp.
KINDS: dict[str, type[AbstractVarying]] = {
    "uniform": Uniform,
    "normal": Normal,
    "values": Values,
    "column": OfColumn,
    "per_replica": PerReplica,
    "ramp": Ramp,
    "cosine": Cosine,
    "steps": Staircase,
}
