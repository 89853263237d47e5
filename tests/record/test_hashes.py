from dataclasses import asdict

import pytest

from netware.record.hashes import Entry, FileIndex, edited, sealed, unsealed


CONTENT = {"step": 3, "pi": 3.141592653589793, "none": None, "list": [1, "zwei"], "nan": "NaN"}


def test_what_is_sealed_comes_back():
    assert unsealed(sealed(CONTENT)) == CONTENT


def test_every_flipped_bit_and_every_cut_is_noticed():
    raw = sealed(CONTENT)
    for place in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        assert unsealed(bytes(changed)) is None
    for length in range(len(raw)):
        assert unsealed(raw[:length]) is None


@pytest.mark.parametrize("raw", [b"", b"[]", b"7", b"{}", b"\xff\xfe", b'{"sha256": "0"}'])
def test_other_json_is_refused(raw):
    assert unsealed(raw) is None


def test_an_entry_knows_its_file(tmp_path):
    (tmp_path / "a").write_bytes(b"some data")
    entry = Entry.of("a", b"some data")
    assert entry.agrees(tmp_path / "a")
    (tmp_path / "a").write_bytes(b"some dato")
    assert not entry.agrees(tmp_path / "a")
    (tmp_path / "a").write_bytes(b"some data and more")
    assert not entry.agrees(tmp_path / "a")
    assert not entry.agrees(tmp_path / "never")
    assert not entry.agrees(tmp_path)


def test_a_file_index_survives_json():
    file_index = FileIndex((Entry("a", 1, "x"),), {"panel": 7})
    assert FileIndex.of(unsealed(sealed(asdict(file_index))) or {}) == file_index


def test_the_text_for_a_changed_file(tmp_path):
    (problem,) = edited(tmp_path / "a", "abc").problems
    assert problem.found == "missing"
    (tmp_path / "a").write_bytes(b"")
    (problem,) = edited(tmp_path / "a", "abc").problems
    assert problem.found == "changed since it was written"
    assert problem.expected == "a file whose sha256 is abc"
