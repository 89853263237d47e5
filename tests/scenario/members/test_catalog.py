"""The catalog: classes behind types, their parameters, and mistakes in scenarios with members."""

import subprocess
import sys
from pathlib import Path

import pytest

from netware.errors import MOST_LINES, ScenarioError
from netware.graphs.topologies.ring import Ring
from netware.models.multilayer import Multilayer
from netware.relations.association import Association
from netware.rules.consensus.average_consensus import AverageConsensus
from netware.scenario.document import Document, Source
from netware.scenario.members import catalog
from netware.scenario.parts import Cadence
from netware.scenario.schema import Scenario
from netware.scenario.variants import changes
from netware.scenario.variants.overrides import assign
from netware.scenario.written.resolved import origins, render
from netware.scenario.yaml.load import parse


TEXT = """netware: 1
name: consensus
steps: 20
populations:
  minds:
    agents: 10
    model: {type: multilayer, inputs: 4, outputs: 2, widths: [3, 5]}
    state: {opinion: uniform}
relations:
  talks: {type: association, between: [minds, minds], topology: {type: ring, k: 2}, every: 2}
rules:
  agree: {type: average_consensus, on: minds, over: talks, state: opinion, gain: 1}
events:
  - {at: [5, 10], rule: average_consensus, on: minds, over: talks, state: opinion}
  - {at: 7, set: {rules.agree.gain: 0.25, relations.talks.topology.k: 4}}
probes:
  spread: {type: disagreement, on: minds, state: opinion, from: 3}
stop: {when: spread.disagreement < 1e-4 or spread < 0.1, for: 3}
record: {metrics: [spread]}
"""

OWN = '''"""Rules of the user's own."""
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal
import torch
from pydantic import Field
from netware.errors import ScenarioError
from netware.parameters import Member, PopulationName
from netware.graphs.topologies.ring import Ring
from netware.graphs.topology import AbstractTopology
from netware.rules.base import AbstractRule


@dataclass(frozen=True)
class Herding(AbstractRule):
    """Herds the agents. Then it rests.

    Args:
        on: Population that is herded.
        shares: Shares of each herd, which sum to 1. [1]
        lambda_: Length of the leash,
            from neck to hand. [m]
        way: How to herd.
        shape: Shape of the herd.
        names: Dogs.

    Source: Shepherd (1900).
    """

    on: PopulationName
    shares: tuple[Annotated[float, Field(ge=0, le=1)], ...] = (1.0,)
    lambda_: float = 2.0
    way: Literal["gently", "firmly"] = "gently"
    shape: Annotated[AbstractTopology, Member("topologies")] = Ring(k=4)
    names: list[str] | None = None

    reads: ClassVar = "own"

    def __post_init__(self):
        if abs(sum(self.shares) - 1) > 1e-9:
            raise ScenarioError(
                "shares",
                found=f"fractions sum to {sum(self.shares):g}",
                expected="1 +- 1e-9",
                fix="change them",
                code="S-SUM",
            )


    def apply(self, world, acting):
        return world


class Policy(torch.nn.Module):
    def __init__(self, hidden: int, depth: int = 1):
        super().__init__()
        self.first = torch.nn.Linear(3, hidden)

    def forward(self, x):
        return self.first(x)


class Cow:
    pass


@dataclass
class Loose:
    on: str
'''


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of the user's, with a module of their own in it."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "farm").mkdir()
    (tmp_path / "farm" / "herding.py").write_text(OWN)
    (tmp_path / "farm" / "broken.py").write_text("1 / 0\n")
    yield "farm.herding"
    for name in [name for name in sys.modules if name.partition(".")[0] == "farm"]:
        del sys.modules[name]


def check(text: str) -> Scenario:
    return catalog.check(parse(text, "s.yaml"))


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new)


def refused(old: str, new: str, *parts: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        check(changed(old, new))
    message = str(caught.value)
    assert all(part in message for part in parts), message
    assert len(message.splitlines()) <= MOST_LINES
    return message


def test_types_are_files_that_hold_the_class_of_their_name():
    assert "average_consensus" in catalog.names("rules")
    assert "ring" in catalog.names("topologies") and "ring" not in catalog.names("relations")
    assert "cells" not in catalog.names("relations")
    for family in catalog.FAMILIES:
        assert not {"base", "edges", "topology", "activations"} & set(catalog.names(family))
    assert catalog.find("rules", "average_consensus") is AverageConsensus
    assert catalog.class_name("order_parameter") == "OrderParameter"


def test_the_catalog_itself_imports_no_torch():
    code = "import netware.scenario.members.catalog, sys; "
    code += "assert not {'torch', 'mesa', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_an_unknown_type_is_told_with_all_choices():
    with pytest.raises(ScenarioError) as caught:
        catalog.find("rules", "average_consnsus")
    message = str(caught.value)
    assert "S-ENUM unknown type 'average_consnsus' (did you mean 'average_consensus'?)" in message
    assert "write 'average_consensus'" in message


def test_members_are_instances_with_their_cadence():
    members = catalog.members(check(TEXT))
    assert members.models["minds"] == Multilayer(inputs=4, outputs=2, widths=(3, 5))
    talks = members.relations["talks"]
    assert talks.member == Association(between=("minds", "minds"), topology=Ring(k=2))
    assert talks.cadence == Cadence(every=2)
    agree = members.rules["agree"].member
    assert agree == AverageConsensus("minds", "talks", "opinion", 1.0)
    assert type(agree.gain) is float
    assert members.probes["spread"].cadence == Cadence(start=3)
    assert members.events[0].cadence == Cadence(at=(5, 10))
    assert isinstance(members.events[0].rule, AverageConsensus)
    assert members.events[1].rule is None
    assert members.events[1].changes["rules.agree.gain"] == 0.25


def test_an_event_gives_the_scenario_after_its_changes():
    scenario = check(TEXT)
    after = catalog.members(changes.changed(scenario, scenario.events[1].set or {}))
    assert after.rules["agree"].member.gain == 0.25
    assert after.relations["talks"].member.topology == Ring(k=4)
    assert catalog.members(scenario).rules["agree"].member.gain == 1.0


def test_one_part_can_be_built_alone():
    document = Document(Source("<python>", ""), {})
    built = catalog.build("topologies", {"type": "ring", "k": 6}, document, ())
    assert built.value == Ring(k=6) and not built.problems
    refused = catalog.build("topologies", {"type": "ring", "k": 0}, document, ())
    assert refused.value is None and refused.problems[0].code == "S-RANGE"


@pytest.mark.parametrize("widths", ["[0]", "[-3]", "[3, 10000000000]", "[3, x]"])
def test_input_34_widths(widths):
    index = 0 if widths in ("[0]", "[-3]") else 1
    refused(
        "[3, 5]", widths, f"s.yaml:7:{63 + 3 * index}: populations.minds.model.widths[{index}]: S-"
    )


def test_input_34_too_many_layers():
    refused("[3, 5]", f"[{', '.join(['3'] * 10_000)}]", "model.widths: S-RANGE a list of 10000")


def test_input_35_code_as_an_activation():
    code = "__import__('os').system('id')"
    refused("[3, 5]", f'[], activation: "{code}"', "model.activation: S-ENUM", "one of relu, tanh")


@pytest.mark.parametrize("p", ["1.5", "-0.1"])
def test_input_36_probability(p):
    topology = f"{{type: watts_strogatz, k: 2, p: {p}}}"
    refused("{type: ring, k: 2}", topology, f"talks.topology.p: S-RANGE {p}", "a number, 0 to 1")


def test_input_38_sums_are_told_at_the_field(own):
    rule = "{type: farm.herding, on: minds, shares: [0.5, 0.4]}"
    with pytest.raises(ScenarioError) as caught:
        check(changed("events:", f"  herd: {rule}\nevents:"))
    message = str(caught.value)
    assert "s.yaml:13:49: rules.herd.shares: S-SUM fractions sum to 0.9" in message


def test_input_39_references():
    refused(
        "on: minds, over: talks, state: opinion, gain",
        "on: mind, over: talk, gain",
        "s.yaml:12:40: rules.agree.on: S-REF unknown population 'mind' (did you mean 'minds'?)",
        "s.yaml:12:52: rules.agree.over: S-REF unknown relation 'talk'",
    )
    refused("[minds, minds]", "[minds, bees]", "s.yaml:10:47: relations.talks.between[1]: S-REF")
    refused(
        "widths: [3, 5]}",
        "widths: []}\n    inputs: {task: digits}",
        "s.yaml:8:20: populations.minds.inputs.task: S-REF unknown task 'digits'",
    )


def test_input_45_a_sweep_is_checked_with_the_members():
    refused(
        "stop:",
        "sweep: {rules.agree.gian: [1, 2]}\nstop:",
        "s.yaml:18:9: sweep.rules.agree.gian: S-SWEEP 'gian'",
        "(did you mean 'gain'?)",
    )
    message = refused(
        "stop:", "sweep: {rules.agree.gain: [1, -2, 3]}\nstop:", "18:31", "S-RANGE -2"
    )
    assert message.count("S-RANGE") == 1


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("gain: 1", "gian: 1", "12:76: rules.agree.gian: S-UNKNOWN 'gian' is no key here"),
        ("gain: 1", "gain: -1", "12:82: rules.agree.gain: S-RANGE -1 is out of range"),
        ("gain: 1", "gain: '1'", "12:82: rules.agree.gain: S-TYPE '1' has the wrong type"),
        ("over: talks, state: opinion, gain", "gain", "12:3: rules.agree.over: S-MISSING 'over'"),
        ("type: average_consensus, on", "type: average, on", "12:17: rules.agree.type: S-ENUM"),
        ("type: average_consensus, on", "typ: average, on", "12:3: rules.agree.type: S-MISSING"),
        ("type: ring", "type: rink", "10:72: relations.talks.topology.type: S-ENUM unknown type"),
        ("type: ring, k: 2", "kind: ring", "10:55: relations.talks.topology.type: S-MISSING"),
        ("{type: ring, k: 2}", "ring", "10:65: relations.talks.topology: S-TYPE 'ring'"),
        ("[minds, minds]", "[minds]", "10:39: relations.talks.between: S-RANGE a list of 1"),
        ("[minds, minds]", "minds", "10:39: relations.talks.between: S-TYPE 'minds'"),
        ("state: opinion, gain", "state: Opinion, gain", "12:67: rules.agree.state: S-RANGE"),
        ("rule: average_consensus", "rule: average_cons", "14:25: events[0].rule: S-ENUM"),
        ("{rules.agree.gain: 0.25,", "{rules.agree.gain: -1,", "15:37: rules.agree.gain: S-RANGE"),
        ("{rules.agree.gain: 0.25,", "{rules.agree.gian: 1,", "15:19: rules.agree.gian: S-UNKNOWN"),
        ("spread.disagreement", "spread.agreement", "18:14: stop.when: S-REF unknown quantit"),
    ],
)
def test_mistakes_in_members(old, new, found):
    refused(old, new, f"s.yaml:{found}")


def test_classes_of_the_users_own(own):
    scenario = check(
        changed("events:", "  herd: {type: farm.herding, on: minds, lambda: 3}\nevents:")
    )
    herding = catalog.members(scenario).rules["herd"].member
    assert type(herding).__name__ == "Herding" and herding.lambda_ == 3.0
    assert herding.shape == Ring(k=4)
    assert catalog.find("rules", "farm.herding.Herding") is type(herding)
    found = catalog.resolved(scenario)["rules"]["herd"]
    assert found["shape"] == {"type": "ring", "k": 4} and found["lambda"] == 3.0
    assert found["type"] == "farm.herding.Herding"


def test_entry_points_join_the_types(own, tmp_path):
    info = tmp_path / "farm-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: farm\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[netware.rules]\nherd = farm.herding:Herding\n")
    sys.path.append(str(tmp_path))
    catalog.modules.cache_clear()
    try:
        assert "herd" in catalog.names("rules")
        assert catalog.find("rules", "herd").__name__ == "Herding"
        assert "rules.herd" in catalog.schema()["$defs"]
        assert "did you mean 'herd'" in refused("events:", "  h: {type: hert}\nevents:")
    finally:
        catalog.modules.cache_clear()


def test_modules_of_the_users_own(own):
    model = "{type: farm.herding.Policy, hidden: 7}"
    scenario = check(changed("{type: multilayer, inputs: 4, outputs: 2, widths: [3, 5]}", model))
    wrapped = catalog.members(scenario).models["minds"]
    assert type(wrapped).__name__ == "Module"
    assert wrapped.path == "farm.herding.Policy" and wrapped.arguments == {"hidden": 7}
    for parameters, found in (
        ("hiden: 7", "S-UNKNOWN 'hiden'"),
        ("depth: 2", "S-MISSING 'hidden'"),
    ):
        refused(
            "multilayer, inputs: 4, outputs: 2, widths: [3, 5]",
            f"farm.herding.Policy, {parameters}",
            found,
        )


@pytest.mark.parametrize(
    ("dotted", "found"),
    [
        ("farm.nothing", "no module named 'farm.nothing'"),
        ("barn.herding", "no module named 'barn'"),
        ("farm.herding.Dog", "module 'farm.herding' has no class 'Dog'"),
        ("farm.herding.Cow", "class 'Cow' is not derived from netware.rules.base.AbstractRule"),
        ("farm.broken", "module 'farm.broken' cannot be imported: ZeroDivisionError"),
        ("os.system", "'os.system' is no class of your own"),
        ("antigravity.Fly", "'antigravity.Fly' is no class of your own"),
        ("farm..herding", "'farm..herding' is no class of your own"),
        ("farm.herding()", "'farm.herding()' is no class of your own"),
        (".herding", "'.herding' is no class of your own"),
    ],
)
def test_dotted_names_that_lead_nowhere(own, dotted, found):
    rule = f"  herd: {{type: {dotted}, on: minds}}\nevents:"
    refused("events:", rule, "s.yaml:13:16: rules.herd.type: S-ENUM", found)


def test_agents_of_the_users_own(own):
    scenario = check(changed("    state:", "    agent: farm.herding.Cow\n    state:"))
    assert catalog.members(scenario).agents["minds"].__name__ == "Cow"
    refused(
        "    state:", "    agent: farm.herding.Bull\n    state:", "8:12: populations.minds.agent"
    )


def test_defaults_are_written_out_with_their_origin():
    document = assign(parse(TEXT, "s.yaml"), ["rules.agree.gain=0.5"])
    scenario = catalog.check(document)
    data = catalog.resolved(scenario)
    assert data["populations"]["minds"]["model"]["activation"] == "relu"
    assert data["events"][0]["gain"] == 0.1 and data["rules"]["agree"]["every"] == 1
    text = render(data, origins(data, document))
    assert "    gain: 0.5  # command line: rules.agree.gain=0.5\n" in text
    assert "  k: 2  # s.yaml:10\n" in text and 'activation: "relu"  # default\n' in text
    again = check(text)
    assert catalog.resolved(again) == data
    assert catalog.members(again) == catalog.members(scenario)


def test_a_type_is_described():
    told = catalog.describe("rules", "average_consensus")
    assert told.sentence == "Moves each agent's state towards the states of those it hears."
    assert told.source.startswith("Olfati-Saber, Fax and Murray (2007)")
    gain = next(one for one in told.parameters if one.name == "gain")
    assert (gain.default, gain.unit) == ("0.1", "1")
    assert gain.allowed == "a number, 0 to 1e+30"
    on = next(one for one in told.parameters if one.name == "on")
    assert on.default is None and on.allowed == "the name of an entry under 'populations'"


def test_a_users_class_is_described(own):
    parameters = {one.name: one for one in catalog.describe("rules", own).parameters}
    assert parameters["lambda"].description == "Length of the leash, from neck to hand."
    assert parameters["lambda"].unit == "m"
    assert parameters["shape"].default == '{type: "ring", k: 4}'
    assert catalog.describe("rules", own).sentence == "Herds the agents."


def test_the_scenario_of_the_design():
    wanted = {
        "models": ["hopfield"],
        "rules": ["lesion", "recall"],
        "probes": ["overlap"],
        "relations": ["proximity"],
    }
    absent = [
        one for family in wanted for one in wanted[family] if one not in catalog.names(family)
    ]
    if absent:
        pytest.skip(f"{absent} not there yet")
    text = (Path(__file__).parents[1] / "design.yaml").read_text()
    scenario = check(text)
    assert catalog.members(scenario).models["memories"].neurons == 64


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    read_along: str = 'a'\n", "a field 'read_along', which is a method of AbstractRule"),
        ("    prepare: str\n", "a field 'prepare', which is a method of AbstractRule"),
    ],
)
def test_a_field_with_the_name_of_a_method_of_the_contract_is_refused(
    tmp_path, monkeypatch, body, said
):
    (tmp_path / "hidden_lab.py").write_text(
        "from dataclasses import dataclass\nfrom netware.rules.base import AbstractRule\n"
        f"@dataclass(frozen=True)\nclass Rule(AbstractRule):\n    on: str\n{body}"
        "    reads = 'own'\n"
        "    def apply(self, world, acting): return world\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "hidden_lab", raising=False)
    with pytest.raises(ScenarioError) as caught:
        catalog.find("rules", "hidden_lab.Rule")
    assert said in str(caught.value)


def test_a_member_that_forgot_a_method_is_refused(tmp_path, monkeypatch):
    (tmp_path / "lazy_lab.py").write_text(
        "from dataclasses import dataclass\nfrom netware.models.base import AbstractModel\n"
        "@dataclass(frozen=True)\nclass Lazy(AbstractModel):\n    inputs: int = 2\n"
        "    def input_size(self): return 2\n"
        "    def output_size(self): return 2\n"
        "    def weight_shapes(self): return {'w': (2, 2)}\n"
        "    def forward(self, weights, inputs, state): return inputs @ weights['w']\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ScenarioError, match="class 'Lazy' has no init"):
        catalog.find("models", "lazy_lab.Lazy")


def test_a_rule_that_does_not_say_what_it_reads_is_refused(tmp_path, monkeypatch):
    (tmp_path / "silent_lab.py").write_text(
        "from dataclasses import dataclass\nfrom netware.rules.base import AbstractRule\n"
        "@dataclass(frozen=True)\nclass Silent(AbstractRule):\n    on: str\n"
        "    def apply(self, world, acting): return world\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ScenarioError, match="class 'Silent' does not say 'reads'"):
        catalog.find("rules", "silent_lab.Silent")


def test_a_member_of_a_former_contract_is_refused_and_told_the_new_word(tmp_path, monkeypatch):
    (tmp_path / "former_lab.py").write_text(
        "from dataclasses import dataclass\nfrom netware.relations.base import AbstractRelation\n"
        "@dataclass(frozen=True)\nclass Former(AbstractRelation):\n    between: tuple[str, str]\n"
        "    def connect(self, world, name): return None\n"
        "    def flows(self): return 'transmit'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ScenarioError, match="has 'flows', which is now 'flow_phase'"):
        catalog.find("relations", "former_lab.Former")
