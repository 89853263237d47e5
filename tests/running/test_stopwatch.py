"""The stopwatch, by a clock that the test sets."""

from netware.running.stopwatch import MOST_NAMED, Stopwatch


def test_times_between_laps_add_up_under_their_names() -> None:
    times = iter([10.0, 11.0, 11.5, 14.5, 14.5])
    watch = Stopwatch(clock=lambda: next(times))
    for name in ("building", "rules.fly", "rules.fly", "probes"):
        watch.lap(name)
    assert watch.seconds == {"building": 1.0, "rules.fly": 3.5, "probes": 0.0}
    assert watch.laps == {"building": 1, "rules.fly": 2, "probes": 1}
    assert watch.report() == [
        "where the time went, 4.5 s in all:",
        "   78% rules.fly: 3.5 s, 2 times",
        "   22% building: 1 s, 1 times",
        "    0% probes: 0 s, 1 times",
    ]


def test_the_clock_is_read_after_the_device_has_done_its_work() -> None:
    order: list[str] = []

    def clock() -> float:
        order.append("clock")
        return 0.0

    Stopwatch(clock, lambda: order.append("wait")).lap("a")
    assert order == ["clock", "wait", "clock"]


def test_the_rest_is_one_line_and_what_is_only_queued_is_said() -> None:
    times = iter(range(MOST_NAMED + 10))
    watch = Stopwatch(clock=lambda: float(next(times)), exact=False)
    for number in range(MOST_NAMED + 2):
        watch.lap(f"rules.r{number}")
    lines = watch.report()
    assert len(lines) == MOST_NAMED + 2
    assert "until it is queued on the device" in lines[0]
    assert lines[-1] == "   17% all others: 2 s"
