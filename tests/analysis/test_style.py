"""The house style: provenance in every file, and colours that can be told apart."""

import re
import zlib
from io import BytesIO

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from netware.analysis import style
from netware.analysis.style import Provenance


WHERE = Provenance("flock/run-1", "0.1.0", "0123456789abcdef", "7", "Order", "Order over time.")


def drawn() -> style.Plate:
    with style.styled():
        figure = style.plate(style.SINGLE, 2.0, WHERE, "a note")
        figure.subplots().plot([0, 1], [0, 1])
    return figure


def test_a_png_tells_where_it_comes_from() -> None:
    text = Image.open(BytesIO(drawn().render("png", dpi=50))).info
    assert text["netware.run"] == "flock/run-1"
    assert text["netware.version"] == "0.1.0"
    assert text["netware.git"] == "0123456789abcdef"
    assert text["netware.seed"] == "7"
    assert text["Title"] == "Order"


def test_a_pdf_tells_where_it_comes_from_and_has_no_clock() -> None:
    data = drawn().render("pdf")
    assert b"/Title (Order)" in data and b"/Creator (netware 0.1.0)" in data
    keywords = "flock/run-1  ·  netware 0.1.0".encode("utf-16-be")
    assert keywords in data and b"CreationDate" not in data


def test_pdf_text_is_type_42_that_publishers_take() -> None:
    assert b"/Subtype /Type3" not in decompressed(drawn().render("pdf"))


def decompressed(data: bytes) -> bytes:
    parts = [data]
    for body in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            parts.append(zlib.decompress(body))
        except zlib.error:
            parts.append(body)
    return b"".join(parts)


def test_an_svg_tells_where_it_comes_from() -> None:
    text = drawn().render("svg").decode()
    assert "<dc:identifier>flock/run-1</dc:identifier>" in text
    assert "git 0123456789" in text and "<dc:date>" not in text


@pytest.mark.parametrize("form", ["png", "pdf", "svg"])
def test_the_same_figure_is_the_same_bytes(form) -> None:
    assert drawn().render(form) == drawn().render(form)


def test_provenance_and_note_stand_below_the_figure() -> None:
    figure = drawn()
    texts = {text.get_gid(): text.get_text() for text in figure.texts}
    assert texts["provenance"] == "flock/run-1  ·  netware 0.1.0  ·  git 0123456789  ·  seed 7"
    assert texts["note"] == "a note"


def test_a_long_note_stands_above_the_provenance_and_not_on_it() -> None:
    with style.styled():
        figure = style.plate(style.SINGLE, 2.0, WHERE, "a long note " * 9)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.texts]
    assert not boxes[0].overlaps(boxes[1])


def test_the_style_leaves_no_trace_and_takes_none() -> None:
    with mpl.rc_context({"font.size": 40.0}):
        with style.styled():
            assert mpl.rcParams["font.size"] == 7
            assert mpl.rcParams["pdf.fonttype"] == 42
        assert mpl.rcParams["font.size"] == 40


def test_notebooks_show_a_figure_by_itself() -> None:
    assert drawn()._repr_png_().startswith(b"\x89PNG")


def test_headings_come_round_and_opposites_differ() -> None:
    colors = style.headings()(np.linspace(0, 1, 257)[:-1])[:, :3]
    steps = np.abs(colors - np.roll(colors, 1, axis=0)).max(1)
    assert steps.max() < 0.08, "no jump, not even where 2 pi meets 0"
    opposite = np.abs(colors - np.roll(colors, 128, axis=0)).max(1)
    assert opposite.min() > 0.2


def test_shades_are_readable_on_white() -> None:
    for red, green, blue, _ in style.shades(8):
        assert 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.8


def test_names_become_words_and_dollars_are_no_mathematics() -> None:
    assert style.words("order_parameter") == "order parameter"
    assert style.plain("a$b$") == r"a\$b\$"
