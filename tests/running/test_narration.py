"""The log says what runs, on what, and in the end where the time went."""

from netware.running.narration import described, queued
from netware.running.run import resume, start
from netware.simulation.build import blueprint
from tests.simulation.worlds import RING, write


def test_all_parts_are_named_with_their_types(tmp_path) -> None:
    lines = described(blueprint(write(tmp_path)))
    assert lines[0].startswith("on cpu, ") and lines[0].endswith("float32, 2 replicas, seed 7")
    assert lines[1:] == [
        "populations.nodes: 6 agents",
        "relations: talks (association)",
        "rules: agree (average_consensus)",
        "probes: disagreement (disagreement)",
    ]


def test_an_agents_model_is_named_with_its_weights(tmp_path) -> None:
    model = "model: {type: hopfield, neurons: 8, patterns: 2, learning: hebbian}"
    text = RING.replace("    agents: 6\n", f"    agents: 6\n    {model}\n")
    assert (
        "populations.nodes: 6 agents, each Hopfield of"
        in described(blueprint(write(tmp_path, text)))[1]
    )


def test_the_log_has_them_and_says_where_the_time_went(tmp_path, capsys) -> None:
    ended = start(write(tmp_path), ["steps=4"], tmp_path / "runs", quiet=True)
    log = (ended.path / "log.txt").read_text()
    for said in ("rules: agree (average_consensus)", "where the time went", "building"):
        assert said in log
    assert "rules.agree" in log and ", 4 times" in log
    assert capsys.readouterr().err == "", "nothing aloud unless that is asked for"
    resume(ended.path, quiet=True, verbose=True)
    assert "where the time went" in capsys.readouterr().err


def test_what_a_device_is_only_told_is_not_taken_for_done() -> None:
    assert not queued().exact
