"""The form of a scenario: defaults, bounds and types, inputs 27-48 that need no member."""

import pytest

from netware.errors import MOST_LINES, ScenarioError
from netware.scenario.members import catalog
from netware.scenario.parts import Cadence
from netware.scenario.schema import Normal, Scenario
from netware.scenario.yaml.load import parse


BASE = """netware: 1
name: flock
steps: 200
populations:
  birds:
    agents: 10
"""


def checked(extra: str = "", base: str = BASE) -> Scenario:
    return catalog.check(parse(base + extra, "s.yaml"))


def refused(extra: str, *parts: str, base: str = BASE) -> str:
    with pytest.raises(ScenarioError) as caught:
        checked(extra, base)
    message = str(caught.value)
    assert all(part in message for part in parts), message
    assert len(message.splitlines()) <= MOST_LINES and len(message) < 4000
    return message


def changed(old: str, new: str) -> str:
    assert old in BASE
    return BASE.replace(old, new)


def test_defaults_make_a_short_scenario():
    scenario = checked()
    assert scenario.seed is None and scenario.dt == 1.0 and scenario.replicas == 1
    assert (scenario.device, scenario.precision, scenario.chunk) == ("auto", "float32", "auto")
    assert scenario.activation == "synchronous" and scenario.space is None
    assert scenario.record.metrics == "all" and scenario.record.checkpoint == 100
    assert scenario.populations["birds"].model is None


def test_initial_states_are_told_apart_by_their_shape():
    state = "{a: 1, b: [1, 2], c: zeros, d: {normal: [0, 1], size: 3}, e: [[1, 2], [3, 4]]}"
    found = checked(f"    state: {state}\n").populations["birds"].state
    assert found["a"] == 1.0 and found["b"] == [1.0, 2.0] and found["c"] == "zeros"
    assert found["d"] == Normal(normal=[0.0, 1.0], size=3)
    assert found["e"] == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("state", "path"),
    [
        ("{x: often}", "state.x: S-ENUM 'often'"),
        ("{x: true}", "state.x: S-TYPE true"),
        ("{x: {uniform: [1]}}", "state.x.uniform: S-RANGE a list of 1"),
        ("{x: {normal: [0, 1], size: 0}}", "state.x.size: S-RANGE 0"),
        ("{x: {gamma: [0, 1]}}", "state.x: S-TYPE a mapping"),
        ("{x: []}", "state.x: S-RANGE a list of 0"),
        ("{X: 1}", "state.X: P-NAME 'X'"),
        ("[1]", "state: S-TYPE a list of 1"),
    ],
)
def test_mistakes_in_initial_states(state, path):
    refused(f"    state: {state}\n", f"populations.birds.{path}")


@pytest.mark.parametrize(
    ("cadence", "due"),
    [
        (Cadence(), range(12)),
        (Cadence(every=5), (0, 5, 10)),
        (Cadence(every=4, start=3), (3, 7, 11)),
        (Cadence(start=2, until=4), (2, 3, 4)),
        (Cadence(at=(1, 9)), (1, 9)),
    ],
)
def test_a_cadence_is_due_at_its_steps(cadence, due):
    assert [step for step in range(12) if cadence.due(step)] == list(due)


def test_input_27_unknown_key():
    message = refused("", base=changed("populations:", "popultions:"))
    assert "s.yaml:4:1: popultions: S-UNKNOWN 'popultions' is no key here" in message
    assert "(did you mean 'populations'?)" in message and "fix: write 'populations'" in message
    assert "4 | popultions:\n    | ^" in message


def test_input_28_missing_section():
    message = refused("", base=changed("agents: 10", "state: {x: 0}"))
    assert "s.yaml:5:3: populations.birds.agents: S-MISSING 'agents' is missing" in message
    message = refused("", "steps: S-MISSING", base=changed("steps: 200", "stepps: 200"))
    assert "rename 'stepps' to 'steps'" in message


@pytest.mark.parametrize(
    ("value", "fix"),
    [('"500"', "remove the quotes: 500"), ("500.0", "write 500"), ("true", "write an integer")],
)
def test_input_29_wrong_type(value, fix):
    place = "s.yaml:6:13: populations.birds.agents: S-TYPE"
    refused("", place, fix, "expected: an integer", base=changed("agents: 10", f"agents: {value}"))


@pytest.mark.parametrize("value", ["0", "-5", "1000000000001"])
def test_input_30_out_of_range(value):
    place = "s.yaml:6:13: populations.birds.agents: S-RANGE"
    refused("", place, "1 to 1e+12", base=changed("agents: 10", f"agents: {value}"))


def test_inputs_31_and_32_are_left_to_the_estimate():
    assert checked(base=changed("agents: 10", f"agents: {10**12}")).populations["birds"].agents
    assert checked(base=changed("steps: 200", f"steps: {10**15}")).steps == 10**15


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/x",
        "/abs",
        "a/b",
        ".",
        '""',
        "x" * 300,
        "nul",
        "COM1.txt",
        "a.",
        "ﬁle",
        "a b",
        "-a",
    ],
)
def test_input_40_names(name):
    refused("", "s.yaml:2:7: name: P-NAME", "[A-Za-z0-9._-]", base=changed("flock", name))


@pytest.mark.parametrize("name", ["a", "A.b_c-9", "x" * 64, "vicsek_1995"])
def test_good_names(name):
    assert checked(base=changed("flock", name)).name == name


def test_input_41_includes():
    refused("include: /etc/passwd\n", "s.yaml:7:1: include: S-UNKNOWN 'include'")


def test_input_42_free_text_is_free():
    text = "<img src=x onerror=alert(1)>"
    assert checked(f"about: {text}\n").about == text


@pytest.mark.parametrize("text", ["9**9", "().__class__", "x if", "d < " + "1" * 10_000])
def test_input_43_stop_expressions(text):
    message = refused(f'stop: {{when: "{text}"}}\n', "stop.when: X-EXPR", "s.yaml:7:")
    assert "^" in message


def test_a_stop_condition_has_its_caret_in_the_file():
    message = refused("stop: {when: a < 1 and b ** 2}\n")
    assert message.startswith("s.yaml:7:26: stop.when: X-EXPR '*' is not understood")
    line, caret = message.splitlines()[1:3]
    assert line[caret.index("^") :].startswith("** 2")


def test_input_39_probe_of_stop_and_record():
    refused("stop: {when: order > 0.9}\n", "s.yaml:7:14: stop.when: S-REF unknown probe 'order'")
    refused("record: {metrics: [a]}\n", "s.yaml:7:20: record.metrics[0]: S-REF unknown probe 'a'")


@pytest.mark.parametrize(
    ("seed", "code"),
    [("-1", "S-RANGE"), ("1.5", "S-TYPE"), ("abc", "S-TYPE"), (str(2**63), "E-RANGE")],
)
def test_input_44_seeds(seed, code):
    refused(f"seed: {seed}\n", f"s.yaml:7:7: seed: {code}")


@pytest.mark.parametrize("sweep", ["{stepps: [1, 2]}", "{populations.bird.agents: [1, 2]}"])
def test_input_45_sweep_over_no_key(sweep):
    message = refused(f"sweep: {sweep}\n", "s.yaml:7:9", "S-SWEEP", "did you mean")
    assert "S-UNKNOWN" not in message


def test_values_of_a_sweep_are_checked():
    refused("sweep: {steps: [1, 0, x]}\n", "7:20: steps: S-RANGE 0", "7:23: steps: S-TYPE 'x'")
    assert checked("sweep: {steps: [1, 2], dt: 0.1:1:5}\n").sweep


def test_input_46_devices():
    refused("device: gpu\n", "s.yaml:7:9: device: S-ENUM", "one of auto, cpu, cuda, cuda:N")
    assert checked("device: cuda:7\n").device == "cuda:7"


def test_input_47_checkpoint_interval():
    refused("record: {checkpoint: 0}\n", "s.yaml:7:22: record.checkpoint: S-RANGE 0", "1 to 2^53")


def test_the_graph_is_written_automatically_always_or_never():
    refused("record: {graph: sometimes}\n", "s.yaml:7:17: record.graph: S-ENUM", "auto, always")
    assert checked("record: {graph: never}\n").record.graph == "never"
    assert checked("").record.graph == "auto"


def test_input_48_event_after_the_end():
    message = refused(
        "events: [{at: 201, set: {rules.a.b: 1}}]\n", "s.yaml:7:15: events[0].at: S-EVENT"
    )
    assert "event at step 201, but the run has 200 steps (line 3)" in message


def test_input_48_two_events_change_one_parameter():
    events = "events:\n  - {at: 3, set: {rules.a.b: 1}}\n  - {at: [2, 3], set: {rules.a.b: 2}}\n"
    message = refused(events, "s.yaml:9:24: events[1].set.rules.a.b: S-EVENT")
    assert "changes twice at step 3, first at line 8" in message


@pytest.mark.parametrize(
    ("event", "found"),
    [
        ("{at: 1}", "events[0].rule: S-MISSING"),
        ("{at: -1, set: {rules.a.b: 1}}", "events[0].at: S-RANGE -1"),
        ("{at: [1, x], set: {rules.a.b: 1}}", "events[0].at[1]: S-TYPE 'x'"),
        ("{at: 1, set: {rules.a.b: 1}, gain: 3}", "events[0].gain: S-UNKNOWN 'gain' beside 'set'"),
        ("{at: 1, set: {steps: 3}}", "events[0].set.steps: S-EVENT 'steps' cannot change"),
        ("{at: 1, set: {rules.a.b: 1}}", "events[0].set.rules.a.b: S-UNKNOWN rules has no 'a'"),
        ("3", "events[0]: S-TYPE 3"),
    ],
)
def test_mistakes_in_events(event, found):
    refused(f"events: [{event}]\n", "s.yaml:7:", found)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file():
    text = "dt: 0\nreplicas: x\nchunk: 1.5\nspace: {box: -1, dimensions: 4}\nprecision: float16\n"
    message = refused(text, base=changed("200", "0"))
    lines = message.splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "s.yaml:3:8:",
        "s.yaml:7:5:",
        "s.yaml:8:11:",
        "s.yaml:9:8:",
        "s.yaml:10:14:",
        "s.yaml:10:30:",
        "s.yaml:11:12:",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("record: {metrics: some}\n", "record.metrics: S-ENUM 'some'"),
        ("record: {metrics: [1]}\n", "record.metrics[0]: S-TYPE 1"),
        ("rules: {a: {type: x, at: 3, every: 2}}\n", "rules.a: S-RANGE 'at' cannot stand beside"),
        ("rules: {a: {type: x, from: 3, until: 2}}\n", "rules.a: S-RANGE 'until' lies before"),
        ("rules: {a: 3}\n", "rules.a: S-TYPE 3"),
        ("rules: [1]\n", "rules: S-TYPE a list of 1"),
        ("rules: {A-b: {type: x}}\n", "rules.A-b: P-NAME 'A-b' is no name"),
        ("sweep: [1]\n", "sweep: S-TYPE a list of 1"),
        ("space:\n", ""),
    ],
)
def test_other_mistakes_of_form(text, found):
    if found:
        refused(text, found)
    else:
        assert checked(text).space is None


def test_a_thousand_mistakes_fit_into_twenty_lines():
    rules = "".join(f"  r{i}: {{type: nothing_{i}, every: 0}}\n" for i in range(500))
    assert "more; mend these first" in refused(f"rules:\n{rules}")
