"""Comments: lines that begin with # or %, apart from the rows of a table."""

import re

from netware.files.origin import Origin
from netware.files.separator import SEPARATORS


COMMENTS = ("#", "%")
COMMENT = re.compile(r"[ \t]*[#%]")


def without_comments(text: bytes, origin: Origin) -> tuple[bytes, tuple[str, ...], int]:
    """Returns a text without lines of comment, what those at its beginning say, and their number.

    Lines of comment further down become blank, so that lines keep their numbers.
    """
    said: list[str] = []
    start = skipped = 0
    while start < len(text):
        end = text.find(b"\n", start) + 1 or len(text)
        line = text[start:end].decode().strip()
        if line and not line.startswith(COMMENTS):
            break
        said += [line] if line else []
        start, skipped = end, skipped + 1
    rest = text[start:]
    if b"#" in rest or b"%" in rest:
        lines = rest.decode().split("\n")
        kept = [line if not COMMENT.match(line) else "" for line in lines]
        rest = "\n".join(kept).encode()
        refuse_names(lines, kept, skipped, origin)
    return rest, tuple(said), skipped


def refuse_names(lines: list[str], kept: list[str], skipped: int, origin: Origin) -> None:
    """Refuses lines that begin like a comment, but could be names such as #science."""
    data = next((line for line in kept if line.strip()), "")
    sign = next((sign for sign in SEPARATORS.values() if sign != " " and sign in data), " ")
    many = len(data.split(sign))
    for number, (line, left) in enumerate(zip(lines, kept, strict=True), skipped + 1):
        name = line.strip()[1:2]
        if line != left and name.strip() and name not in COMMENTS and len(line.split(sign)) == many:
            raise origin.refused(
                f"'{line.strip()[:40]}' begins like a comment, and has as many fields as a row",
                "comments that begin with '# ', and names in quotes if they begin with #",
                "write the name in quotes, or a blank after the # of the comment",
                number,
            )
