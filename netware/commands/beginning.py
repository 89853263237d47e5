"""Begins a scenario of one's own: from one that is there, or a short one with comments."""

import json
from pathlib import Path

from netware.commands.describe import scenario_named
from netware.errors import ScenarioError
from netware.files.folder_name import can_be_folder
from netware.record.files import write_atomically
from netware.scenario.members import catalog
from netware.scenario.yaml.load import parse


SCHEMA_FILE = "scenario.schema.json"
SCHEMA_LINE = f"# yaml-language-server: $schema={SCHEMA_FILE}"
SHORT = """\
netware: 1                       # version of the format
name: {name}
about: Agents who know a few others move towards their opinions until all agree.
seed: 1                          # root of all chance: the same seed, the same run
steps: 200
replicas: 4                      # worlds with chance of their own, computed in one batch

populations:                     # agents of one kind each
  people:
    agents: 100
    state: {{opinion: {{uniform: [0, 1]}}}}     # or a number, normal, zeros, {{file: people.csv}}
    # model: {{type: hopfield, neurons: 64, patterns: 4}}     # what each computes

relations:                       # who is joined to whom, and what flows: netware list relations
  knows:
    type: association
    between: [people, people]
    topology: {{type: watts_strogatz, k: 4, p: 0.1}}

rules:                           # what changes them at a step: netware list rules
  talk: {{type: average_consensus, on: people, over: knows, state: opinion, gain: 0.1}}

probes:                          # what is measured: netware list probes
  disagreement: {{type: disagreement, on: people, state: opinion}}

stop: {{when: disagreement < 1e-4, for: 10}}      # may end before its last step
record: {{panel: 10}}             # agents whose state is written down at every step
# sweep: {{rules.talk.gain: [0.05, 0.1, 0.2]}}    # netware sweep runs one run for each value
"""


def begin(name: str, source: str | None = None) -> str:
    """Writes NAME.yaml and the schema beside it, and says what to do next."""
    path = Path(f"{name}.yaml")
    if not can_be_folder(name):
        raise ScenarioError(
            "netware new",
            found=f"'{name[:60]}'",
            expected="letters, digits, '.', '_' and '-', at most 64",
            fix="choose such a name; it is that of the file, without .yaml",
            code="S-NAME",
        )
    if path.exists():
        raise ScenarioError(
            str(path),
            found="a file of that name",
            expected="a new name",
            fix="choose another name, or remove the file",
            code="P-FILE",
        )
    text = SHORT.format(name=name) if source is None else text_renamed(source, name)
    text = f"{SCHEMA_LINE}\n{text}"
    catalog.check(parse(text, str(path)))
    write_atomically(Path(SCHEMA_FILE), (json.dumps(catalog.schema(), indent=1) + "\n").encode())
    write_atomically(path, text.encode())
    return "\n".join(
        [
            f"{path} and {SCHEMA_FILE} are written. Next:",
            f"  netware check {path}",
            f"  netware run {path} steps=10",
        ]
    )


def text_renamed(source: str, name: str) -> str:
    """Returns the text of a scenario that comes with netware under another name."""
    lines = scenario_named(source).read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("# yaml-language-server")]
    return "".join(f"name: {name}\n" if line.startswith("name:") else f"{line}\n" for line in kept)
