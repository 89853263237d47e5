"""The report: one page, offline, self-contained, without scripts; it escapes all it shows."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser

import numpy as np
import pytest

from netware.analysis.report import page as report
from netware.record.reader import Run
from tests.analysis.conftest import columns, measured, write_run


HOSTILE = "<img src=x onerror=alert(1)>"
STATUS = f'{{"state": "failed", "step": 3, "reason": "{HOSTILE}"}}'


class Page(HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data) -> None:
        self.words.append(data)

    def all(self, name: str) -> list[dict]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    order = np.stack([np.linspace(0.1, 0.8, 11), np.linspace(0.1, 0.6, 11)], 1)
    series = columns({"birds.position": np.ones((2, 2, 4, 2)), "birds.heading": np.ones((2, 2, 4))})
    return write_run(
        tmp_path_factory.mktemp("report") / "flock" / "20260101T000000Z-abc",
        (measured("order", "order_parameter", order),),
        {"about": HOSTILE, "rules": {"fly": {"type": "vicsek", "note": HOSTILE}}},
        series={"snapshots": series},
        manifest={"command": ["netware", HOSTILE], "device": HOSTILE},
    )


@pytest.fixture(scope="module")
def text(run) -> str:
    return report.page(run)


@pytest.fixture(scope="module")
def page(text) -> Page:
    return Page(text)


def test_it_is_written_into_the_run(make_run) -> None:
    run = make_run()
    assert report.write(run.path) == run.path / "report.html"
    assert (run.path / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_what_is_hostile_is_shown_and_not_obeyed(page) -> None:
    assert all(image["src"].startswith("data:image/") for image in page.all("img"))
    assert not any(name.startswith("on") for _, given in page.tags for name in given)
    assert "".join(page.words).count(HOSTILE) >= 4


def test_nothing_is_fetched_and_nothing_runs(text, page) -> None:
    assert not page.all("script") and not page.all("link") and not page.all("iframe")
    for tag, given in page.tags:
        for name in ("src", "href", "action", "srcset"):
            if name in given and tag != "a":
                assert given[name].startswith("data:")
    assert "@import" not in text and "url(" not in text


def test_the_policy_allows_this_style_and_images_in_the_page_alone(text, page) -> None:
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style.group(1).encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy and "img-src data:" in policy
    assert "unsafe" not in policy and "script-src" not in policy
    assert not any("style" in given for _, given in page.tags)


def test_final_values_stand_with_their_spread(page) -> None:
    words = " ".join("".join(page.words).split())
    last = np.array([np.linspace(0.1, end, 11)[-3:].mean() for end in (0.8, 0.6)])
    assert f"{last.mean():.2f} ± {last.std(ddof=1):.2f}" in words
    assert "over 2 replicas" in words


def test_every_figure_is_inlined_with_its_caption_as_text(page) -> None:
    images = page.all("img")
    assert len(images) == 2 and all(len(image["alt"]) > 40 for image in images)
    for image in images:
        kind, data = image["src"].removeprefix("data:image/").split(";base64,")
        head = b"\x89PNG" if kind == "png" else b"<?xml"
        assert b64decode(data).startswith(head)


def test_scenario_manifest_and_sources_are_told(page) -> None:
    words = "".join(page.words)
    for told in (
        '"agents": 4',
        "torch 2.10.0",
        "0123456789abcdef",
        "7, 8",
        "git checkout 0123456789abcdef",
        "pip install netware==0.1.0",
        "10.1103/PhysRevLett.75.1226",
    ):
        assert told in words, told


def test_an_unfinished_run_says_so(make_run) -> None:
    run = make_run()
    (run.path / "status.json").write_text('{"state": "failed", "step": 3, "reason": "no <b>luck"}')
    text = report.write(run.path).read_text("utf-8")
    assert "it is failed: no &lt;b&gt;luck" in text


def test_replicas_that_diverged_are_counted(make_run) -> None:
    run = make_run((measured("a", "b", [[1.0, np.inf], [1.0, np.inf]]),))
    assert "1 of 2 replicas are finite" in report.page(run)


def test_a_sweep_has_a_row_for_every_setting(make_run, tmp_path) -> None:
    for number in range(3):
        make_run(
            (measured("order", "order_parameter", np.full((3, 2), 0.25 * number)),),
            {"rules": {"fly": {"type": "vicsek", "noise": float(number)}}},
            at=tmp_path / "s" / f"run-{number:04d}",
        )
    make_run(at=tmp_path / "s" / "run-0003")
    page = Page(report.write(tmp_path / "s").read_text("utf-8"))
    words = " ".join("".join(page.words).split())
    assert "netware sweep" in words and "Nothing to read in: run-0003" in words
    assert "rules.fly.noise" in words and "0.500" in words
    assert len(page.all("img")) == 1


def test_a_run_without_probes_still_has_a_page(make_run) -> None:
    assert "Nothing was measured" in report.page(make_run())


def rows_of(text: str) -> list[list[str]]:
    """Returns the cells of every row of every table."""
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]


def test_a_sweep_shows_every_quantity_and_a_dash_where_there_is_none(make_run, tmp_path) -> None:
    names = [f"q{place}" for place in range(9)]
    for number in range(2):
        make_run(
            tuple(
                measured("many", name, np.full((3, 2), 1.0 + place))
                for place, name in enumerate(names)
                if (number, place) != (1, 3)
            ),
            {"rules": {"fly": {"type": "vicsek", "noise": float(number)}}},
            at=tmp_path / "s" / f"run-{number:04d}",
        )
    rows = rows_of(report.write(tmp_path / "s").read_text("utf-8"))
    assert [cell.split(" <small>")[0] for cell in rows[0][1:]] == names
    written = [f"{1 + place}.00" for place in range(9)]
    assert rows[1] == ["0.0", *written]
    assert rows[2] == ["1.0", *written[:3], "\N{EN DASH}", *written[4:]]


def test_tables_are_not_cut_off_on_paper(text) -> None:
    style = text.partition("<style>")[2].partition("</style>")[0]
    paper = style.partition("@media print")[2]
    assert re.search(r"\.wide \{[^}]*overflow-x: visible", paper)
    assert re.search(r"td\.number[^{]*\{[^}]*white-space: normal", paper)


def test_names_without_a_value_are_left_out() -> None:
    assert report.with_value([("git", None), ("device", "cpu")]) == [("device", "cpu")]


def test_nothing_that_a_page_shows_is_markup(make_run) -> None:
    run = make_run((measured(HOSTILE, HOSTILE, [[1.0, 2.0]]),), {"about": HOSTILE})
    for name, given in (("resolved.yaml", f"a: {HOSTILE}  # {HOSTILE}"), ("status.json", STATUS)):
        (run.path / name).write_text(given)
    page = Page(report.write(run.path).read_text("utf-8"))
    assert all(image["src"].startswith("data:image/") for image in page.all("img"))
    assert "".join(page.words).count(HOSTILE) >= 5
