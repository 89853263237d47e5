"""Hostile and mistaken files: inputs 1-26 of the reliability table, refused with a place."""

import os
import re
import stat
import time
from pathlib import Path

import pytest
import yaml

from netware.errors import MOST_LINES, ScenarioError
from netware.scenario.yaml import load as loading
from netware.scenario.yaml.load import load, parse


def refused(text: str, code: str, place: str, found: str = "") -> str:
    start = time.process_time()
    with pytest.raises(ScenarioError) as caught:
        parse(text, "s.yaml")
    message = str(caught.value)
    assert time.process_time() - start < 3  # a tenth of it without the checks of types in tests
    assert f"s.yaml:{place}" in message, message
    assert f"{code} " in message, message
    assert found in message, message
    assert len(message.splitlines()) <= MOST_LINES, message
    assert "Traceback" not in message
    return message


def test_every_value_and_key_has_its_place():
    document = parse("name: x\nrules:\n  agree: {gain: 0.1, to: [a, b]}\n", "s.yaml")
    assert document.data == {"name": "x", "rules": {"agree": {"gain": 0.1, "to": ["a", "b"]}}}
    assert document.where(("rules", "agree", "gain")) == "s.yaml:3:17: rules.agree.gain"
    assert document.where(("rules", "agree", "to", 1)) == "s.yaml:3:30: rules.agree.to[1]"
    assert document.where_key(("rules", "agree")) == "s.yaml:3:3: rules.agree"
    assert document.where(("rules", "agree", "missing")) == "s.yaml:3:10: rules.agree.missing"
    assert document.excerpt(("rules", "agree", "gain")) == (
        "  3 |   agree: {gain: 0.1, to: [a, b]}\n    |                 ^"
    )


@pytest.mark.parametrize("reader", [yaml.SafeLoader, loading.READER])
def test_both_readers_give_the_same(reader, monkeypatch):
    monkeypatch.setattr(loading, "READER", reader)
    document = parse('a: 1e-3\nb: "no"\nc: [.5, -3, true, ~, x y]\non: |\n  two\n  lines\n', "s")
    assert document.data == {
        "a": 0.001,
        "b": "no",
        "c": [0.5, -3, True, None, "x y"],
        "on": "two\nlines\n",
    }
    assert document.where(("c", 4)) == "s:3:22: c[4]"


def test_all_mistakes_that_leave_the_syntax_whole_are_told_at_once():
    message = refused("a: no\nb: 010\nseed: 1\nseed: 2\nc: *x\nd: 1e999\n", "E-AMBIG", "1:4")
    for part in ("2:4: b: E-AMBIG", "4:1: seed: E-DUP", "5:4: c: E-ALIAS", "6:4: d: E-NONFINITE"):
        assert part in message


def test_input_1_billion_laughs():
    text = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(9)
    )
    refused(text, "E-ALIAS", "5:8", "'*d' repeats what repeats others, more than 3 levels deep")


def test_input_2_long_text_aliased():
    text = "a: &a " + "x" * 15_000 + "\nb: [" + ", ".join(["*a"] * 20_000) + "]\n"
    refused(text, "E-ALIAS", "2:73", "'*a' repeats too much")


def test_input_3_cycle():
    refused("a: &a [*a]\n", "E-ALIAS", "1:8", "'*a' repeats no value that stands whole before it")


def test_input_4_five_hundred_brackets():
    refused("a: " + "[" * 500 + "]" * 500, "E-DEPTH", "1:35", "nesting > 32")


def test_input_5_deep_blocks():
    deep = "".join(f"{' ' * i}a:\n" for i in range(500))
    refused(deep, "E-DEPTH", "33:33")
    refused("".join(f"{' ' * i}a:\n" for i in range(1000)), "E-SIZE", "", "> 262144")


def test_input_6_large_file(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("a: " + "x" * 299_996 + "\n")
    with pytest.raises(ScenarioError, match=r"s\.yaml: E-SIZE 300000 bytes > 262144"):
        load(path)


def test_input_7_many_numbers():
    refused("a: [" + ",".join(["1"] * 100_000) + "]", "E-NODES", "1:", "too many nodes")


@pytest.mark.parametrize(
    "value",
    ["!!python/object/apply:os.system [ls]", "!foo bar", "!!set {a, b}", "!!binary aGk=", "! a"],
)
def test_inputs_8_and_9_tags(value):
    refused(f"name: x\na: {value}\n", "E-TAG", "2:4")


@pytest.mark.parametrize("value", ["!!int ''", "!!bool maybe", "!!timestamp xyz"])
def test_input_10_tags_that_break_constructors(value):
    refused(f"a: {value}\n", "E-TAG", "1:4")


@pytest.mark.parametrize("digits", ["9" * 5000, str(2**63), f"-{2**63}"])
def test_input_11_integer_outside_64_bits(digits):
    refused(f"seed: {digits}\n", "E-RANGE", "1:7", "integer outside 64 bits")
    assert parse(f"seed: {2**63 - 1}", "s").data == {"seed": 2**63 - 1}


def test_input_12_impossible_date_stays_a_text():
    assert parse("x: 2024-13-45\n", "s").data == {"x": "2024-13-45"}


@pytest.mark.parametrize("value", ["1:1:1:1:1:1.5", "12:30:00"])
def test_input_13_sexagesimal(value):
    refused(f"x: {value}\n", "E-AMBIG", "1:4", "sexagesimal")


def test_a_range_of_a_sweep_is_no_sexagesimal_number():
    assert parse("sweep: {a.b: 1:5:5}\n", "s").data == {"sweep": {"a.b": "1:5:5"}}


def test_input_14_impossible_escape():
    refused('x: "\\UFFFFFFFF"\n', "E-SYNTAX", "1:")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 0.001), ("-.5", -0.5), ("+3", 3), ("1.", 1.0), ("1E5", 1e5), ("0", 0), ("-0", 0)],
)
def test_input_15_numbers_of_yaml_12(text, value):
    found = parse(f"lr: {text}\n", "s").data["lr"]
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "No", "YES"])
def test_input_16_ambiguous_booleans(word):
    refused(f"enabled: {word}\n", "E-AMBIG", "1:10", f"quote it: '{word}'")
    assert parse(f"{word}: 1\nx: '{word}'\n", "s").data == {word: 1, "x": word}


@pytest.mark.parametrize(
    ("value", "fix"),
    [("010", "write 10"), ("0x10", "decimal digits"), ("1_000", "write 1000"), ("0o7", "decimal")],
)
def test_input_17_ambiguous_numbers(value, fix):
    refused(f"steps: {value}\n", "E-AMBIG", "1:8", fix)


def test_input_18_duplicate_key():
    text = "name: x\nseed: 1\n\n\n\n\nseed: 2\n"
    refused(text, "E-DUP", "7:1", "duplicate key 'seed', line 7 (first at line 2)")


def test_the_same_key_in_two_mappings_is_no_duplicate():
    assert parse("a: {x: 1}\nb: {x: 2}\n", "s").data == {"a": {"x": 1}, "b": {"x": 2}}


@pytest.mark.parametrize("value", [".nan", ".inf", "-.INF", "1e999", "-1e999"])
def test_input_19_not_finite(value):
    refused(f"lr: {value}\n", "E-NONFINITE", "1:5", "is not a finite number")


def test_input_20_two_documents():
    refused("a: 1\n---\nb: 2\n", "E-MULTIDOC", "2:1")


@pytest.mark.parametrize("text", ["", "# nothing\n", "word\n", "[1, 2]\n", "~\n"])
def test_input_21_top_level_is_no_mapping(text):
    refused(text, "E-ROOT", "1:1", "top level must be a mapping")


def test_input_22_tab():
    refused("a:\n\tb: 1\n", "E-SYNTAX", "2:1", "replace each tab by blanks")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"name: \xe9t\xe9\n", "byte 6 (0xe9)"),
        ("name: x\n".encode("utf-16"), "byte 0"),
        ("name: é".encode()[:-1], "byte 6 (0xc3)"),
    ],
)
def test_input_23_not_utf8(tmp_path, data, found):
    path = tmp_path / "s.yaml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError, match=re.escape(f"E-UTF8 {found}")):
        load(path)


def test_a_byte_order_mark_is_no_character(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\n")
    assert load(path).data == {"name": "x"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: \x1b[31m\n", "\\x1b"),
        ("a: \x00\n", "\\x00"),
        ('a: "x\\0y"\n', "\\x00"),
        ("a: \u202egnp\n", "\\u202e"),
        ('a: "\\ud800"\n', ""),
        ("a: \ud800\n", "\\ud800"),
        ("a: \u2028\n", "\\u2028"),
    ],
)
def test_input_24_control_characters(text, shown):
    with pytest.raises(ScenarioError) as caught:
        parse(text, "s.yaml")
    message = str(caught.value)
    assert "s.yaml:1:" in message and shown in message
    assert "E-CHAR" in message or "E-SYNTAX" in message
    assert all(c == "\n" or c.isprintable() for c in message)


@pytest.mark.parametrize("text", ["? [a, b]\n: 1\n", "{a: b}: 1\n", "? {a: b}\n: 1\n"])
def test_input_25_key_is_no_string(text):
    refused(text, "E-KEY", "1:", "mapping key")


def test_merge_keys_are_refused():
    refused("a: {<<: {b: 1}}\n", "E-KEY", "1:5", "merge keys are not supported")


@pytest.mark.parametrize("kind", ["directory", "fifo", "device", "missing", "unreadable", "nul"])
def test_input_26_no_regular_file(tmp_path, kind):
    path = tmp_path / "s.yaml"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "unreadable":
        path.write_text("a: 1")
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("root reads everything")
    elif kind == "nul":
        path = Path(f"{tmp_path}/a\0b")
    start = time.perf_counter()
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert time.perf_counter() - start < 1
    assert "P-FILE" in str(caught.value)
    assert not stat.S_ISFIFO(tmp_path.stat().st_mode)


def test_a_missing_file_suggests_its_neighbour(tmp_path):
    (tmp_path / "vicsek.yaml").write_text("a: 1")
    with pytest.raises(ScenarioError, match=r"fix: write '.*vicsek\.yaml'"):
        load(tmp_path / "viscek.yaml")


def test_long_texts_are_refused():
    refused("about: " + "x" * 20_000 + "\n", "E-SIZE", "1:8", "20000 characters > 16384")


def test_carets_stay_in_view_on_long_lines():
    message = refused("a: [" + "x, " * 60 + "no]\n", "E-AMBIG", "1:185")
    line, caret = message.splitlines()[1:3]
    assert len(line) < 120 and line[caret.index("^") :].startswith("no]")
