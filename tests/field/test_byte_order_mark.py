"""A byte order mark is no part of the first name."""

import pytest


CASE = "11-byte-order-mark"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_first_name_is_whole(opinions, encoding) -> None:
    files = {"ties.csv": "0,1,2\n0,2,3\n".encode(encoding)}
    assert opinions(CASE, files) == [0.8, 0.8, 1.4, 3.0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_letters_come_through(stepped, encoding) -> None:
    text = "Zoë,Jürgen\nJürgen,Åse\nÅse,Đan\n".replace("Đ", "É")
    world = stepped(CASE, {"ties.csv": text.encode(encoding)})
    assert world["people"].who.shown == ("Zoë", "Jürgen", "Åse", "Éan")


def test_a_letter_may_be_written_in_two_ways(stepped) -> None:
    text = "Zoe\u0308,Bob\nZoë,Eve\nEve,Dan\n"
    assert stepped(CASE, {"ties.csv": text.encode()})["people"].who.shown[0] == "Zoë"
