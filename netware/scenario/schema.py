"""The scenario: every section, its bounds and its defaults; parameters of types are left open."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from netware.files.folder_name import PATTERN, can_be_folder
from netware.parameters import MOST, Fraction, Positive, TaskName
from netware.scenario.parts import (
    LAST_STEP,
    MOST_ENTRIES,
    NEVER,
    AbstractStrict,
    Cadence,
    EntryName,
    Many,
    Number,
    Part,
    Step,
    TimedPart,
    steps,
)


MOST_AGENTS = 10**12
DOTTED = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+$"


def slug(name: str) -> str:
    """Returns a name that can be a folder on every system, or refuses it."""
    if not can_be_folder(name):
        raise PydanticCustomError("slug", "not a name for a folder")
    return name


def known_device(name: str) -> str:
    """Returns the name of a device, or refuses it."""
    if not re.fullmatch(r"auto|cpu|cuda(:[0-9]{1,3})?", name):
        raise PydanticCustomError("literal_error", "not a device")
    return name


def shape_of_initial(value: Any) -> str | None:
    """Tells which of the ways to write an initial value this is."""
    if isinstance(value, FromFile) or (isinstance(value, dict) and "file" in value):
        return "a file"
    if isinstance(value, dict):
        return next((f"{way} draws" for way in ("uniform", "normal") if way in value), None)
    if isinstance(value, Uniform | Normal):
        return "uniform draws" if isinstance(value, Uniform) else "normal draws"
    if isinstance(value, str):
        return "a word"
    if isinstance(value, list):
        return "a list"
    return "a number" if isinstance(value, int | float) and not isinstance(value, bool) else None


class Uniform(AbstractStrict):
    """Draws from a uniform distribution."""

    uniform: Annotated[list[Number], Field(min_length=2, max_length=2)]
    """Smallest and largest value."""
    size: Many | None = None
    """Numbers per agent; a single number if left out. [1]"""


class Normal(AbstractStrict):
    """Draws from a normal distribution."""

    normal: Annotated[list[Number], Field(min_length=2, max_length=2)]
    """Mean and standard deviation."""
    size: Many | None = None
    """Numbers per agent; a single number if left out. [1]"""


class FromFile(AbstractStrict):
    """Takes a number for each agent from a file."""

    file: Annotated[str, Field(min_length=1, max_length=4096)]
    """A table with a row for each agent, or a graph file whose nodes have numbers, from the folder
    of the scenario."""
    column: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    """Column of the table, or attribute of the nodes; named as the column of state if left out."""


Word = Literal["uniform", "normal", "zeros"]
Row = Annotated[list[Number], Field(min_length=1, max_length=4096)]
Initial = Annotated[
    Annotated[Number, Tag("a number")]
    | Annotated[Word, Tag("a word")]
    | Annotated[list[Number] | list[Row], Field(min_length=1), Tag("a list")]
    | Annotated[Uniform, Tag("uniform draws")]
    | Annotated[Normal, Tag("normal draws")]
    | Annotated[FromFile, Tag("a file")],
    Discriminator(shape_of_initial),
]


class Space(AbstractStrict):
    """The space that agents move in."""

    dimensions: Literal[2, 3] = 2
    """Number of dimensions. [1]"""
    box: Positive
    """Side of the box. [length]"""
    periodic: bool = True
    """Whether what leaves on one side comes back on the other."""


class Inputs(AbstractStrict):
    """What the agents of a population are shown."""

    task: TaskName
    """Name of an entry under `tasks`."""
    corruption: Fraction = 0.0
    """Share of the features of each sample that are corrupted, agent by agent. [1]"""
    sample: Literal["shared", "own"] = "shared"
    """`shared` shows all agents of a replica the same sample, `own` each its own."""
    every: Annotated[int, Field(ge=1, le=LAST_STEP)] | None = None
    """Steps from one sample to the next; left out, the first stays. [steps]"""

    @property
    def cadence(self) -> Cadence:
        """When another sample is shown, after the first."""
        return NEVER if self.every is None else Cadence(self.every, self.every)


class Population(AbstractStrict):
    """Agents of one kind: same model, same shapes, weights of their own."""

    agents: Annotated[int, Field(ge=1, le=MOST_AGENTS)]
    """Number of agents in each replica; where agents may be born, those at the start. [1]"""
    capacity: Annotated[int, Field(ge=1, le=MOST_AGENTS)] | None = None
    """Places in each replica, `agents` at least, where agents may die and be born. [1]"""
    model: Part | None = None
    """What each agent computes; none for agents without a network."""
    inputs: Inputs | None = None
    """What the agents are shown."""
    state: Annotated[dict[EntryName, Initial], Field(max_length=MOST_ENTRIES)] = Field({})
    """Columns of state and their initial values: a number, a list with one value or row per agent,
    `uniform`, `normal`, `zeros`, `{uniform: [low, high]}`, `{normal: [mean, sd]}`, or
    `{file: people.csv, column: age}`."""
    names: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    """File with the name of each agent, in the order of their ids, from the folder of the scenario:
    a table with a column `name`, or a graph file. Left out, files that name agents settle it among
    themselves: numbers are agents if all are numbers of agents, and names are in the order in which
    the files first have them."""
    agent: Annotated[str, Field(pattern=DOTTED, max_length=256)] | None = None
    """Dotted name of a Python class of your own, whose methods act one agent at a time."""

    @property
    def places(self) -> int:
        """Places in each replica: for the agents at the start, and for those to be born."""
        return self.capacity or self.agents


class Event(AbstractStrict):
    """Something that happens once: a rule is applied, or a parameter changes."""

    model_config = ConfigDict(extra="allow")

    at: Step | Annotated[list[Step], Field(min_length=1, max_length=10_000)]
    """Step, or list of steps. [steps]"""
    rule: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    """Type of the rule to apply; its parameters stand beside it."""
    set: Annotated[dict[str, Any], Field(min_length=1, max_length=MOST_ENTRIES)] | None = None
    """Dotted keys of parameters and their new values."""

    @property
    def cadence(self) -> Cadence:
        """When it happens."""
        return Cadence(at=steps(self.at))

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of the rule, not yet checked."""
        return dict(self.model_extra or {})


class Stop(AbstractStrict):
    """When a run may end early."""

    when: Annotated[str, Field(max_length=16_384)]
    """Comparison of probes with numbers, joined by and, or: `disagreement < 1e-4`."""
    steps: Annotated[int, Field(ge=1, le=LAST_STEP, alias="for")] = 1
    """How many observations in a row it must hold. [1]"""


class Record(AbstractStrict):
    """What a run writes down."""

    metrics: Literal["all"] | Annotated[list[EntryName], Field(max_length=MOST_ENTRIES)] = "all"
    """Probes to write down: all, or a list of their names."""
    panel: Annotated[int, Field(ge=0, le=MOST)] = 0
    """Agents of each population and replica whose state is written down at every step. [1]"""
    snapshots: Annotated[int, Field(ge=0, le=LAST_STEP)] = 0
    """Steps between snapshots of all agents; 0 for none. [steps]"""
    checkpoint: Annotated[int, Field(ge=1, le=LAST_STEP)] = 100
    """Steps between checkpoints, which is what a kill may lose at most. [steps]"""
    graph: Literal["auto", "always", "never"] = "auto"
    """Whether relations.graphml is written at the end, agents and edges of the first replica: auto,
    unless they are more than 100 000 together or there are no relations; always; or never."""


Parts = Annotated[dict[EntryName, Part], Field(max_length=MOST_ENTRIES)]
TimedParts = Annotated[dict[EntryName, TimedPart], Field(max_length=MOST_ENTRIES)]
Populations = Annotated[dict[EntryName, Population], Field(min_length=1, max_length=MOST_ENTRIES)]


class Scenario(AbstractStrict):
    """One scenario: what is asked for, in names and numbers."""

    netware: Literal[1]
    """Version of the format."""
    name: Annotated[str, AfterValidator(slug), Field(json_schema_extra={"pattern": PATTERN})]
    """Name of the folder that runs land in: letters, digits, `.`, `_` and `-`, at most 64."""
    about: Annotated[str, Field(max_length=16_384)] = ""
    """What the scenario shows, in a sentence."""
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    """Root of all random numbers; drawn and written down if left out. [1]"""
    steps: Annotated[int, Field(ge=1, le=LAST_STEP)]
    """Number of steps. [steps]"""
    dt: Positive = 1.0
    """Length of a step. [time]"""
    replicas: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """Copies of the whole with random numbers of their own, computed in one batch. [1]"""
    device: Annotated[
        str,
        AfterValidator(known_device),
        Field(json_schema_extra={"pattern": r"^(auto|cpu|cuda(:[0-9]{1,3})?)$"}),
    ] = "auto"
    """Where to compute: auto, cpu, cuda or cuda:N."""
    precision: Literal["float32", "float64"] = "float32"
    """Floating point numbers of weights and state."""
    activation: Literal["synchronous", "sequential", "shuffled", "by_population", "pairs"] = (
        "synchronous"
    )
    """Order in which agents act within a step: all at once; one after another by their ids, or in
    an order of chance; population after population; or in random pairs, each hearing its partner
    alone."""
    chunk: Literal["auto"] | Many = "auto"
    """Agents per forward pass; auto fits them to memory. [1]"""
    space: Space | None = None
    """The space that agents move in, if any do."""
    tasks: Parts = Field({})
    """Inputs and targets that agents learn from or are tested on."""
    populations: Populations
    """Agents of one kind each."""
    relations: TimedParts = Field({})
    """Typed edges between agents and what flows over them."""
    rules: TimedParts = Field({})
    """What changes the world at a step."""
    events: Annotated[list[Event], Field(max_length=MOST_ENTRIES)] = Field([])
    """What happens once."""
    probes: TimedParts = Field({})
    """What is measured."""
    stop: Stop | None = None
    """When a run may end early."""
    record: Record = Record()
    """Metrics, states and checkpoints that a run writes down."""
    sweep: Annotated[dict[str, Any], Field(max_length=MOST_ENTRIES)] = Field({})
    """Dotted keys and the values they take: a list, or `low:high:count`."""
