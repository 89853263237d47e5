"""Encoding: the bytes of a text file as UTF-8, whichever way it was saved."""

import codecs

from netware.files.origin import Origin


MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UNMARKED = 4096


def as_utf8(data: bytes, origin: Origin) -> tuple[bytes, str]:
    """Returns a text in UTF-8 without a mark and with line feeds, and what it was written in.

    A byte order mark says it. Without one it is UTF-8 if it can be, UTF-16 if every other byte of
    its beginning is zero, and otherwise Windows-1252, of which Latin-1 is a part.
    """
    text, encoding = decoded(data, origin)
    if b"\0" in text:
        raise origin.refused(
            "bytes that are no text", "a text file", "save it as text in UTF-8, or name its format"
        )
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text, encoding


def decoded(data: bytes, origin: Origin) -> tuple[bytes, str]:
    """Returns a text in UTF-8, and the encoding that it was written in."""
    marked = next((encoding for mark, encoding in MARKS if data.startswith(mark)), None)
    if marked == "utf-8":
        data = data[len(codecs.BOM_UTF8) :]
    encoding = marked or guessed(data)
    try:
        text = data.decode(encoding)
        return (data if encoding == "utf-8" else text.encode()), encoding
    except UnicodeDecodeError as error:
        if marked is None and encoding == "utf-8":
            return one_byte_each(data)
        line = data[: error.start].count(b"\n") + 1
        raise origin.refused(
            f"bytes that are not {encoding}",
            "one encoding from the first byte to the last",
            "save the file as text in UTF-8",
            line,
        ) from None


def guessed(data: bytes) -> str:
    """Returns the encoding of a text without a mark: UTF-16 by its zeros, or else UTF-8."""
    even, odd = (data[:UNMARKED][start::2] for start in (0, 1))
    half = len(odd) // 2
    if odd.count(0) > half and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > half and not odd.count(0) else "utf-8"


def one_byte_each(data: bytes) -> tuple[bytes, str]:
    """Reads Windows-1252, or Latin-1 where a byte has no meaning in that."""
    try:
        return data.decode("cp1252").encode(), "windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1").encode(), "latin-1"
