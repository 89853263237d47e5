"""How a run ended, for people and shells."""

from pathlib import Path

import pytest
import typer

from netware.running.result import RunResult, say_result


def test_a_run_that_is_done_names_what_to_do_next(capsys) -> None:
    values = {"order": 0.5, "order.parameter": 0.5}
    say_result(RunResult(Path("runs/a b"), "done", 4, 4, "", 1.25, values, notes=("mind this",)))
    said = capsys.readouterr()
    assert said.err == "note: mind this\n"
    assert said.out.splitlines() == [
        "done at step 4 of 4 in 1.2 s: runs/a b",
        "  order.parameter                  0.5",
        "next: netware plot 'runs/a b'   netware report 'runs/a b'",
    ]


def test_a_run_that_was_stopped_says_how_to_go_on_and_exits_as_shells_expect(capsys) -> None:
    with pytest.raises(typer.Exit) as ended:
        say_result(RunResult(Path("r"), "stopped", 3, 1000, "by SIGINT", 2.0, {}, 130))
    assert ended.value.exit_code == 130
    assert capsys.readouterr().out.splitlines() == [
        "stopped at step 3 of 1,000 (by SIGINT) in 2.0 s: r",
        "go on with: netware resume r",
    ]
