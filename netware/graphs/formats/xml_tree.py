"""XML: the elements of a file with the lines that they begin in."""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from netware.files.origin import Origin


DECLARED = re.compile(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)[\"']")


@dataclass
class Element:
    """One element: its name without a prefix, attributes, line, text, and what is inside it."""

    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    inside: list["Element"] = field(default_factory=list)

    def all(self, name: str) -> list["Element"]:
        """Returns the elements of a name right inside this one."""
        return [one for one in self.inside if one.name == name]

    def one(self, name: str) -> "Element | None":
        """Returns the first element of a name right inside this one."""
        return next((one for one in self.inside if one.name == name), None)


def tree_of(origin: Origin) -> Element:
    """Returns the outermost element of an XML file."""
    data = origin.contents()
    top = Element("", {}, 0)
    open_ones = [top]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        element = Element(name.rpartition(":")[2], local, parser.CurrentLineNumber)
        open_ones[-1].inside.append(element)
        open_ones.append(element)

    def text(some: str) -> None:
        open_ones[-1].text += some

    def entity(*_: object) -> None:
        raise origin.refused(
            "an entity of its own",
            "a graph without definitions of entities",
            "write the text out",
            parser.CurrentLineNumber,
        )

    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    parser.EndElementHandler = lambda name: open_ones.pop()
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(readable(data), True)
    except (expat.ExpatError, UnicodeDecodeError, LookupError) as error:
        line = parser.ErrorLineNumber if isinstance(error, expat.ExpatError) else 1
        raise origin.refused(
            f"no XML: {error}", "a whole XML file", "write the file once more", line
        ) from None
    return top.inside[0]


def readable(data: bytes) -> bytes | str:
    """Returns what the parser can read: text, where it does not know the encoding."""
    declared = DECLARED.match(data[:200])
    name = declared.group(1).decode().lower() if declared else "utf-8"
    known = ("utf-8", "utf-16", "iso-8859-1", "us-ascii")
    return data if name in known else data.decode(name)
