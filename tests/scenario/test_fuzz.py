"""Two thousand mutated scenarios: a scenario or a proper error each time, and never over 1 s.

The work is done in a process of its own, without the checks of types that tests run with.
"""

import copy
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from netware.errors import MOST_LINES, NetwareError
from netware.scenario.members import catalog
from netware.scenario.written.resolved import flow
from netware.scenario.yaml.load import parse


FILES = 2_000
SEED = 20_240
RICH = """netware: 1
name: consensus
about: "A text with: signs # and 'quotes'"
seed: 12
steps: 20
dt: 0.5
replicas: 3
device: cuda:1
chunk: 7
space: {dimensions: 2, box: 20.0, periodic: true}
tasks: {digits: {type: digits, size: 8}}
populations:
  minds:
    agents: 10
    model: {type: multilayer, inputs: 64, outputs: 10, widths: [3, 5]}
    inputs: {task: digits, corruption: 0.25, every: 2}
    state: {opinion: uniform, x: {normal: [0, 1], size: 2}, y: [0.5, 1e-3], position: zeros}
relations:
  talks:
    type: association
    between: [minds, minds]
    topology: {type: watts_strogatz, k: 4, p: 0.1}
    from: 2
    until: 15
rules:
  agree: {type: average_consensus, on: minds, over: talks, state: opinion, gain: 1}
events:
  - {at: [5, 10], rule: average_consensus, on: minds, over: talks, state: opinion}
  - {at: 7, set: {rules.agree.gain: 0.25, relations.talks.topology.k: 6}}
probes:
  spread: {type: disagreement, on: minds, state: opinion, at: [1, 2, 3]}
stop: {when: spread.disagreement < 1e-4 or (spread < 0.1 and 3 > spread.mean), for: 3}
record: {metrics: [spread], panel: 3, snapshots: 5, checkpoint: 10}
sweep: {rules.agree.gain: [0.05, 0.1], seed: 1:5:5, activation: [shuffled, synchronous]}
"""
BASES = (RICH, (Path(__file__).parent / "design.yaml").read_text())
WORDS = (
    *"{}[]:,-#&*!|>'\"%@`?\t\n ~.<=",
    *("no", "on", "010", "0x1F", "1_000", "1e999", ".nan", ".inf", "-1", "0", "1e-3", "null"),
    *("9" * 30, "<<: ", "&a ", "*a", "!!int ", "!x ", "---\n", "...\n", "? ", "- ", ": ", "  "),
    *("\x00", "\x1b[2J", "\u202e", "\ufeff", "\u2028", "\x85", "é", "😀", "\ud800", "\\"),
    *("type", "type: ", "type: x.y\n", "at: 3, ", "every: 0, ", "..", "[[[[", "}}}}", "a" * 99),
)
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 1.5, 2**62, 1e300, -1e-300, "", "x", "a.b", "no", "1:2:3", "0:1:99999"),
    *([], {}, [[]], [1, "x", None], {"type": "ring"}, {"type": "os.system"}, {"a": {"b": {}}}),
    *("minds", "talks", "../x", "x" * 300, [0] * 50, {"uniform": [0]}, {"normal": "x", "size": 0}),
    *({"type": "antigravity.Fly"}, "spread < <", "(" * 40, "__import__('os')", {"type": 3}, ["a"]),
)


def mutated_text(text: str, chance: random.Random) -> str:
    """Inserts, deletes, repeats and moves characters, words and lines."""
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        place, other = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        other = min(other, place + chance.choice((1, 3, 20)))
        lines = text.split("\n")
        kind = chance.randrange(6)
        if kind < 2:
            text = text[:place] + chance.choice(WORDS) + text[place:]
        elif kind == 2:
            text = text[:place] + text[other:]
        elif kind == 3:
            text = text[:place] + text[place:other] * chance.choice((2, 3)) + text[other:]
        elif kind == 4:
            first, second = (chance.randrange(len(lines)) for _ in range(2))
            lines[first], lines[second] = lines[second], lines[first]
            text = "\n".join(lines)
        else:
            text = text[:place] + chance.choice(WORDS) + text[other:]
    return text


def mutated_data(data: Any, chance: random.Random) -> str:
    """Deletes, renames, replaces and moves entries, and writes what comes of it as YAML."""
    data = copy.deepcopy(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        around = [one for one in collections(data) if one]
        if not around:
            break
        inner, source = chance.choice(around), chance.choice(around)
        key = chance.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
        kind = chance.randrange(5)
        if kind == 0:
            del inner[key]
        elif kind == 1 and isinstance(inner, dict):
            inner[misspelt(str(key), chance)] = inner.pop(key)
        elif kind == 2:
            inner[key] = copy.deepcopy(chance.choice(list(collections(source))))
        else:
            inner[key] = copy.deepcopy(chance.choice(VALUES))
    return "\n".join(f"{key}: {flow(value)}" for key, value in data.items())


def misspelt(word: str, chance: random.Random) -> str:
    """Drops, doubles or swaps letters."""
    place = chance.randrange(len(word) or 1)
    return chance.choice((word[:place] + word[place + 1 :], word + word[place:], word[::-1], "x"))


def collections(data: Any) -> list[Any]:
    """Lists all mappings and lists within `data`, itself included."""
    if not isinstance(data, dict | list):
        return []
    inner = data.values() if isinstance(data, dict) else data
    return [data, *(one for value in inner for one in collections(value))]


def outcome(text: str) -> str:
    """Checks a scenario and returns `good` or the code of its first problem."""
    try:
        document = parse(text, "s.yaml")
        scenario = catalog.check(document)
        catalog.resolved(scenario)
    except NetwareError as error:
        message = str(error)
        assert error.exit_code == 2
        assert len(message.splitlines()) <= MOST_LINES and len(message) < 8_000, message
        assert all(character == "\n" or character.isprintable() for character in message), message
        first = error.problems[0]
        assert first.where.startswith("s.yaml") and first.code and first.expected and first.fix
        return first.code
    return "good"


def main() -> None:
    """Checks all mutated scenarios and prints what became of them."""
    chance, found, slowest = random.Random(SEED), Counter(), 0.0
    loaded = [parse(text, "s.yaml").data for text in BASES]
    outcome(RICH)
    for number in range(FILES):
        base = int(number % 5 == 0)
        if number % 4 < 2:
            text = mutated_text(BASES[base], chance)
        else:
            text = mutated_data(loaded[base], chance)
        start = time.process_time()
        try:
            found[outcome(text)] += 1
        except Exception:
            print(f"file {number}:\n{text!r}")
            raise
        slowest = max(slowest, time.process_time() - start)
        assert time.process_time() - start < 1, text
    print(f"{sum(found.values())} files, slowest {slowest * 1000:.0f} ms: {dict(found)}")
    assert found["good"] > 50 and sum(n for code, n in found.items() if code[:2] == "S-") > 500


def test_two_thousand_mutated_scenarios(tmp_path):
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve())],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.startswith("2000 files")


if __name__ == "__main__":
    main()
