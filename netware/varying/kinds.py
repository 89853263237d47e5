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

DESCRIBED = {
    "uniform": "Lowest and highest value; each agent has one of its own, drawn once.",
    "normal": "Mean and standard deviation; each agent has a value of its own, drawn once.",
    "within": "Lowest and highest value that may be drawn.",
    "values": "A value for each agent, in the order of ids.",
    "column": "Column of state with the value of each agent.",
    "per_replica": "A value for each replica.",
    "ramp": "First and last value, straight in between.",
    "cosine": "First and last value, half a cosine in between.",
    "steps": "Steps at which the change begins and ends, or the value from each step on. [steps]",
}
"""What each key of a way to vary says, for the schema."""
